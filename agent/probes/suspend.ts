import type { TimedChange } from '../../shared/observation.ts';
import type { Instant } from '../../shared/time.ts';
import type { Host } from '../host/host.ts';
import type { Probe } from './probe.ts';

export const suspendProbe: Probe = {
  name: 'suspend',
  kinds: ['suspend'],
  everySeconds: 10,
  timeoutMs: 10_000,
  reads: 'From when until when this machine slept.',
  never: 'Why it slept and who woke it are never read.',
  async run({ host, lastAlive }) {
    const toldUntil = told.get(host) ?? lastAlive ?? host.now();
    const fresh = (await host.sleeps()).filter(({ until }) => until > toldUntil);
    told.set(host, fresh.at(-1)?.until ?? toldUntil);
    return {
      facts: [],
      past: fresh.map(
        ({ from, until }): TimedChange => ({
          change: 'noted',
          fact: { kind: 'suspend', from, until },
          at: until,
        }),
      ),
    };
  },
};

/** A host tells of a sleep again and again. */
const told = new WeakMap<Host, Instant>();
