/** Link-layer addresses that many networks have alike: of virtual routers and of virtual machines. */
const SHARED = [
  '00:00:00:00:00:00', // nobody's
  '00:00:5e:00:01:', // VRRP and CARP, RFC 9568
  '00:00:5e:00:02:', // VRRP for IPv6
  '00:00:0c:07:ac:', // HSRP 1
  '00:00:0c:9f:f', // HSRP 2
  '00:05:73:a0:0', // HSRP for IPv6
  '00:07:b4:00:', // GLBP
  '00:50:56:',
  '00:0c:29:',
  '00:05:69:', // VMware
  '00:15:5d:', // Hyper-V
  '08:00:27:', // VirtualBox
  '00:16:3e:', // Xen
  '00:1c:42:', // Parallels
];
const LOCALLY_ADMINISTERED = 0x02;

/** Such a gateway would make strangers look like neighbors, so it is no place. */
export function isSharedMac(mac: string): boolean {
  const first = Number.parseInt(mac.slice(0, 2), 16);
  // What software made up, for containers, virtual switches and phones that share their connection.
  return (first & LOCALLY_ADMINISTERED) !== 0 || SHARED.some((prefix) => mac.startsWith(prefix));
}
