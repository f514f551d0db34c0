import { parseArgs } from 'node:util';
import { randomOf } from '../stories/lives/random.ts';
import { STORIES } from '../stories/stories.ts';
import { findingsAfter } from './orders.ts';
import { precisionOf, type RuleRow } from './precision.ts';

// `npm run judge -- --seed 7`: what the rules make of 500 honest contractor-months and 200 bad lives. With `--orders 200` every
// story beside is also judged after its evidence arrived in so many random orders.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    honest: { type: 'string', default: '500' },
    bad: { type: 'string', default: '200' },
    orders: { type: 'string', default: '0' },
  },
});

const precision = precisionOf({
  seed: Number(values.seed),
  honest: Number(values.honest),
  bad: Number(values.bad),
});
const { honest, bad, rules, medianDelayMs } = precision;
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

process.stdout.write(
  [
    `seed ${values.seed}`,
    '',
    `honest contractor-months: ${honest.contractorMonths}`,
    `  with a finding of high severity or above: ${honest.withHigh} (${percent(honest.withHigh, honest.contractorMonths)})`,
    `  with a case: ${honest.withCase}`,
    ...honest.examples.map((example) => `  ${example}`),
    '',
    `bad lives: ${bad.lives}`,
    `  found by every rule that has to: ${bad.found} (${percent(bad.found, bad.lives)})`,
    `  median time of the story from the first visible sign to the first finding: ${duration(medianDelayMs)}`,
    ...bad.missed.map((miss) => `  missed: ${miss}`),
    '',
    ...table(rules),
    '',
  ].join('\n'),
);

const orders = Number(values.orders);
for (const [name, text] of orders > 0 ? STORIES : []) {
  const lines = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as object]));
  const wanted = JSON.stringify(
    findingsAfter(lines, { ...randomOf(0), int: (_, to) => to, chance: () => false }),
  );
  const others = Array.from({ length: orders }, (_, order) =>
    JSON.stringify(findingsAfter(lines, randomOf(Number(values.seed) * 1_009 + order))),
  ).filter((found) => found !== wanted);
  process.stdout.write(`${name}: ${orders - others.length} of ${orders} orders give the same findings\n`);
  if (others.length > 0) process.exitCode = 1;
}

function table(rows: readonly RuleRow[]): readonly string[] {
  const cells = [
    ['rule', 'hits', 'misses', 'false hits', 'median delay'],
    ...rows.map((row) => [
      row.rule,
      String(row.hits),
      String(row.misses),
      String(row.falseHits),
      row.medianDelayMs === undefined ? '–' : duration(row.medianDelayMs),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function duration(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${(ms / 3_600_000).toFixed(1)} h` : `${(ms / 86_400_000).toFixed(1)} days`;
}
