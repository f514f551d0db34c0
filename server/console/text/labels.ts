import type { SilenceKind } from '../../../shared/api.ts';
import type { GapCause, NetworkClass, ProbeHealth, ToolCategory } from '../../../shared/facts.ts';
import type { Outcome, Severity } from '../../../shared/finding.ts';
import { TOOL_NAMES } from './tool-names.ts';

export const SEVERITY_LABELS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

export const OUTCOME_LABELS: Readonly<Record<Outcome, string>> = {
  open: 'Open',
  expected: 'Expected',
  retracted: 'Retracted',
  undetermined: 'Undetermined',
};

export const OUTCOME_MEANINGS: Readonly<Record<Outcome, string>> = {
  open: 'The contradiction stands, whether or not it goes on.',
  expected: 'An exception covers it.',
  retracted: 'Later evidence or a changed declaration took it away.',
  undetermined: 'The evidence that the rule needs was not there.',
};

export const NETWORK_LABELS: Readonly<Record<NetworkClass, string>> = {
  residential: 'residential',
  mobile: 'mobile',
  business: 'business',
  hosting: 'hosting',
  vpn: 'VPN',
  tor: 'Tor',
  relay: 'relay',
  satellite: 'satellite',
  corporate: 'corporate',
  unknown: 'network class unknown',
};

export const CATEGORY_LABELS: Readonly<Record<ToolCategory, string>> = {
  'remote-access': 'remote access',
  vpn: 'VPN',
  mesh: 'mesh network',
  proxy: 'proxy',
  anonymizer: 'anonymizer',
  tunnel: 'tunnel',
  'keep-awake': 'keep-awake',
  proxyware: 'proxyware',
};

export const GAP_LABELS: Readonly<Record<GapCause, string>> = {
  'spool-overflow': 'the spool overflowed',
  'spool-damaged': 'the spool was damaged',
  'snapshot-revert': 'the machine was set back to an older state',
  'chain-break': 'the chain of evidence does not fit',
  clone: 'two machines used one identity',
  'clock-step': 'the clock was set',
  revoked: 'the endpoint was revoked',
  'collector-restored': 'the collector was restored from a backup',
  unknown: 'cause unknown',
};

export const SILENCE_LABELS: Readonly<Record<SilenceKind, string>> = {
  asleep: 'Asleep',
  'shut-down': 'Shut down',
  'agent-stopped': 'Agent stopped',
  'network-down': 'No network',
  unknown: 'Not known',
};

export const SILENCE_MEANINGS: Readonly<Record<SilenceKind, string>> = {
  asleep: 'The machine slept.',
  'shut-down': 'The machine was off until it booted anew.',
  'agent-stopped': 'The machine was up and awake, and its agent looked at nothing.',
  'network-down': 'The agent went on; what it saw came later.',
  unknown: 'Nothing proves what it did.',
};

export const HEALTH_MEANINGS: Readonly<Record<ProbeHealth, string>> = {
  ok: 'sees what it looks for',
  denied: 'lacks the right to look',
  failed: 'tried and failed',
  unsupported: 'cannot work on this system',
};

/** What people call a product; its catalog id where this console is older than the catalog. */
export function toolName(id: string): string {
  return TOOL_NAMES.get(id) ?? id;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** A keyed hash means nothing by itself; its first digits suffice to see that two are equal. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}
