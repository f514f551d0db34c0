import { judge } from '../../server/detect/engine.ts';
import { kindsOf } from '../../server/detect/rule.ts';
import { RULES } from '../../server/detect/rules/index.ts';
import { parseSettings } from '../../server/detect/settings.ts';
import { type Story, storyFrom, timelinesOf } from '../../server/detect/story.ts';
import { startDetector } from '../../server/detector/detector.ts';
import { openLog } from '../../server/log.ts';
import { markDirty } from '../../server/store/dirty.ts';
import { type Db, openStore } from '../../server/store/store.ts';
import { contractorTimeline } from '../../server/store/timelines.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import { FACTS } from '../../shared/facts.ts';
import { DAY, HOUR, instant, MINUTE, millis } from '../../shared/time.ts';
import { temporaryFolder } from '../support/collector.ts';
import { type Measurement, median, quantile, rounded } from './measure.ts';

const SPANS = 2_000;
const RUNS = 200;
const FIRST = millis('2026-03-01T00:00:00.000Z');
const NOW = FIRST + 29 * DAY;

const ordinary = storyFrom(ordinaryMonth());
const busy = storyFrom(busyMonth());

/** One contractor's month, judged by all rules: from memory, from the store, and by the running detector. */
export async function benchJudging(): Promise<readonly Measurement[]> {
  const folder = temporaryFolder();
  await using store = await openStore(folder);
  await fill(store.db, ordinary, 'bob');
  await fill(store.db, busy, 'ada');
  const months = [
    ['an ordinary month in which nothing is wrong', ordinary, 'bob'],
    ['a restless month full of findings', busy, 'ada'],
  ] as const;
  const rows: Measurement[] = [];
  for (const [name, story, id] of months) {
    const window = { kinds: kindsOf(RULES), now: instant(NOW), since: instant(NOW - 30 * DAY) };
    const [timeline] = timelinesOf(story);
    if (!timeline) throw new Error('no timeline');
    const found = judge(timeline, judging).verdicts.length;
    const what = `${story.spans.length} spans of ${name} (${found} verdicts), ${RULES.length} rules`;
    const pure = await cpuMs(async () => judge(timeline, judging));
    const stored = await cpuMs(async () => {
      const loaded = await contractorTimeline(store.db, id, window);
      return loaded && judge(loaded, judging);
    });
    rows.push(
      { what: `${what}: judged, per second of processor time`, result: perSecond(pure), goal: '≥ 3,000/s' },
      { what: 'the same, loaded from the store first', result: perSecond(stored), goal: '≥ 500/s' },
      // Once by the hourly sweep, and four times for the news of an hour at work: its note, a connection, a tool, a network.
      {
        what: '10,000 such contractors, each loaded and judged five times an hour, by reckoning',
        result: shareOf(stored, 50_000 / 3_600),
        goal: '≤ 50 %',
      },
    );
  }

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
    ...rows,
    { what: 'dirty to judged, nothing new', result: spreadOf(quiet) },
    { what: 'dirty to findings committed', result: spreadOf(news) },
  ];
}

const judging = { rules: RULES, settings: parseSettings(RULES), exceptions: [], catalog: CATALOG };

/** Working days at home: a machine that connects, sleeps and tells its hours, one agreed tool, and now and then another network. */
function ordinaryMonth(): object[] {
  const endpoint = 'laptop-2';
  const health = Object.fromEntries(Object.keys(FACTS).map((kind) => [kind, 'ok']));
  const agent = { kind: 'agent', version: '1', catalog: '1', policy: '1', boot: 'boot', probes: health };
  const egress = { kind: 'egress', country: 'US', lat: 41.9, lon: -87.6, radiusKm: 20, asn: 64_500 };
  const tool = { kind: 'tool', tool: 'anydesk', state: 'running' };
  const lines: object[] = [
    {
      contractor: {
        ...{ id: 'bob', countries: ['US'], timezone: 'America/Chicago', approvedTools: ['anydesk'] },
        workHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '19:00' },
        home: { lat: 41.88, lon: -87.63 },
      },
    },
    { endpoint: { id: endpoint, contractor: 'bob', enrolledAt: instant(FIRST - 90 * DAY) } },
    { now: instant(NOW) },
    { at: instant(FIRST), endpoint, began: { ...agent } },
    {
      at: instant(FIRST),
      endpoint,
      began: { kind: 'clock', timezone: 'America/Chicago', utcOffsetMinutes: -360 },
    },
    { at: instant(FIRST), endpoint, began: { ...egress, ip: '198.51.100.7', networkClass: 'residential' } },
  ];
  for (let hour = 0; hour < (NOW - FIRST) / HOUR; hour++) {
    const at = instant(FIRST + hour * HOUR);
    const used = (hour + 24 - 14) % 24 < 10 && ![0, 6].includes(new Date(at).getUTCDay());
    const noted = (fact: object, when = at) =>
      lines.push({ at: when, endpoint, noted: { hour: at, ...fact } });
    noted({ kind: 'latency', minMs: 20, medianMs: 25, count: 60 });
    noted({ kind: 'activity', local: used ? 40 : 0, remote: 0, locked: used ? 5 : 60 });
    if (!used) continue;
    const later = (minutes: number) => instant(FIRST + hour * HOUR + minutes * MINUTE);
    const connection = `c${hour}`;
    lines.push(
      { at, endpoint, began: { kind: 'presence', connection } },
      {
        at: later(5),
        endpoint,
        began: { ...tool, category: 'remote-access', signs: [{ by: 'process', name: 'x' }] },
      },
      {
        at: later(10),
        endpoint,
        began: { kind: 'network', interface: 'wlan0', medium: 'wireless', prefix: '192.0.2.0/24' },
      },
      { at: later(30), endpoint, ended: tool },
      { at: later(59), endpoint, ended: { kind: 'presence', connection } },
    );
  }
  return lines;
}

/** A busy month: the tools, tunnels, clocks and addresses of someone who reconnects often, and hourly notes. */
function busyMonth(): object[] {
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

async function fill(db: Db, story: Story, contractor: string): Promise<void> {
  const declaration = JSON.stringify(story.contractors[0]?.declaration);
  const [endpoint] = story.endpoints;
  if (!endpoint) throw new Error('no endpoint');
  await db
    .insertInto('contractors')
    .values({ id: contractor, label: null, declaration, updated_at: story.now })
    .execute();
  await db
    .insertInto('endpoints')
    .values({
      ...{ id: endpoint.id, contractor, hostname: 'laptop', public_key: endpoint.id, agent_version: '0' },
      ...{ enrolled_at: endpoint.enrolledAt, last_seen_at: null, revoked_at: null },
    })
    .execute();
  await db.transaction().execute(async (trx) => {
    for (const { id: _, to = null, fact, ...span } of story.spans) {
      const row = { ...span, to, fact: JSON.stringify(fact), from_raw: null, epoch: null, seq: null };
      await trx.insertInto('spans').values(row).execute();
    }
  });
}

/** Milliseconds of processor time that one run takes, warmed up: others on the machine show less in it than in the time that passes. */
async function cpuMs(run: () => Promise<unknown>): Promise<number> {
  for (let index = 0; index < RUNS; index++) await run();
  const before = process.cpuUsage();
  for (let index = 0; index < RUNS; index++) await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / RUNS;
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

function perSecond(ms: number): string {
  return `${rounded(1_000 / ms)}/s (${rounded(ms, 2)} ms)`;
}

function shareOf(ms: number, perSecondWanted: number): string {
  return `${rounded((ms * perSecondWanted) / 10, 1)} % of one core`;
}

function spreadOf(took: readonly number[]): string {
  return `p50 ${rounded(median(took), 1)} ms, p99 ${rounded(quantile(took, 0.99), 1)} ms`;
}
