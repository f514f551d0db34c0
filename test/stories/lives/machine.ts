import { DAY, HOUR, instant, MINUTE, utcOffsetMinutes } from '../../../shared/time.ts';
import type { City } from './cities.ts';
import type { Egress } from './line.ts';
import type { Random } from './random.ts';

export interface Line {
  readonly at?: string;
  readonly [field: string]: unknown;
}

/** A fact, or what identifies one; stories are parsed by the code under test, so nothing is checked here. */
export interface Told {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** One laptop of a story. Times are milliseconds since 1970; lines may be told in any order. */
export interface Machine {
  readonly id: string;
  readonly lines: readonly Line[];
  began(at: number, fact: Told): void;
  ended(at: number, identity: Told): void;
  noted(at: number, fact: Told): void;
  /** From here to there, as one. */
  during(from: number, to: number, fact: Told, identity: Told): void;
  /** Tells once what it is; `enrolledAt` must have been. */
  introduce(at: number, more?: { readonly platform?: object; readonly probes?: object }): void;
  /** Connected from `from` to `to`, by this line. */
  online(from: number, to: number, egress: Egress): void;
}

export const PROBES = [
  'tool',
  'listener',
  'session',
  'control',
  'tunnel',
  'proxy',
  'network',
  'clock',
  'platform',
  'peripheral',
  'display',
  'activity',
  'suspend',
] as const;

export function machineOf(id: string, random: Random): Machine {
  const lines: Line[] = [];
  let connections = 0;
  const tell = (at: number, what: object): void => {
    lines.push({ at: instant(at), endpoint: id, ...what });
  };
  const machine: Machine = {
    id,
    lines,
    began: (at, fact) => tell(at, { began: fact }),
    ended: (at, identity) => tell(at, { ended: identity }),
    noted: (at, fact) => tell(at, { noted: fact }),
    during(from, to, fact, identity) {
      machine.began(from, fact);
      machine.ended(to, identity);
    },
    introduce(at, { platform = {}, probes = {} } = {}) {
      const serial = random.hash();
      machine.began(at, {
        ...{ kind: 'platform', os: 'windows', name: 'Windows 11 Pro', version: '10.0.26100', arch: 'x64' },
        ...{ chassis: 'laptop', serial, bootedAt: instant(at - 5 * MINUTE), ...platform },
      });
      machine.began(at, agentFact(id, at, probes));
    },
    online(from, to, egress) {
      connections += 1;
      const connection = `${id}-${connections}`;
      machine.during(from, to, { kind: 'presence', connection }, { kind: 'presence', connection });
      machine.during(from, to, egress, { kind: 'egress', ip: egress.ip });
    },
  };
  return machine;
}

/** The agent's own word, new with each start. */
export function agentFact(machine: string, startedAt: number, probes: object = {}): Told {
  const all = Object.fromEntries(PROBES.map((name) => [name, 'ok']));
  return {
    ...{ kind: 'agent', version: '0.1.0', catalog: '2026.11.22', policy: 'default' },
    ...{ boot: `${machine}-${startedAt}`, probes: { ...all, ...probes } },
  };
}

/** A clock that keeps a city's time, said again whenever summer time begins or ends. */
export function keepsTime(
  machine: Machine,
  { timezone }: City,
  { from, until }: { readonly from: number; readonly until: number },
): void {
  let said: number | undefined;
  for (let at = from; at < until; at += at === from ? HOUR - (from % HOUR) || HOUR : HOUR) {
    const offset = utcOffsetMinutes(timezone, instant(at));
    if (offset === said) continue;
    machine.began(at, { kind: 'clock', timezone, utcOffsetMinutes: offset, synchronized: true });
    said = offset;
  }
}

/** Midnight in a city, as milliseconds, on the day `days` after the one that `start` falls on. */
export function midnight({ timezone }: City, start: number, days: number): number {
  const day = Math.floor(start / DAY) * DAY + days * DAY;
  const near = day - utcOffsetMinutes(timezone, instant(day)) * MINUTE;
  return day - utcOffsetMinutes(timezone, instant(near)) * MINUTE;
}
