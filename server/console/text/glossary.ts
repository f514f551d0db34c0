import type { CaseStatus } from '../../../shared/case.ts';
import { FACT_KIND_LABELS } from '../../../shared/fact-kinds.ts';
import type { FactKind, GapCause, NetworkClass } from '../../../shared/facts.ts';
import type { Family, Severity } from '../../../shared/finding.ts';
import { STATE_LABELS, STATE_MEANINGS } from './fleet-text.ts';
import {
  GAP_LABELS,
  HEALTH_MEANINGS,
  NETWORK_LABELS,
  OUTCOME_LABELS,
  OUTCOME_MEANINGS,
  SEVERITY_LABELS,
  SILENCE_LABELS,
  SILENCE_MEANINGS,
} from './labels.ts';
import { PLACE_LABELS, PLACE_MEANINGS } from './place-text.ts';
import { DECISION_LABELS, DECISION_MEANINGS, STATUS_LABELS, STATUS_MEANINGS } from './triage-text.ts';

interface Entry {
  /** Group and key, as terms name it: `family:tamper`. */
  readonly id: string;
  readonly label: string;
  readonly meaning: string;
}

export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

const SEVERITY_MEANINGS: Readonly<Record<Severity, string>> = {
  critical: 'Opens a case at once: hard to explain by anything but somebody else at the keyboard.',
  high: 'A clear contradiction with the declaration. Look at it today.',
  medium: 'Contradicts the declaration, and often has a harmless reason. Ask.',
  low: 'Weak by itself; it counts beside others.',
  info: 'Worth knowing, and no contradiction by itself.',
};

const FAMILY_MEANINGS: Readonly<Record<Family, string>> = {
  'remote-access': 'Programs, ports and sessions by which somebody elsewhere can work on the machine.',
  hardware: 'Devices that put a far hand on the keyboard, such as IP-KVMs, or that keep a machine awake.',
  egress: 'From where endpoints speak: countries, VPNs, journeys that nobody can make.',
  presence: 'When and how somebody works, against declared hours, time zone and the need of rest.',
  identity: 'Who and which machine it is: shared addresses and devices, several people on one machine.',
  tamper: 'Evidence that is missing, contradicted or set back, and agents that were stopped.',
};

const NETWORK_MEANINGS: Readonly<Record<NetworkClass, string>> = {
  residential: 'A line to a home.',
  mobile: 'A carrier of mobile phones; places are coarse, and many people share an address.',
  business: 'A line to a company or office.',
  hosting: 'A data center. People seldom work there; what comes from it is often passed on.',
  vpn: 'An exit of a VPN: says nothing of where somebody is.',
  tor: 'An exit of the Tor network: says nothing of where somebody is.',
  relay: 'A relay for privacy, such as that of a phone or browser; keeps the country at most.',
  satellite: 'A satellite line; comes down to earth far from who uses it.',
  corporate: 'The organization’s own way out, so it says nothing of where somebody is.',
  unknown: 'No source says what kind of network it is.',
};

const KIND_MEANINGS: Readonly<Record<FactKind, string>> = {
  control: 'Somebody controls the desktop from elsewhere, now.',
  tool: 'A program of the catalog that is installed or runs: remote access, VPN, tunnel, keep-awake.',
  listener: 'A remote-access port that others than the machine itself can reach.',
  session: 'Somebody is logged in: at the console, or by RDP, SSH, VNC.',
  egress: 'The public address from which the endpoint speaks, as the collector saw it.',
  sighting: 'A public address that somebody other than the collector’s socket saw, such as a mirror.',
  tunnel: 'A network interface that leads through a tunnel.',
  proxy: 'The proxy that the system is set to.',
  peripheral: 'A watched USB device, such as an IP-KVM, or one of such a shape.',
  display: 'A monitor at the machine; equal hashes are one monitor.',
  activity: 'Minutes of an hour with input at the machine, from afar, or locked. Counts, never keys.',
  'sign-in': 'A sign-in that the identity provider tells of.',
  clock: 'Time zone and offset that the machine is set to.',
  network: 'The local network: its router and access point as keyed hashes.',
  peer: 'The address at the other end of a session.',
  presence: 'The endpoint was connected to the collector.',
  latency: 'How long answers took on the way; light sets a limit to distance.',
  suspend: 'The machine slept.',
  disruption: 'The agent noticed a break: its clock was set, its spool damaged or set back.',
  platform: 'Operating system, kind of machine, and its serial number as a keyed hash.',
  agent: 'The agent’s version, and what each probe can see.',
  gap: 'A hole in the evidence, with its cause.',
};

const GAP_MEANINGS: Readonly<Record<GapCause, string>> = {
  'spool-overflow': 'The machine was away so long that its spool ran full; what had no room is missing.',
  'spool-damaged': 'The file that holds undelivered observations could not be read, and began anew.',
  'snapshot-revert': 'An older copy of the disk was put back, so observations are told twice or are lost.',
  'chain-break': 'Observations came with other hashes than before: something was changed or replaced.',
  clone: 'One key was used from two machines at once.',
  'clock-step': 'Somebody or something set the clock; times around it are uncertain.',
  revoked: 'An administrator revoked the endpoint; what it still held is not taken.',
  'collector-restored': 'The collector was restored from a backup, and what came after the backup is gone.',
  unknown: 'Observations are missing, and nothing says why.',
};

const CASE_MEANINGS: Readonly<Record<CaseStatus, string>> = {
  new: 'Nobody has taken the case up.',
  investigating: 'Somebody works on it.',
  closed: 'It was decided.',
  merged: 'It became part of another case.',
  dissolved: 'What opened it was taken away.',
};

const CASE_LABELS: Readonly<Record<CaseStatus, string>> = {
  new: 'Case: new',
  investigating: 'Case: investigating',
  closed: 'Case: closed',
  merged: 'Case: merged',
  dissolved: 'Case: dissolved',
};

const RISK: Readonly<Record<string, string>> = {
  sum: 'Points of a contractor’s open findings, by family, each bounded; they fade with age. The contractor’s page shows the sum.',
};

/** Every word of the console that stands for more than it says, once. */
export const GLOSSARY: readonly Group[] = [
  group('severity', 'Severity', { labels: SEVERITY_LABELS, meanings: SEVERITY_MEANINGS }),
  group('outcome', 'Outcome of a finding', { labels: OUTCOME_LABELS, meanings: OUTCOME_MEANINGS }),
  group('status', 'Status of the work', { labels: STATUS_LABELS, meanings: STATUS_MEANINGS }),
  group('decision', 'Decision', { labels: DECISION_LABELS, meanings: DECISION_MEANINGS }),
  group('case', 'Status of a case', { labels: CASE_LABELS, meanings: CASE_MEANINGS }),
  group('risk', 'Risk', { labels: { sum: 'Risk' }, meanings: RISK }),
  group('family', 'Family of rules', { labels: spoken(FAMILY_MEANINGS), meanings: FAMILY_MEANINGS }),
  group('network', 'Class of network', { labels: NETWORK_LABELS, meanings: NETWORK_MEANINGS }),
  group('kind', 'Kind of fact', { labels: Object.fromEntries(FACT_KIND_LABELS), meanings: KIND_MEANINGS }),
  group('state', 'State of an endpoint', { labels: STATE_LABELS, meanings: STATE_MEANINGS }),
  group('health', 'Health of a probe', { labels: spoken(HEALTH_MEANINGS), meanings: HEALTH_MEANINGS }),
  group('silence', 'Why an endpoint was silent', { labels: SILENCE_LABELS, meanings: SILENCE_MEANINGS }),
  group('gap', 'Cause of a gap', { labels: GAP_LABELS, meanings: GAP_MEANINGS }),
  group('place', 'Kind of place', { labels: PLACE_LABELS, meanings: PLACE_MEANINGS }),
];

const MEANINGS = new Map(
  GLOSSARY.flatMap(({ entries }) => entries.map(({ id, meaning }) => [id, meaning] as const)),
);

/** What a term such as `family:tamper` means; undefined for words of a newer collector. */
export function meaningOf(term: string): string | undefined {
  return MEANINGS.get(term);
}

function group(
  name: string,
  title: string,
  words: {
    readonly labels: Readonly<Record<string, string>>;
    readonly meanings: Readonly<Record<string, string>>;
  },
): Group {
  const { labels, meanings } = words;
  return {
    title,
    entries: Object.entries(meanings).map(([key, meaning]) => ({
      id: `${name}:${key}`,
      label: capital(labels[key] ?? key),
      meaning: capital(meaning),
    })),
  };
}

function spoken(words: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(words).map((key) => [key, key.replace('-', ' ')]));
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
