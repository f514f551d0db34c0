import type { Os } from '../../shared/catalog/match.ts';
import type { Instant } from '../../shared/time.ts';

/**
 * The only door to the operating system. It says what is there and judges nothing: whether something is watched, and what of it
 * may leave the machine, is for the probes. Every read is bounded. A method throws PROBE_DENIED when a right is missing,
 * PROBE_UNSUPPORTED where this operating system or installation has no source for it, and PROBE_FAILED otherwise;
 * it never answers "nothing" for "could not look".
 */
export interface Host {
  readonly os: Os;
  /** The wall clock. */
  now(): Instant;
  /** Milliseconds on a clock that nobody can set and that counts from the boot. */
  mono(): number;
  /** Another text after every boot. */
  bootId(): Promise<string>;
  /** User processes, 5,000 at most. An unchanged process is the same object as the last time. */
  processes(): Promise<readonly RunningProcess[]>;
  /** Open TCP listeners and unconnected UDP sockets. */
  listeners(): Promise<readonly Listener[]>;
  /** Processes that own some of the sockets that `listeners()` gave. Costly: ask for few. */
  ownersOf(sockets: readonly Listener[]): Promise<ReadonlyMap<Listener, RunningProcess>>;
  interfaces(): Promise<readonly NetworkInterface[]>;
  routes(): Promise<Routes>;
  /** Link-layer addresses of IPv4 neighbors, lower case with colons. */
  neighbors(): Promise<readonly Neighbor[]>;
  nameServers(): Promise<readonly NameServer[]>;
  /** People logged in now, each login once. */
  logins(): Promise<readonly Login[]>;
  packages(): Promise<readonly InstalledPackage[]>;
  services(): Promise<readonly InstalledService[]>;
  /** Those of `paths` that exist. A leading `~/` stands for every home folder; the answer repeats the question's text. */
  existing(paths: readonly string[]): Promise<readonly string[]>;
  clock(): Promise<SystemClock>;
  machine(): Promise<Machine>;
}

export interface RunningProcess {
  readonly pid: number;
  /** Base names under which it runs: of the executable, as it calls itself, as the system calls it. No arguments. */
  readonly names: readonly string[];
}

export interface Listener {
  readonly proto: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** The system's own handle of the socket. */
  readonly socket: string;
}

export interface NetworkInterface {
  readonly name: string;
  readonly index: number;
  readonly up: boolean;
  readonly kind:
    | 'loopback'
    | 'ethernet'
    | 'wireless'
    | 'cellular'
    | 'wireguard'
    | 'openvpn'
    | 'tun'
    | 'tap'
    | 'ppp'
    | 'ipsec'
    | 'tunnel'
    | 'virtual';
  /** It is a port of a bridge or bond, as the taps of virtual machines are. */
  readonly enslaved: boolean;
}

export interface Route {
  readonly interface: string;
  readonly family: 4 | 6;
  readonly destination: string;
  readonly prefixLength: number;
  /** Absent for what is on the link itself. */
  readonly gateway?: string;
  readonly metric: number;
}

export interface Routes {
  readonly list: readonly Route[];
  /** A default route stands in a table of its own, as policy routing of VPN clients does; whose it is cannot be read. */
  readonly policyDefault: boolean;
}

export interface Neighbor {
  readonly ip: string;
  readonly mac: string;
  readonly interface: string;
}

export interface NameServer {
  readonly ip: string;
  /** Set when it belongs to one interface. */
  readonly interfaceIndex?: number;
}

export interface Login {
  readonly user: string;
  readonly method: 'console' | 'rdp' | 'ssh' | 'vnc' | 'screen-sharing' | 'other';
  readonly from?: string;
  readonly clientName?: string;
  readonly startedAt: Instant;
}

export interface InstalledPackage {
  readonly name: string;
  readonly version?: string;
}

export interface InstalledService {
  readonly name: string;
  /** It starts with the system. */
  readonly enabled: boolean;
}

export interface SystemClock {
  readonly timezone: string;
  readonly synchronized?: boolean;
}

export interface Machine {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly chassis?: 'laptop' | 'desktop' | 'server' | 'virtual' | 'container' | 'other';
  /** The hypervisor or container engine. */
  readonly virtual?: string;
  /** As the maker wrote it; must be hashed before it leaves. */
  readonly serial?: string;
  readonly bootedAt: Instant;
}
