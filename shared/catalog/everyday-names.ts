/** Programs that an operating system runs for everyone, and names that any program could have. Lower case. */
export const EVERYDAY_NAMES: ReadonlySet<string> = new Set(
  `
  ssh sshd sshd-session ssh-agent sudo bash sh zsh cmd.exe powershell.exe pwsh.exe
  python python3 python.exe pythonw.exe perl perl.exe node node.exe java java.exe javaw.exe ruby electron mono
  svchost.exe explorer.exe dwm.exe mstsc.exe rdpclip.exe msra.exe rundll32.exe regsvr32.exe csrss.exe winlogon.exe
  taskhost.exe taskhostw.exe spoolsv.exe wininit.exe smss.exe ctfmon.exe dllhost.exe
  tstheme.exe rdpinput.exe conhost.exe lsass.exe services.exe msiexec.exe wscript.exe cscript.exe mshta.exe
  firefox firefox.exe firefox.real chrome chrome.exe msedge.exe code code.exe teams.exe ms-teams.exe zoom.exe skype.exe
  launchd systemd systemd-inhibit caffeinate xdotool ydotool gnome-session-inhibit
  networkmanager charon pppd nc ncat nc.exe socat plink.exe putty.exe winscp.exe psexec.exe 7z.exe tar.exe curl.exe
  nssm.exe osqueryi.exe osqueryd.exe wmic.exe sc.exe net.exe
  agent agent.exe client client.exe client32 client32.exe connect.exe host host.exe console.exe control.exe
  helper helper.exe service service.exe server server.exe daemon gui gui.exe ui ui.exe tray.exe monitor.exe
  setup.exe install.exe installer.exe uninstall.exe unins000.exe update update.exe updater updater.exe
  main main.exe app app.exe proxy tunnel vpn vpn.exe vpnsvc.exe launcher.exe start.exe run.exe loader.exe
  level level.exe dd.exe rhost.exe hydra.exe remote remote.exe viewer viewer.exe session session_win.exe support.exe
  supporttool.exe xvnc desktop.exe watchdog.exe
  `
    .trim()
    .split(/\s+/)
    .concat('remote access', 'remote access.exe'),
);
