import { CATALOG } from '../../shared/catalog/index.ts';
import { matcherOf } from '../../shared/catalog/match.ts';
import { type Measurement, quantile, rounded } from './measure.ts';

const PROCESSES = 500;
const ROUNDS = 300;

/** Processes of an ordinary machine, a few watched ones among them, each under two names, as the tool probe asks. */
export async function benchMatching(): Promise<readonly Measurement[]> {
  return (['linux', 'macos', 'windows'] as const).map((os) => {
    const matcher = matcherOf(CATALOG, os);
    const watched = CATALOG.tools.flatMap((tool) => tool[os]?.processes ?? []).slice(0, 10);
    const ordinary = Array.from(
      { length: PROCESSES - watched.length },
      (_, index) => `program-${index % 180}-${os}`,
    );
    const names = [...watched, ...ordinary].flatMap((name) => [name, name.slice(0, 15)]);
    const times: number[] = [];
    let hits = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedAt = performance.now();
      for (const name of names) hits += matcher.match('process', name).length;
      times.push(performance.now() - startedAt);
    }
    if (hits < watched.length * ROUNDS) throw new Error('the watched programs were not recognized');
    const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
    return {
      what: `${PROCESSES} processes against the catalog, ${os}, ${CATALOG.tools.length} products`,
      result: `${rounded(p50, 2)} ms (p95 ${rounded(p95, 2)} ms)`,
      goal: '≤ 1 ms',
    };
  });
}
