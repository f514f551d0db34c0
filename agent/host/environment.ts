type Environment = Readonly<Record<string, string>>;

/** The environment of every program that the agent starts, so that what the user set changes neither its language nor its clock nor what it finds. */
export function environmentOf(platform: string, windowsRoot: string): Environment {
  if (platform !== 'win32') return { LANG: 'C', LC_ALL: 'C', TZ: 'UTC' };
  const drive = windowsRoot.slice(0, 2);
  const system32 = `${windowsRoot}\\System32`;
  // libuv fills in what Windows needs and is missing here (HOMEDRIVE, SYSTEMDRIVE, USERPROFILE, …), so what must not be the user's is named.
  return {
    SystemRoot: windowsRoot,
    windir: windowsRoot,
    SystemDrive: drive,
    ProgramData: `${drive}\\ProgramData`,
    PATH: [system32, windowsRoot, `${system32}\\Wbem`].join(';'),
    PATHEXT: '.EXE',
    PSModulePath: `${system32}\\WindowsPowerShell\\v1.0\\Modules`,
    TEMP: `${windowsRoot}\\Temp`,
    TMP: `${windowsRoot}\\Temp`,
  };
}
