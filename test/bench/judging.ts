import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../server/detect/engine.ts';
import { RULES } from '../../server/detect/rules/index.ts';
import { parseSettings } from '../../server/detect/settings.ts';
import { storyFrom, timelinesOf } from '../../server/detect/story.ts';
import { startDetector } from '../../server/detector/detector.ts';
import { openLog } from '../../server/log.ts';
import { markDirty } from '../../server/store/dirty.ts';
import { openStore } from '../../server/store/store.ts';
import { contractorTimeline } from '../../server/store/timelines.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import { DAY, HOUR, instant, millis } from '../../shared/time.ts';
import { median, quantile, rounded } from './measure.ts';

const SPANS = 2_000;
const FIRST = millis('2026-03-01T00:00:00.000Z');
const NOW = FIRST + 29 * DAY;

const story = storyFrom(month());
const [timeline] = timelinesOf(story);
const settings = parseSettings(RULES);
const judging = { rules: RULES, settings, exceptions: [], catalog: CATALOG };
console.log(`${story.spans.length} spans of one contractor in 29 days`);

console.log(`judged, pure:            ${rate(() => timeline && judge(timeline, judging))} timelines/s`);

const folder = mkdtempSync(join(tmpdir(), 'farhand-bench-'));
{
  await using store = await openStore(folder);
  await fill(store.db);
  const window = { now: instant(NOW), since: instant(NOW - 30 * DAY) };
  const load = () => contractorTimeline(store.db, 'ada', window);
  console.log(`loaded:                  ${await rateOf(load)} timelines/s`);
  console.log(
    `loaded and judged:       ${await rateOf(async () => {
      const loaded = await load();
      if (loaded) judge(loaded, judging);
    })} timelines/s`,
  );

  await using detector = startDetector({ store, clock: () => NOW, log: openLog('error') });
  await detector.settled();
  const again = async () => {
    await markDirty(store.db, instant(NOW), [{ scope: 'contractor', subject: 'ada' }]);
    await detector.settled();
  };
  console.log(`dirty → judged, no news: ${ms(await times(again))}`);
  const news = async () => {
    await store.db.deleteFrom('findings').execute();
    const start = performance.now();
    await again();
    return performance.now() - start;
  };
  const took: number[] = [];
  for (let run = 0; run < 50; run++) took.push(await news());
  console.log(
    `dirty → ${(await store.db.selectFrom('findings').select('id').execute()).length} findings committed: ${ms(took)}`,
  );
}
rmSync(folder, { recursive: true });

/** A busy month: the tools, tunnels, clocks and addresses of someone who reconnects often, and hourly notes. */
function month(): object[] {
  const endpoint = 'laptop-1';
  const lines: object[] = [
    { contractor: { id: 'ada', countries: ['US'], timezone: 'America/Chicago' } },
    { endpoint: { id: endpoint, contractor: 'ada', enrolledAt: instant(FIRST) } },
    { now: instant(NOW) },
  ];
  const step = Math.floor((29 * DAY) / (SPANS / 5));
  for (let index = 0; index < SPANS / 5; index++) {
    const at = instant(FIRST + index * step);
    const end = instant(FIRST + index * step + HOUR);
    const facts = [
      {
        kind: 'tool',
        tool: index % 9 === 0 ? 'anydesk' : 'nordvpn',
        category: index % 9 === 0 ? 'remote-access' : 'vpn',
        state: 'running',
        signs: [{ by: 'process', name: 'x' }],
      },
      {
        kind: 'egress',
        ip: `198.51.100.${index % 200}`,
        country: index % 50 === 0 ? 'PL' : 'US',
        networkClass: 'residential',
        lat: 41.9,
        lon: -87.6,
        radiusKm: 20,
      },
      { kind: 'tunnel', interface: 'tun0', type: 'tun', routes: 'full', dns: true },
      { kind: 'network', interface: `wlan${index % 3}`, medium: 'wireless', prefix: '192.0.2.0/24' },
    ];
    for (const fact of facts) lines.push({ at, endpoint, began: fact });
    lines.push({ at, endpoint, noted: { kind: 'activity', hour: at, local: 30, remote: 10, locked: 0 } });
    for (const { kind, tool, ip } of facts) {
      const identity = { kind, ...(tool && { tool, state: 'running' }), ...(ip && { ip }) };
      if (kind === 'tool' || kind === 'egress') lines.push({ at: end, endpoint, ended: identity });
      if (kind === 'tunnel') lines.push({ at: end, endpoint, ended: { kind, interface: 'tun0' } });
    }
  }
  return lines;
}

async function fill(db: Awaited<ReturnType<typeof openStore>>['db']): Promise<void> {
  const declaration = JSON.stringify(story.contractors[0]?.declaration);
  await db
    .insertInto('contractors')
    .values({ id: 'ada', label: null, declaration, updated_at: story.now })
    .execute();
  await db
    .insertInto('endpoints')
    .values({
      ...{ id: 'laptop-1', contractor: 'ada', hostname: 'laptop-1', public_key: 'k', agent_version: '0' },
      ...{ enrolled_at: instant(FIRST), last_seen_at: null, revoked_at: null },
    })
    .execute();
  await db.transaction().execute(async (trx) => {
    for (const { id: _, to = null, fact, ...span } of story.spans) {
      const row = { ...span, to, fact: JSON.stringify(fact), from_raw: null, epoch: null, seq: null };
      await trx.insertInto('spans').values(row).execute();
    }
  });
}

function rate(run: () => unknown): number {
  let runs = 0;
  const start = performance.now();
  while (performance.now() - start < 1_000) {
    run();
    runs++;
  }
  return Math.round((runs / (performance.now() - start)) * 1_000);
}

async function rateOf(run: () => Promise<unknown>): Promise<number> {
  const took = await times(run, 200);
  return Math.round(1_000 / (took.reduce((sum, one) => sum + one, 0) / took.length));
}

async function times(run: () => Promise<unknown>, runs = 100): Promise<readonly number[]> {
  const took: number[] = [];
  for (let index = 0; index < runs; index++) {
    const start = performance.now();
    await run();
    took.push(performance.now() - start);
  }
  return took;
}

function ms(took: readonly number[]): string {
  return `p50 ${rounded(median(took), 1)} ms, p99 ${rounded(quantile(took, 0.99), 1)} ms`;
}
