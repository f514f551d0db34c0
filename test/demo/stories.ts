import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DAY, instant, millis } from '../../shared/time.ts';

/** What the demo lives through: honest people first, then the farm. */
export const DEMO_STORIES = [
  'home-worker',
  'couple-in-one-household',
  'privacy-vpn-by-agreement',
  'laptop-farm',
] as const;

/** Stories of one person who plays somebody else here, moved by whole weeks; who is moved less falls silent before the end. */
const GUESTS = [
  { story: 'vpn-drop', plays: 'jude', weeks: 3 },
  { story: 'keep-awake', plays: 'lou', weeks: 3 },
  { story: 'traveller-without-a-word', plays: 'noel', weeks: 2 },
] as const;

/** Set back to an older state on the way, so that the gap ledger has something to tell. */
export const REVERTED = 'laptop-lou';

export function demoStories(): readonly string[] {
  return [
    ...DEMO_STORIES.map((name) => told(name)),
    ...GUESTS.map(({ story, plays, weeks }) => later(elsewhere(recast(told(story), plays), plays), weeks)),
  ];
}

function told(name: string): string {
  return readFileSync(new URL(`../stories/${name}.jsonl`, import.meta.url), 'utf8');
}

/** The collector sees presence for itself, so it is nothing that a machine tells. */
function recast(story: string, plays: string): string {
  const [, before = ''] = /"contractor":\{"id":"([^"]+)"/.exec(story) ?? [];
  return story
    .split('\n')
    .filter((line) => !line.includes('"kind":"presence"'))
    .join('\n')
    .replaceAll(`"id":"${before}"`, `"id":"${plays}"`)
    .replaceAll(`"contractor":"${before}"`, `"contractor":"${plays}"`)
    .replaceAll(`laptop-${before}`, `laptop-${plays}`);
}

/** Stories were told one by one with the same networks and machines; together they would share them. */
function elsewhere(story: string, plays: string): string {
  const byName = Number.parseInt(hashOf(plays).slice(0, 4), 16);
  return story
    .replace(/"[0-9a-f]{32}"/g, (hash) => `"${hashOf(plays + hash)}"`)
    .replace(/"(203\.0\.113|198\.51\.100)\.(\d+)"/g, (_, network, host) => {
      return `"${network}.${100 + ((Number(host) + byName) % 150)}"`;
    });
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function later(story: string, weeks: number): string {
  return story.replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, (at) =>
    instant(millis(instantOf(at)) + weeks * 7 * DAY),
  );
}

function instantOf(text: string) {
  return instant(Date.parse(text));
}
