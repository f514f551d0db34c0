import { judge } from '../../server/detect/engine.ts';
import { kindsOf } from '../../server/detect/rule.ts';
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
import { temporaryFolder } from '../support/collector.ts';
import { type Measurement, median, quantile, rounded } from './measure.ts';

const SPANS = 2_000;
const RUNS = 200;
const FIRST = millis('2026-03-01T00:00:00.000Z');
const NOW = FIRST + 29 * DAY;

const story = storyFrom(month());

/** One contractor's busy month, judged by all rules: from memory, from the store, and by the running detector. */
export async function benchJudging(): Promise<readonly Measurement[]> {
  const judging = { rules: RULES, settings: parseSettings(RULES), exceptions: [], catalog: CATALOG };
  const [timeline] = timelinesOf(story);
  const pure = await times(async () => timeline && judge(timeline, judging));

  const folder = temporaryFolder();
  await using store = await openStore(folder);
  await fill(store.db);
  const kinds = kindsOf(RULES);
  const window = { kinds, now: instant(NOW), since: instant(NOW - 30 * DAY) };
  const stored = await times(async () => {
    const loaded = await contractorTimeline(store.db, 'ada', window);
    return loaded && judge(loaded, judging);
  });

  await using detector = startDetector({ store, clock: () => NOW, log: openLog('error') });
  await detector.settled();
  const rejudge = async () => {
    await markDirty(store.db, instant(NOW), [{ scope: 'contractor', subject: 'ada' }]);
    await detector.settled();
  };
  const quiet = await times(rejudge);
  const news: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await store.db.deleteFrom('findings').execute();
    news.push(...(await times(rejudge, 1)));
  }
  return [
    { what: `timelines of ${story.spans.length} spans judged, pure`, result: perSecond(pure) },
    { what: 'the same, loaded from the store first', result: perSecond(stored) },
    { what: 'dirty to judged, nothing new', result: spreadOf(quiet) },
    { what: 'dirty to findings committed', result: spreadOf(news) },
  ];
}

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

async function times(run: () => Promise<unknown>, runs = RUNS): Promise<readonly number[]> {
  const took: number[] = [];
  for (let index = 0; index < runs; index++) {
    const start = performance.now();
    await run();
    took.push(performance.now() - start);
  }
  return took;
}

function perSecond(took: readonly number[]): string {
  return `${rounded(1_000 / median(took))} a second`;
}

function spreadOf(took: readonly number[]): string {
  return `p50 ${rounded(median(took), 1)} ms, p99 ${rounded(quantile(took, 0.99), 1)} ms`;
}
