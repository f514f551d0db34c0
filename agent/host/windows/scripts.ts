/**
 * What PowerShell is told: constant texts, one for each cadence, given as the argument of `-Command`. They hold no double quotes, so
 * that nothing of them depends on how arguments are quoted. Only cmdlets of binary modules are used (those that are scripts need an
 * execution policy) and no methods of .NET types beyond the core ones (constrained language mode forbids them). Numbers, identifiers
 * and properties by their position are printed, never what a person would read in his language.
 */
const PROLOGUE = String.raw`
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$env:PSModulePath = $PSHOME + '\Modules'
try { [Console]::OutputEncoding = [Text.Encoding]::UTF8 } catch { $null = $_ }
function Cim($class, $names) { Get-CimInstance -Namespace root/cimv2 -Query ('SELECT ' + $names + ' FROM ' + $class) }
function Net($class) { Get-CimInstance -Namespace root/StandardCimv2 -ClassName $class }
function Utc($time) { if ($time -is [DateTime]) { $time.ToUniversalTime().ToString('o') } }
function Part($block) {
  try { @{ items = @(& $block) } }
  catch { @{ fault = @{ id = [string]$_.FullyQualifiedErrorId; category = [string]$_.CategoryInfo.Category; reason = [string]$_.CategoryInfo.Reason } } }
}
function Events($log, $where, $most) {
  try {
    Get-WinEvent -LogName $log -FilterXPath $where -MaxEvents $most | ForEach-Object {
      $values = @($_.Properties | Select-Object -First 20 | ForEach-Object { [string]$_.Value })
      @{ id = $_.Id; record = $_.RecordId; at = Utc $_.TimeCreated; values = $values }
    }
  } catch { if ($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*') { throw } }
}
`;

export const FAST = script(`
processes = Part { Cim 'Win32_Process' 'ProcessId, ParentProcessId, SessionId, Name, CreationDate' | ForEach-Object {
  @{ pid = $_.ProcessId; parent = $_.ParentProcessId; session = $_.SessionId; name = $_.Name; started = Utc $_.CreationDate } } }
tcp = Part { Net 'MSFT_NetTCPConnection' | Where-Object { $_.State -eq 2 -or $_.State -eq 5 } | ForEach-Object {
  @{ state = $_.State; address = $_.LocalAddress; port = $_.LocalPort; peer = $_.RemoteAddress; peerPort = $_.RemotePort; pid = $_.OwningProcess } } }
udp = Part { Net 'MSFT_NetUDPEndpoint' | ForEach-Object {
  @{ address = $_.LocalAddress; port = $_.LocalPort; pid = $_.OwningProcess } } }
`);

export const NETWORK = script(`
adapters = Part { Net 'MSFT_NetAdapter' | ForEach-Object {
  @{ index = $_.InterfaceIndex; name = $_.Name; component = $_.ComponentID; type = $_.InterfaceType; status = $_.InterfaceOperationalStatus;
     medium = $_.NdisPhysicalMedium; hardware = $_.HardwareInterface } } }
links = Part { Net 'MSFT_NetIPInterface' | Where-Object { $_.Store -eq 1 } | ForEach-Object {
  @{ index = $_.InterfaceIndex; name = $_.InterfaceAlias; family = $_.AddressFamily; metric = $_.InterfaceMetric; connected = $_.ConnectionState } } }
addresses = Part { Net 'MSFT_NetIPAddress' | Where-Object { $_.Store -eq 1 } | ForEach-Object {
  @{ index = $_.InterfaceIndex; ip = $_.IPAddress; length = $_.PrefixLength } } }
routes = Part { Net 'MSFT_NetRoute' | Where-Object { $_.Store -eq 1 } | ForEach-Object {
  @{ index = $_.InterfaceIndex; family = $_.AddressFamily; to = $_.DestinationPrefix; via = $_.NextHop; metric = $_.RouteMetric } } }
neighbors = Part { Net 'MSFT_NetNeighbor' | Where-Object { $_.AddressFamily -eq 2 } | ForEach-Object {
  @{ index = $_.InterfaceIndex; ip = $_.IPAddress; mac = $_.LinkLayerAddress } } }
servers = Part { Net 'MSFT_DNSClientServerAddress' | ForEach-Object {
  @{ index = $_.InterfaceIndex; ips = @($_.ServerAddresses) } } }
`);

export const LOGINS = script(`
now = Part { Utc (Get-Date) }
boot = Part { Cim 'Win32_OperatingSystem' 'LastBootUpTime' | ForEach-Object { Utc $_.LastBootUpTime } }
desktops = Part { Events 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational' '*[System[EventID=21 or EventID=22 or EventID=23 or EventID=24 or EventID=25]]' 1000 }
arrivals = Part { Events 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational' '*[System[EventID=1149]]' 200 }
logons = Part { Events 'Security' '*[System[(EventID=4647 or EventID=4778 or EventID=4779) and TimeCreated[timediff(@SystemTime) <= 172800000]]] or *[System[(EventID=4624 or EventID=4634) and TimeCreated[timediff(@SystemTime) <= 172800000]] and EventData[Data[@Name=''LogonType'']=''2'' or Data[@Name=''LogonType'']=''7'' or Data[@Name=''LogonType'']=''10'' or Data[@Name=''LogonType'']=''11'']]' 1000 }
`);

export const SLOW = script(String.raw`
system = Part { Cim 'Win32_OperatingSystem' 'Version, ProductType, LastBootUpTime' | ForEach-Object {
  @{ version = $_.Version; product = $_.ProductType; booted = Utc $_.LastBootUpTime } } }
edition = Part { Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion' -Name 'EditionID', 'UBR' | ForEach-Object {
  @{ edition = $_.EditionID; revision = $_.UBR } } }
boot = Part { Get-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters' -Name BootId | ForEach-Object { $_.BootId } }
maker = Part { Cim 'Win32_ComputerSystem' 'Manufacturer, Model' | ForEach-Object { @{ maker = $_.Manufacturer; model = $_.Model } } }
bios = Part { Cim 'Win32_BIOS' 'Manufacturer, SerialNumber' | ForEach-Object { @{ maker = $_.Manufacturer; serial = $_.SerialNumber } } }
chassis = Part { Cim 'Win32_SystemEnclosure' 'ChassisTypes' | ForEach-Object { @($_.ChassisTypes) } }
clock = Part { Get-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\Parameters' -Name Type | ForEach-Object { $_.Type } }
services = Part { Cim 'Win32_Service' 'Name, StartMode' | ForEach-Object { @{ name = $_.Name; start = $_.StartMode } } }
programs = Part { Get-ItemProperty -Name 'DisplayName', 'DisplayVersion' -ErrorAction SilentlyContinue -Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\*', 'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\*', 'Registry::HKEY_USERS\*\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\*' | Where-Object { $_.DisplayName } | ForEach-Object {
  @{ name = [string]$_.DisplayName; version = [string]$_.DisplayVersion } } }
homes = Part { Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-*' -Name ProfileImagePath | ForEach-Object {
  @{ sid = $_.PSChildName; path = $_.ProfileImagePath } } }
hosts = Part { Get-Item -ErrorAction SilentlyContinue -Path 'HKLM:\SOFTWARE\Google\Chrome\NativeMessagingHosts\*', 'HKLM:\SOFTWARE\WOW6432Node\Google\Chrome\NativeMessagingHosts\*', 'Registry::HKEY_USERS\S-1-*\SOFTWARE\Google\Chrome\NativeMessagingHosts\*', 'HKLM:\SOFTWARE\Chromium\NativeMessagingHosts\*', 'HKLM:\SOFTWARE\WOW6432Node\Chromium\NativeMessagingHosts\*', 'Registry::HKEY_USERS\S-1-*\SOFTWARE\Chromium\NativeMessagingHosts\*', 'HKLM:\SOFTWARE\Microsoft\Edge\NativeMessagingHosts\*', 'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Edge\NativeMessagingHosts\*', 'Registry::HKEY_USERS\S-1-*\SOFTWARE\Microsoft\Edge\NativeMessagingHosts\*', 'HKLM:\SOFTWARE\Mozilla\NativeMessagingHosts\*', 'HKLM:\SOFTWARE\WOW6432Node\Mozilla\NativeMessagingHosts\*', 'Registry::HKEY_USERS\S-1-*\SOFTWARE\Mozilla\NativeMessagingHosts\*' | ForEach-Object { $_.PSChildName } }
proxies = Part { Get-ItemProperty -Name 'ProxyEnable', 'ProxyServer', 'AutoConfigURL' -ErrorAction SilentlyContinue -Path 'Registry::HKEY_USERS\S-1-*\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings', 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings' | ForEach-Object {
  @{ enabled = $_.ProxyEnable; servers = $_.ProxyServer; script = $_.AutoConfigURL } } }
`);

export const HARDWARE = script(String.raw`
usb = Part { Cim 'Win32_PnPEntity' 'DeviceID, CompatibleID, Present' | Where-Object { $_.Present -and $_.DeviceID -like 'USB\VID_*' } | ForEach-Object {
  $told = $null
  if ($_.DeviceID -notlike '*&MI_*') {
    try { $told = (Invoke-CimMethod -InputObject $_ -MethodName GetDeviceProperties -Arguments @{ devicePropertyKeys = [string[]]@('DEVPKEY_Device_BusReportedDeviceDesc') }).deviceProperties | ForEach-Object { $_.Data } } catch { $told = $null }
  }
  @{ id = $_.DeviceID; compatible = @($_.CompatibleID); product = [string]$told } } }
monitors = Part { Cim 'Win32_PnPEntity' 'DeviceID, Present' | Where-Object { $_.Present -and $_.DeviceID -like 'DISPLAY\*' } | ForEach-Object {
  $at = 'HKLM:\SYSTEM\CurrentControlSet\Enum\' + $_.DeviceID + '\Device Parameters'
  $edid = Get-ItemProperty -LiteralPath $at -Name EDID -ErrorAction SilentlyContinue | ForEach-Object { ($_.EDID | ForEach-Object { '{0:x2}' -f $_ }) -join '' }
  @{ id = $_.DeviceID; edid = [string]$edid } } }
outputs = Part { Get-CimInstance -Namespace root/wmi -ClassName WmiMonitorConnectionParams | ForEach-Object {
  @{ id = $_.InstanceName; technology = $_.VideoOutputTechnology } } }
sleeps = Part { Events 'System' '*[System[Provider[@Name=''Microsoft-Windows-Kernel-Power''] and (EventID=42 or EventID=107 or EventID=506 or EventID=507)]] or *[System[Provider[@Name=''Microsoft-Windows-Power-Troubleshooter''] and EventID=1]]' 200 }
`);

function script(parts: string): string {
  return `${PROLOGUE}@{${parts}} | ConvertTo-Json -Compress -Depth 6`.trim();
}
