import type { TimedChange } from '../../shared/observation.ts';

const AT = '2026-03-02T14:00:00.000Z';

/** A remote-access tool begins to run; another `port` is another thing. */
export function listenerBegan(port: number): TimedChange {
  return { change: 'began', at: AT, fact: { kind: 'listener', proto: 'tcp', port, scope: 'any' } };
}

export function listenerEnded(port: number): TimedChange {
  return { change: 'ended', at: AT, fact: { kind: 'listener', proto: 'tcp', port } };
}

export function activityNoted(hour = AT): TimedChange {
  return { change: 'noted', at: AT, fact: { kind: 'activity', hour, local: 2, remote: 44, locked: 0 } };
}

export function listenersBegan(count: number, from = 1): readonly TimedChange[] {
  return Array.from({ length: count }, (_, index) => listenerBegan(from + index));
}
