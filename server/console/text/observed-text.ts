import type { SpanView } from '../../../shared/api.ts';
import type { Declaration } from '../../../shared/declaration.ts';
import type { Fact } from '../../../shared/facts.ts';
import { countryText, declarationLines } from './declaration-text.ts';
import { placeText } from './fact-text.ts';
import { shortHash, toolName } from './labels.ts';
import { dateTime, offsetText } from './time-text.ts';

export interface Comparison {
  readonly label: string;
  /** Undefined where it was not declared. */
  readonly declared: string | undefined;
  /** What the evidence shows of it; empty where it says nothing. */
  readonly observed: readonly string[];
}

/** Each part of a declaration beside what the evidence shows of it. Parts of which neither says anything are left out. */
export function comparisons(
  declaration: Declaration | null,
  spans: readonly SpanView[],
): readonly Comparison[] {
  return declarationLines(declaration)
    .map(({ label, value }) => ({ label, declared: value, observed: observed(label, spans) }))
    .filter(({ declared, observed: seen }) => declared !== undefined || seen.length > 0);
}

const MOST = 6;

function observed(label: string, spans: readonly SpanView[]): readonly string[] {
  const read = READERS.get(label);
  const seen = read ? new Set(spans.flatMap((span) => read(span.fact, span))) : new Set<string>();
  const lines = [...seen];
  return lines.length > MOST ? [...lines.slice(0, MOST), `and ${lines.length - MOST} more`] : lines;
}

type Reader = (fact: Fact, span: SpanView) => readonly string[];

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Countries', (fact) => (fact.kind === 'egress' && fact.country ? [countryText(fact.country)] : [])],
  ['Home', (fact) => (fact.kind === 'egress' ? [placeText(fact) ?? []].flat() : [])],
  [
    'Time zone',
    (fact) => (fact.kind === 'clock' ? [`${fact.timezone} (${offsetText(fact.utcOffsetMinutes)})`] : []),
  ],
  ['Work hours', (fact) => hours(fact)],
  ['Approved tools', (fact) => (isRemote(fact) ? [toolName(fact.tool)] : [])],
  ['Approved VPNs', (fact) => vpns(fact)],
  [
    'Issued machines',
    (fact) =>
      fact.kind === 'platform' && fact.serial ? [`by serial number: ${shortHash(fact.serial)}`] : [],
  ],
  [
    'Virtual machine',
    (fact) => (fact.kind === 'platform' ? [fact.virtual ?? (isVirtual(fact.chassis) ? 'yes' : 'no')] : []),
  ],
  ['Shared site', (fact) => (fact.kind === 'egress' ? [fact.ip] : [])],
]);

function hours(fact: Fact): readonly string[] {
  if (fact.kind === 'session') return [`session since ${dateTime(fact.startedAt)}`];
  if (fact.kind !== 'activity' || fact.local + fact.remote === 0) return [];
  return [`${dateTime(fact.hour)}: ${fact.local} min local, ${fact.remote} min remote`];
}

function isVirtual(chassis: string | undefined): boolean {
  return chassis === 'virtual' || chassis === 'container';
}

function isRemote(fact: Fact): fact is Extract<Fact, { kind: 'tool' | 'control' }> {
  return fact.kind === 'control' || (fact.kind === 'tool' && fact.category === 'remote-access');
}

const VPN_CATEGORIES: ReadonlySet<string> = new Set([
  'vpn',
  'mesh',
  'proxy',
  'anonymizer',
  'tunnel',
  'proxyware',
]);

function vpns(fact: Fact): readonly string[] {
  if (fact.kind === 'tool') return VPN_CATEGORIES.has(fact.category) ? [toolName(fact.tool)] : [];
  if (fact.kind === 'tunnel') return [fact.tool ? toolName(fact.tool) : `${fact.type} on ${fact.interface}`];
  return fact.kind === 'egress' && VPN_CATEGORIES.has(fact.networkClass) ? [`${fact.ip} (VPN address)`] : [];
}
