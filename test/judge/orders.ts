import { judge } from '../../server/detect/engine.ts';
import { RULES } from '../../server/detect/rules/index.ts';
import { parseSettings } from '../../server/detect/settings.ts';
import { storyFrom, timelinesOf } from '../../server/detect/story.ts';
import { reconcile } from '../../server/detector/reconcile.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import { FACTS, isFactKind } from '../../shared/facts.ts';
import type { Finding } from '../../shared/finding.ts';
import type { Random } from '../stories/lives/random.ts';

const SETTINGS = parseSettings(RULES);
const IDS = new Set(RULES.map(({ id }) => id));

/**
 * The findings that stand after a story's evidence arrived in a random order, judged by the way as often as chance wants. What an
 * endpoint claims keeps its own order, and so does what the collector saw of it; everything else may overtake everything.
 */
export function findingsAfter(lines: readonly object[], random: Random): readonly object[] {
  const [known, evidence] = [lines.filter((line) => !('at' in line)), lines.filter((line) => 'at' in line)];
  const queues = [...Map.groupBy(evidence, streamOf).values()].map((queue) => [...queue]);
  const arrived: object[] = [];
  let findings: readonly Finding[] = [];
  while (queues.some((queue) => queue.length > 0)) {
    const left = queues.filter((queue) => queue.length > 0);
    const queue = left[random.int(0, left.length - 1)];
    arrived.push(...(queue?.splice(0, random.int(1, 400)) ?? []));
    if (random.chance(0.1)) findings = judgedOn(findings, [...known, ...arrived]);
  }
  findings = judgedOn(findings, [...known, ...arrived]);
  return findings
    .filter(({ outcome }) => outcome !== 'retracted')
    .map(({ foundAt: _, updatedAt: __, spans, ...finding }) => ({ ...finding, spans: spans.length }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function judgedOn(stored: readonly Finding[], lines: readonly object[]): readonly Finding[] {
  const story = storyFrom(lines);
  const byId = new Map(stored.map((finding) => [finding.id, finding]));
  for (const timeline of timelinesOf(story)) {
    const judgement = judge(timeline, {
      rules: RULES,
      settings: SETTINGS,
      exceptions: story.exceptions,
      catalog: CATALOG,
    });
    const about = [...byId.values()].filter(
      ({ scope, subject }) => scope === timeline.scope && subject === timeline.subject,
    );
    for (const finding of reconcile(about, { timeline, judgement, rules: IDS }))
      byId.set(finding.id, finding);
  }
  return [...byId.values()];
}

/** One endpoint's own words, or what the collector saw of it: each comes in order. */
function streamOf(line: object): string {
  const { endpoint = '', ...what } = line as Record<string, unknown>;
  const fact = (what['began'] ?? what['ended'] ?? what['noted'] ?? {}) as { kind?: string };
  const kind = fact.kind ?? '';
  return `${String(endpoint)} ${isFactKind(kind) ? FACTS[kind].source : ''}`;
}
