import type { FactOf } from '../../shared/facts.ts';
import { identityOf } from '../../shared/facts.ts';
import type { TimedChange } from '../../shared/observation.ts';
import { type Instant, millis, SECOND } from '../../shared/time.ts';
import type { EndedLogins, Host, Login, LogPosition } from '../host/host.ts';
import { clip } from './clip.ts';
import { ifKnown } from './if-known.ts';
import type { Probe, ProbeContext } from './probe.ts';

export const sessionProbe: Probe = {
  name: 'session',
  kinds: ['session'],
  everySeconds: 10,
  timeoutMs: 5_000,
  reads:
    "Who is logged in to this machine, since when, at the screen or from which address, and from the system's log of logins who came and went since the last look; the account name goes as a hash where the policy says so.",
  never:
    'Passwords, failed attempts, what is done in a session, and sessions of the time before the agent came are never read.',
  async run(context) {
    const { host, lastAlive } = context;
    const now = host.now();
    const before = kept.get(host) ?? { position: lastAlive ?? now, lookedAt: lastAlive ?? now, seen: [] };
    const logins = await host.logins();
    const log = await ifKnown(host.endedLogins(before.position));
    kept.set(host, { position: log?.next ?? before.position, lookedAt: now, seen: logins });
    const passed = log ? passedBetween({ ...before, seen: [...before.seen, ...logins] }, log.logins) : [];
    return {
      facts: logins.map((login) => factOf(login, context)),
      past: passed.flatMap((login): TimedChange[] => {
        const fact = factOf(login, context);
        return [
          { change: 'began', fact, at: login.startedAt },
          { change: 'ended', fact: identityOf(fact), at: login.endedAt },
        ];
      }),
    };
  },
};

interface Kept {
  readonly position: LogPosition;
  readonly lookedAt: Instant;
  readonly seen: readonly Login[];
}

const kept = new WeakMap<Host, Kept>();
/** What the list of logins and the log write of one login may differ by this much, and a login is in the list a moment later. */
const SAME_MS = 5 * SECOND;

/** Ended logins that no look has seen: the others are told as ended by their absence, and each stands for one of the log. */
function passedBetween({ lookedAt, seen }: Kept, ended: EndedLogins['logins']): EndedLogins['logins'] {
  const rest = [...seen];
  return ended.filter((login) => {
    const index = rest.findIndex((other) => isSame(login, other));
    if (index >= 0) rest.splice(index, 1);
    return index < 0 && millis(login.startedAt) > millis(lookedAt) - SAME_MS;
  });
}

function isSame(one: Login, other: Login): boolean {
  const near = Math.abs(millis(one.startedAt) - millis(other.startedAt)) <= SAME_MS;
  return near && one.user === other.user && (one.from === other.from || !one.from || !other.from);
}

function factOf(
  { user, method, from, clientName, startedAt }: Login,
  { policy, keyedHash }: ProbeContext,
): FactOf<'session'> {
  return {
    kind: 'session',
    user: policy.userNames === 'hashed' ? keyedHash(`user ${user}`) : clip(user, 128),
    method,
    ...(from ? { from } : {}),
    startedAt,
    ...(clientName ? { clientName: clip(clientName, 128) } : {}),
  };
}
