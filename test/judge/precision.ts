import { caseGroups } from '../../server/detect/casework.ts';
import { judge, type Verdict } from '../../server/detect/engine.ts';
import { RULES } from '../../server/detect/rules/index.ts';
import { parseSettings } from '../../server/detect/settings.ts';
import { type Story, storyFrom, timelinesOf } from '../../server/detect/story.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import type { Finding } from '../../shared/finding.ts';
import { type Instant, instant, millis } from '../../shared/time.ts';
import { median } from '../bench/measure.ts';
import { BAD, type BadLife } from '../stories/lives/bad.ts';
import { HONEST, type Life } from '../stories/lives/honest.ts';
import { randomOf } from '../stories/lives/random.ts';

/** What a rule set makes of generated lives. */
export interface Precision {
  readonly honest: {
    readonly contractorMonths: number;
    readonly withHigh: number;
    readonly withCase: number;
    /** Which lives, and by which rules. */
    readonly examples: readonly string[];
  };
  readonly bad: { readonly lives: number; readonly found: number; readonly missed: readonly string[] };
  readonly rules: readonly RuleRow[];
  /** Milliseconds of story time from the first visible sign to the finding, median over the lives that were found. */
  readonly medianDelayMs: number;
}

export interface RuleRow {
  readonly rule: string;
  readonly hits: number;
  readonly misses: number;
  /** Honest lives in which it gave a finding of high severity or above. */
  readonly falseHits: number;
  readonly medianDelayMs: number | undefined;
}

const SETTINGS = parseSettings(RULES);
const WEIGHTY: ReadonlySet<string> = new Set(['high', 'critical']);

/** Lives through honest contractor-months and bad lives, kind after kind, each with its own chance from the seed. */
export function precisionOf({
  seed,
  honest,
  bad,
}: {
  readonly seed: number;
  readonly honest: number;
  readonly bad: number;
}): Precision {
  const rows = new Map(
    RULES.map(({ id }) => [id, { hits: 0, misses: 0, falseHits: 0, delays: [] as number[] }]),
  );
  const rowOf = (rule: string) => rows.get(rule) ?? newRow(rows, rule);

  const lives: readonly (readonly [string, Life])[] = Object.entries(HONEST);
  const examples: string[] = [];
  let [months, withHigh, withCase] = [0, 0, 0];
  for (let index = 0; months < honest; index += 1) {
    const [name, life] = lives[index % lives.length] ?? ['', () => []];
    const story = storyFrom(life(randomOf(seed * 100_003 + index)));
    const open = openIn(story);
    const weighty = open.filter(({ severity }) => WEIGHTY.has(severity));
    for (const rule of new Set(weighty.map((verdict) => verdict.rule.id))) rowOf(rule).falseHits += 1;
    months += story.contractors.length;
    withHigh += new Set(weighty.flatMap(({ contractors }) => contractors)).size;
    withCase += hasCase(open, story.now) ? 1 : 0;
    if (weighty.length > 0)
      examples.push(`${name} (${index}): ${weighty.map(({ rule, key }) => `${rule.id} ${key}`).join(', ')}`);
  }

  const patterns: readonly (readonly [string, BadLife])[] = Object.entries(BAD);
  const missed: string[] = [];
  const delays: number[] = [];
  for (let index = 0; index < bad; index += 1) {
    const [name, pattern] = patterns[index % patterns.length] ?? [''];
    if (!pattern) break;
    const { story, firstSign } = pattern.live(randomOf(seed * 200_003 + index));
    const found = new Set(openIn(storyFrom(story)).map(({ rule }) => rule.id));
    for (const rule of pattern.expects) {
      const row = rowOf(rule);
      if (!found.has(rule)) {
        row.misses += 1;
        continue;
      }
      row.hits += 1;
      row.delays.push(Math.max(0, foundAt(story, rule) - firstSign));
    }
    const not = pattern.expects.filter((rule) => !found.has(rule));
    if (not.length > 0) missed.push(`${name} (${index}): ${not.join(', ')}`);
    else
      delays.push(
        Math.min(...pattern.expects.map((rule) => rowOf(rule).delays.at(-1) ?? Number.POSITIVE_INFINITY)),
      );
  }

  return {
    honest: { contractorMonths: months, withHigh, withCase, examples },
    bad: { lives: bad, found: bad - missed.length, missed },
    rules: [...rows].map(([rule, { delays: own, ...row }]) => ({
      rule,
      ...row,
      medianDelayMs: own.length === 0 ? undefined : median(own),
    })),
    medianDelayMs: median(delays),
  };
}

function newRow<K>(
  rows: Map<K, { hits: number; misses: number; falseHits: number; delays: number[] }>,
  rule: K,
) {
  const row = { hits: 0, misses: 0, falseHits: 0, delays: [] };
  rows.set(rule, row);
  return row;
}

function openIn(story: Story): readonly Verdict[] {
  return judged(story).flatMap(({ verdicts }) => verdicts.filter(({ outcome }) => outcome === 'open'));
}

function judged(story: Story) {
  const judging = { rules: RULES, settings: SETTINGS, exceptions: story.exceptions, catalog: CATALOG };
  return timelinesOf(story).map((timeline) => judge(timeline, judging));
}

function hasCase(open: readonly Verdict[], now: Instant): boolean {
  const findings = open.map(
    ({ rule, arithmetic: _, outcomeReason: __, to, ...verdict }): Finding => ({
      ...verdict,
      id: `${rule.id} ${verdict.subject} ${verdict.key}`,
      rule: rule.id,
      title: rule.title,
      family: rule.family,
      scope: rule.scope,
      contractors: [...verdict.contractors],
      spans: [...verdict.spans],
      arithmetic: [],
      to: to ?? null,
      foundAt: now,
      updatedAt: now,
    }),
  );
  return caseGroups(findings, { now, settled: new Set() }).length > 0;
}

/** The first moment of the story at which its evidence gives this rule: when a line arrives, or when time alone completes it. */
function foundAt(story: readonly object[], rule: string): number {
  const times = [
    ...new Set(story.flatMap((line) => ('at' in line && typeof line.at === 'string' ? [line.at] : []))),
  ];
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isFound(upTo(story, times[middle] ?? ''), rule)) high = middle;
    else low = middle + 1;
  }
  const arrived = millis(times[low] ?? '');
  const before = upTo(story, times[low - 1] ?? times[0] ?? '');
  const again = judged(storyFrom(before)).flatMap(({ again }) =>
    again === undefined ? [] : [millis(again)],
  );
  const first = again.filter(
    (at) =>
      at < arrived && isFound([...before.filter((line) => !('now' in line)), { now: instant(at) }], rule),
  );
  return Math.min(arrived, ...first);
}

function isFound(story: readonly object[], rule: string): boolean {
  return openIn(storyFrom(story)).some((verdict) => verdict.rule.id === rule);
}

function upTo(story: readonly object[], now: Instant): readonly object[] {
  const past = story.filter(
    (line) => !('now' in line) && !('at' in line && typeof line.at === 'string' && line.at > now),
  );
  return [...past, { now }];
}
