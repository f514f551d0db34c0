import { clip } from './clip.ts';
import type { Probe } from './probe.ts';

export const sessionProbe: Probe = {
  name: 'session',
  kinds: ['session'],
  everySeconds: 10,
  timeoutMs: 5_000,
  reads:
    'Who is logged in to this machine, since when, at the screen or from which address; the account name goes as a hash where the policy says so.',
  never: 'Passwords, failed attempts, what is done in a session, and earlier sessions are never read.',
  async run({ host, keyedHash, policy }) {
    const logins = await host.logins();
    return logins.map(({ user, method, from, clientName, startedAt }) => ({
      kind: 'session' as const,
      user: policy.userNames === 'hashed' ? keyedHash(`user ${user}`) : clip(user, 128),
      method,
      ...(from ? { from } : {}),
      startedAt,
      ...(clientName ? { clientName: clip(clientName, 128) } : {}),
    }));
  },
};
