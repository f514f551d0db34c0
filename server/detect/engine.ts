import type { Catalog } from '../../shared/catalog/schema.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Exception } from '../../shared/exception.ts';
import type { Figure, Outcome, Severity } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { permitting } from './permission.ts';
import type { Match, Rule } from './rule.ts';
import type { RuleSettings } from './settings.ts';
import { type ContractorTimeline, MOST_SPANS, type PlaceTimeline, type Timeline } from './timeline.ts';

export interface Judging {
  readonly rules: readonly Rule[];
  readonly settings: RuleSettings;
  readonly exceptions: readonly Exception[];
  readonly catalog: Catalog;
}

/** What is to be said of a subject by one rule: the substance of a finding. */
export interface Verdict {
  readonly rule: Rule;
  readonly subject: string;
  readonly contractors: readonly string[];
  readonly severity: Severity;
  readonly key: string;
  readonly reason: string;
  readonly arithmetic: readonly Figure[];
  readonly spans: readonly string[];
  readonly from: Instant;
  readonly to?: Instant;
  readonly restsFrom?: Instant;
  readonly outcome: Exclude<Outcome, 'retracted'>;
  readonly outcomeReason?: string;
}

export interface Judgement {
  readonly verdicts: readonly Verdict[];
  /** Rules that threw: a defect of theirs, undetermined for this subject. */
  readonly failures: readonly { readonly rule: string; readonly error: unknown }[];
  /** When to judge anew although nothing may change until then. */
  readonly again?: Instant;
}

/** The key under which a rule says that it could not tell. */
export const UNDETERMINED_KEY = 'undetermined';

/** As many spans as a finding names; the latest count. */
const NAMED_SPANS = 200;

/** As many matches of one rule count for one subject: an endpoint may claim any number of things. */
const MOST_MATCHES = 500;

/** Judges one timeline by every rule of its scope. Pure: equal timelines give equal judgements. */
export function judge(timeline: Timeline, judging: Judging): Judgement {
  const verdicts: Verdict[] = [];
  const failures: { rule: string; error: unknown }[] = [];
  const later: Instant[] = [];
  for (const rule of judging.rules) {
    if (rule.scope !== timeline.scope) continue;
    const missing = rule.watches.filter((kind) => !timeline.covers(kind));
    if (missing.length > 0) {
      if (hasSpoken(timeline)) verdicts.push(undetermined(rule, timeline, notSeen(missing)));
      continue;
    }
    try {
      const matches = evaluated(rule, timeline, judging);
      for (const match of earliest(matches)) {
        if (match.holdsFrom !== undefined && match.holdsFrom > timeline.now) later.push(match.holdsFrom);
        else verdicts.push(verdictOf(rule, match, { timeline, exceptions: judging.exceptions }));
      }
      const partly = leftOut(rule, timeline, matches.length);
      if (partly !== undefined) verdicts.push(undetermined(rule, timeline, partly));
    } catch (error) {
      failures.push({ rule: rule.id, error });
      verdicts.push(
        undetermined(rule, timeline, 'the rule failed on this timeline; the log has the details'),
      );
    }
  }
  const again = later.toSorted()[0];
  return again === undefined ? { verdicts, failures } : { verdicts, failures, again };
}

/** The earliest, so that more of them take no place from those that are there. */
function earliest(matches: readonly Match[]): readonly Match[] {
  if (matches.length <= MOST_MATCHES) return matches;
  return matches
    .toSorted((a, b) => (a.from === b.from ? compare(a.key, b.key) : compare(a.from, b.from)))
    .slice(0, MOST_MATCHES);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What this rule could not take into account, if anything. What it found in the rest counts all the same. */
function leftOut({ watches, reads = [] }: Rule, timeline: Timeline, matches: number): string | undefined {
  if (matches > MOST_MATCHES)
    return `it matched more than ${MOST_MATCHES} times, and only the earliest count`;
  const isPlace = timeline.scope === 'place';
  if (!timeline.truncated || (!isPlace && watches.length + reads.length === 0)) return undefined;
  const what = isPlace ? 'stays' : 'observations';
  return `there were more than ${MOST_SPANS} ${what}, and only the latest were looked at`;
}

function evaluated(rule: Rule, timeline: Timeline, { settings, catalog }: Judging): readonly Match[] {
  const values = settings.get(rule.id) ?? rule.settings.parse({});
  if (rule.scope === 'contractor') {
    return timeline.scope === 'contractor' ? rule.evaluate(declaredTo(rule, timeline), values, catalog) : [];
  }
  return timeline.scope === 'place' ? rule.evaluate(timeline, values, catalog) : [];
}

/** Only what a rule declares to read may have been loaded, so anything else would look absent when it was not asked for. */
function declaredTo(rule: Rule, timeline: ContractorTimeline): ContractorTimeline {
  const { watches, reads = [] } = rule;
  return {
    ...timeline,
    spans(kind, within) {
      if (watches.includes(kind) || reads.includes(kind)) return timeline.spans(kind, within);
      throw new CodedError('INTERNAL', { rule: rule.id, reason: `reads ${kind} and does not declare it` });
    },
  };
}

/** Where no endpoint ever said anything, nothing can be told and nothing needs to be. */
function hasSpoken(timeline: Timeline): boolean {
  return timeline.covers('presence') || timeline.covers('egress');
}

function notSeen(kinds: readonly string[]): string {
  return `no endpoint is able to see: ${kinds.join(', ')}`;
}

function verdictOf(
  rule: Rule,
  match: Match,
  by: { readonly timeline: Timeline; readonly exceptions: readonly Exception[] },
): Verdict {
  const { timeline } = by;
  const contractors = match.contractors ?? contractorsOf(timeline);
  const exception = permitting(match, by.exceptions, { rule: rule.id, timeline, contractors });
  return {
    rule,
    subject: timeline.subject,
    contractors,
    severity: match.severity ?? rule.severity,
    key: match.key,
    reason: match.reason,
    arithmetic: match.arithmetic,
    spans: match.spans.slice(-NAMED_SPANS),
    from: match.from,
    ...(match.to !== undefined && { to: match.to }),
    ...(match.restsFrom !== undefined && { restsFrom: match.restsFrom }),
    ...(exception
      ? { outcome: 'expected', outcomeReason: `exception ${exception.id}: ${exception.reason}` }
      : { outcome: 'open' }),
  };
}

function undetermined(rule: Rule, timeline: Timeline, why: string): Verdict {
  return {
    rule,
    subject: timeline.subject,
    contractors: contractorsOf(timeline),
    severity: 'info',
    key: UNDETERMINED_KEY,
    reason: `Could not be judged: ${why}.`,
    arithmetic: [{ label: 'rule watches', value: rule.watches.join(', ') || 'the declaration' }],
    spans: [],
    from: timeline.since,
    outcome: 'undetermined',
    outcomeReason: why,
  };
}

function contractorsOf(timeline: ContractorTimeline | PlaceTimeline): readonly string[] {
  return timeline.scope === 'contractor' ? [timeline.subject] : [...timeline.contractors.keys()].toSorted();
}
