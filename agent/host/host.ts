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
  /** Established TCP connections, both ends of one inside this machine included. */
  connections(): Promise<readonly Connection[]>;
  /** Processes that own some of the sockets that `listeners()` or `connections()` gave. Costly: ask for few. */
  ownersOf<S extends Socket>(sockets: readonly S[]): Promise<ReadonlyMap<S, RunningProcess>>;
  interfaces(): Promise<readonly NetworkInterface[]>;
  routes(): Promise<Routes>;
  /** Link-layer addresses of IPv4 neighbors, lower case with colons. */
  neighbors(): Promise<readonly Neighbor[]>;
  nameServers(): Promise<readonly NameServer[]>;
  /** People logged in now, each login once. */
  logins(): Promise<readonly Login[]>;
  /** Logins that ended after `after` by the system's own log, oldest first; unsupported where there is none. */
  endedLogins(after: LogPosition): Promise<EndedLogins>;
  /** Proxies that programs of this machine are told to use, by its settings for everybody or of the person at the screen. */
  proxies(): Promise<readonly SystemProxy[]>;
  /** Devices on the USB now, without hubs. */
  usbDevices(): Promise<readonly UsbDevice[]>;
  /** Monitors connected now. */
  monitors(): Promise<readonly Monitor[]>;
  /** When somebody last used a key or a pointer at the machine itself; never which. */
  presence(): Promise<Presence>;
  /** Times that the machine slept, as far as this host knows, oldest first; told again at each call, with the same `from`. */
  sleeps(): Promise<readonly Sleep[]>;
  /** Those of `questions` that are installed in some profile of some browser of some person. */
  browserParts(questions: readonly BrowserPart[]): Promise<readonly BrowserPart[]>;
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

export interface Socket {
  /** The system's own handle of the socket; a text that holds the process id where there is no other. */
  readonly socket: string;
}

export interface Listener extends Socket {
  readonly proto: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

export interface Connection extends Socket {
  readonly address: string;
  readonly port: number;
  readonly peer: string;
  readonly peerPort: number;
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

/** A time at first, then what the last answer gave as `next`; otherwise the host's own text (a byte, a record number). */
export type LogPosition = Instant | string;

export interface EndedLogins {
  readonly logins: readonly (Login & { readonly endedAt: Instant })[];
  readonly next: LogPosition;
  /** Until when the host has looked, where its answers are older than the question. */
  readonly lookedAt?: Instant;
}

export interface SystemProxy {
  readonly scheme: 'http' | 'https' | 'socks' | 'pac';
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface UsbDevice {
  /** Four lower-case hex digits. */
  readonly vendorId: string;
  readonly productId: string;
  /** Strings as the device gives them. */
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serial?: string;
  readonly interfaces: readonly UsbInterface[];
}

/** Numbers of the USB interface descriptor. */
export interface UsbInterface {
  readonly class: number;
  readonly subclass: number;
  readonly protocol: number;
  /** Of an input device (class 3): its HID report descriptor, where the system shows it. */
  readonly reportDescriptor?: Uint8Array;
}

export interface Monitor {
  /** The raw block, 128 bytes or more; may be damaged. */
  readonly edid: Uint8Array;
  /** The panel of a laptop. */
  readonly builtIn: boolean;
}

export interface Presence {
  /** Milliseconds since the last use of a key or a pointer; since this host first looked, where there was none yet. */
  readonly idleMs: number;
  /** Whether the screen is locked, where a source tells. */
  readonly locked?: boolean;
}

export interface Sleep {
  readonly from: Instant;
  readonly until: Instant;
}

/** An extension by its id in Chromium or Firefox, or the name of a native messaging host. */
export interface BrowserPart {
  readonly by: 'extension' | 'native-host';
  readonly id: string;
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
