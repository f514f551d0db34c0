import { networkInterfaces } from 'node:os';
import * as z from 'zod/mini';
import { MINUTE, SECOND } from '../../../shared/time.ts';
import type { AllowedCommand } from '../commands.ts';
import { systemRoot } from './config.ts';
import { documentReader, type ReadCommand } from './document.ts';
import { listOf, number, partOf, text } from './parts.ts';
import { FAST, HARDWARE, LOGINS, NETWORK, SLOW } from './scripts.ts';

const moment = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/));

const processSchema = z.object({
  pid: z.number(),
  name: z.string(),
  session: number,
  parent: number,
  started: z.nullish(moment),
});
const tcpSchema = z.object({
  state: z.number(),
  address: z.string(),
  port: z.number(),
  peer: text,
  peerPort: number,
  pid: number,
});
const udpSchema = z.object({ address: z.string(), port: z.number(), pid: number });
const fastSchema = z.object({
  processes: partOf(processSchema),
  tcp: partOf(tcpSchema),
  udp: partOf(udpSchema),
});

const networkSchema = z.object({
  adapters: partOf(
    z.object({
      index: z.number(),
      name: z.string(),
      component: text,
      type: number,
      status: number,
      medium: number,
      hardware: z.nullish(z.boolean()),
    }),
  ),
  links: partOf(
    z.object({ index: z.number(), name: text, family: number, metric: number, connected: number }),
  ),
  addresses: partOf(z.object({ index: z.number(), ip: text, length: number })),
  routes: partOf(z.object({ index: z.number(), family: number, to: text, via: text, metric: number })),
  neighbors: partOf(z.object({ index: z.number(), ip: text, mac: text })),
  servers: partOf(z.object({ index: z.number(), ips: listOf(z.string()) })),
});

const eventSchema = z.object({
  id: z.number(),
  record: number,
  at: moment,
  values: listOf(text),
});
const loginsSchema = z.object({
  now: partOf(moment),
  boot: partOf(moment),
  desktops: partOf(eventSchema),
  arrivals: partOf(eventSchema),
  logons: partOf(eventSchema),
});

const slowSchema = z.object({
  system: partOf(z.object({ version: text, product: number, booted: z.nullish(moment) })),
  edition: partOf(z.object({ edition: text, revision: number })),
  boot: partOf(z.number()),
  maker: partOf(z.object({ maker: text, model: text })),
  bios: partOf(z.object({ maker: text, serial: text })),
  chassis: partOf(z.number()),
  clock: partOf(z.string()),
  services: partOf(z.object({ name: z.string(), start: text })),
  programs: partOf(z.object({ name: z.string(), version: text })),
  homes: partOf(z.object({ sid: z.string(), path: text })),
  hosts: partOf(z.string()),
  proxies: partOf(z.object({ enabled: number, servers: text, script: text })),
});

const hardwareSchema = z.object({
  usb: partOf(z.object({ id: z.string(), compatible: listOf(z.string()), product: text })),
  monitors: partOf(z.object({ id: z.string(), edid: text })),
  outputs: partOf(z.object({ id: z.string(), technology: number })),
  sleeps: partOf(eventSchema),
});

export type FastDocument = z.infer<typeof fastSchema>;
export type NetworkDocument = z.infer<typeof networkSchema>;
export type LoginsDocument = z.infer<typeof loginsSchema>;
export type SlowDocument = z.infer<typeof slowSchema>;
export type HardwareDocument = z.infer<typeof hardwareSchema>;
export type LogEvent = z.infer<typeof eventSchema>;

export interface Documents {
  /** Processes and sockets. */
  fast(): Promise<FastDocument>;
  /** Adapters, routes, neighbors, name servers; at once when an address of this machine changes. */
  network(): Promise<NetworkDocument>;
  /** Logs of logins, since the boot or of two days. */
  logins(): Promise<LoginsDocument>;
  /** The machine, and what is installed on it. */
  slow(): Promise<SlowDocument>;
  /** Devices, screens, sleep. */
  hardware(): Promise<HardwareDocument>;
}

export interface DocumentsOptions {
  readonly read: ReadCommand;
  mono(): number;
}

export function documentsOf(options: DocumentsOptions): Documents {
  return {
    fast: documentReader({ ...options, command: POWERSHELL.fast, schema: fastSchema, leastMs: 2 * SECOND }),
    network: documentReader({
      ...options,
      command: POWERSHELL.network,
      schema: networkSchema,
      leastMs: 5 * MINUTE,
      sign: ownAddresses,
    }),
    logins: documentReader({
      ...options,
      command: POWERSHELL.logins,
      schema: loginsSchema,
      leastMs: 2 * MINUTE,
    }),
    slow: documentReader({ ...options, command: POWERSHELL.slow, schema: slowSchema, leastMs: 10 * MINUTE }),
    hardware: documentReader({
      ...options,
      command: POWERSHELL.hardware,
      schema: hardwareSchema,
      leastMs: 3 * MINUTE,
    }),
  };
}

function powershell(script: string, timeoutMs: number): AllowedCommand {
  return {
    path: `${systemRoot()}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`,
    // Without the format, Windows PowerShell may wait for the end of an input that nobody writes.
    args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-InputFormat', 'None', '-Command', script],
    timeoutMs,
    maxBytes: 8 * 1024 * 1024,
  };
}

/** All that is ever started on Windows. */
export const POWERSHELL = {
  fast: powershell(FAST, 20 * SECOND),
  network: powershell(NETWORK, 30 * SECOND),
  logins: powershell(LOGINS, 60 * SECOND),
  slow: powershell(SLOW, 60 * SECOND),
  hardware: powershell(HARDWARE, 60 * SECOND),
} as const satisfies Record<keyof Documents, AllowedCommand>;

/** Cheap to ask, and different whenever a tunnel comes or goes. */
function ownAddresses(): string {
  const all = Object.entries(networkInterfaces());
  return JSON.stringify(all.map(([name, addresses]) => [name, addresses?.map(({ cidr }) => cidr)]));
}
