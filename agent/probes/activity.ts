import type { FactOf } from '../../shared/facts.ts';
import type { TimedChange } from '../../shared/observation.ts';
import { HOUR, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import type { Host } from '../host/host.ts';
import { controlsOf } from './control.ts';
import { ifKnown } from './if-known.ts';
import type { Probe, ProbeContext } from './probe.ts';

export const activityProbe: Probe = {
  name: 'activity',
  kinds: ['activity'],
  everySeconds: 60,
  timeoutMs: 10_000,
  reads:
    'For each hour, in how many minutes somebody used a keyboard or pointer at the machine itself, in how many somebody was connected from elsewhere, and in how many the screen was locked, where the system tells. Only these three counts are kept.',
  never: 'Which keys or buttons were used, where the pointer was, and in which program are never read.',
  async run(context) {
    const { host } = context;
    const [now, mono] = [host.now(), host.mono()];
    const { idleMs, locked = false } = await host.presence();
    const before = kept.get(host);
    const hour = instant(Math.floor(millis(now) / HOUR) * HOUR);
    const isNew = before?.hour !== hour;
    const counted = isNew || !before ? { hour, local: 0, remote: 0, locked: 0 } : before;
    // Time in which the agent did not look, as in sleep, counts for nothing.
    const minutes = before ? Math.min((mono - before.mono) / MINUTE, LONGEST_MINUTES) : 0;
    const isUsed = idleMs + MARGIN_MS < minutes * MINUTE;
    const isRemote = minutes > 0 && (await isReached(context));
    kept.set(host, {
      hour,
      mono,
      local: counted.local + (isUsed ? minutes : 0),
      remote: counted.remote + (isRemote ? minutes : 0),
      locked: counted.locked + (locked ? minutes : 0),
    });
    return { facts: [], past: isNew && before ? [noteOf(before, now)] : [] };
  },
};

interface Hour {
  readonly hour: Instant;
  readonly mono: number;
  /** Minutes. */
  readonly local: number;
  readonly remote: number;
  readonly locked: number;
}

const kept = new WeakMap<Host, Hour>();
const MARGIN_MS = 500;
const LONGEST_MINUTES = 5;

async function isReached({ host, matcher }: ProbeContext): Promise<boolean> {
  const logins = (await ifKnown(host.logins())) ?? [];
  return logins.some(({ method }) => method !== 'console') || (await controlsOf(host, matcher)).length > 0;
}

function noteOf({ hour, local, remote, locked }: Hour, at: Instant): TimedChange {
  const fact: FactOf<'activity'> = {
    kind: 'activity',
    hour,
    local: whole(local),
    remote: whole(remote),
    locked: whole(locked),
  };
  return { change: 'noted', fact, at };
}

function whole(minutes: number): number {
  return Math.min(60, Math.round(minutes));
}
