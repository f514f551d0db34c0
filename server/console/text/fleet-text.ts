import type { EndpointState } from '../../../shared/api/endpoints.ts';
import type { ProbeHealth } from '../../../shared/facts.ts';

export const STATE_LABELS: Readonly<Record<EndpointState, string>> = {
  online: 'Online',
  offline: 'Offline',
  silent: 'Silent',
  revoked: 'Revoked',
};

export const STATE_MEANINGS: Readonly<Record<EndpointState, string>> = {
  online: 'Connected now.',
  offline: 'Not connected; heard of within three days.',
  silent: 'Not heard of for more than three days, longer than a weekend.',
  revoked: 'May not speak any more. What it told is kept.',
};

export const ORDER_LABELS = {
  name: 'By name',
  enrolled: 'Enrolled last',
  seen: 'Not seen for longest',
} as const;

/** What a probe's health means for whoever judges, and what to do about it. */
export const HEALTH_ADVICE: Readonly<Record<ProbeHealth, string>> = {
  ok: 'It sees what it looks for.',
  denied:
    'The agent may not look: rules that need this give no verdict. Run it as a service of the system, with administrator rights; farhand-agent doctor says which right is missing.',
  failed:
    'It tried and failed: rules that need this give no verdict. farhand-agent doctor on the machine names the cause; if it stays, look whether somebody blocks it.',
  unsupported:
    'This system cannot be looked at in this way, and no right would help. Rules that need it give no verdict here.',
};

/** Whether version `a` is older than `b`; what is no version is not. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (!left || !right) return false;
  const at = left.findIndex((part, index) => part !== right[index]);
  return at >= 0 && (left[at] ?? 0) < (right[at] ?? 0);
}

function partsOf(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match?.slice(1).map(Number);
}
