import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { removeOldPacks } from '../../../server/audit/kept-packs.ts';
import { packFolders } from '../../../server/audit/pack-folders.ts';
import { newRun, type ScheduleBook, scheduleBook } from '../../../server/audit/schedule-book.ts';
import { verifyPack } from '../../../server/audit/verify.ts';
import { openLog } from '../../../server/log.ts';
import { claimRun, writeRun } from '../../../server/store/schedule-runs.ts';
import { scheduleNamed } from '../../../server/store/schedules.ts';
import { openStore } from '../../../server/store/store.ts';
import type { Schedule, ScheduleRun, ScheduleSettings } from '../../../shared/api/schedules.ts';
import { sealComment } from '../../../shared/pack.ts';
import { DAY, instant, MINUTE, millis } from '../../../shared/time.ts';
import { type TestCollector, temporaryFolder, testCollector } from '../../support/collector.ts';
import { until } from '../../support/until.ts';

const START = millis('2026-03-02T10:00:30.000Z');
const MINUTELY: ScheduleSettings = {
  ...{ name: 'Every minute', cron: '* * * * *', timezone: 'UTC', period: 'since-last' },
  ...{ contractors: [], endpoints: [], cases: [], redact: false, folder: null },
  ...{ keepLast: null, keepDays: null, enabled: true },
};

/** Each pack starts a thread, which takes seconds on a busy machine. */
const PATIENT = { withinMs: 60_000 };
vi.setConfig({ testTimeout: 120_000 });

let dataDir: string;
let now: number;
let collector: TestCollector;
let book: ScheduleBook;

beforeEach(async () => {
  dataDir = temporaryFolder();
  now = START;
  await start();
});
afterEach(async () => {
  await collector[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a schedule that runs every minute leaves three packs over three minutes and a restart, none missing, none twice', async () => {
  const { id } = await add();
  await at('10:01:10');
  await finished(1);
  await stop();
  now = time('10:02:50');
  await start();
  await finished(2);
  await at('10:03:10');
  const { runs } = await finished(3);
  expect(names()).toEqual(
    ['1000', '2000', '3000'].map((rest) => `farhand-${id}-20260302T100${rest.replace('000', '00')}Z.zip`),
  );
  expect(runs.map(({ from, to, madeUp }) => [from, to, madeUp])).toEqual([
    [clock('10:02:00'), clock('10:03:00'), false],
    [clock('10:01:00'), clock('10:02:00'), true],
    [clock('10:00:30'), clock('10:01:00'), false],
  ]);
  const verdict = await verifyPack({ path: join(packs(), names()[1] ?? '') });
  expect(verdict).toMatchObject({
    outcome: 'verified',
    manifest: { schedule: { id, due: clock('10:02:00'), madeUpAt: clock('10:02:50') } },
  });
  expect(await actions()).toEqual([
    ...['schedule.add', 'export.create', 'schedule.pack'],
    ...['schedule.make-up', 'export.create', 'schedule.pack'],
    ...['export.create', 'schedule.pack'],
  ]);
});

test('a run that was cut off counts when its pack had its name, and is made again under the same one when it had not', async () => {
  const { id } = await add();
  await at('10:01:10');
  const [run] = (await finished(1)).runs;
  if (!run?.file) throw new Error('no run');
  const cut = async () => {
    await using store = await openStore(dataDir);
    await writeRun(store.db, {
      schedule: id,
      run: { ...run, status: 'running', retryAt: run.claimedAt },
    });
  };
  await stop();
  await cut();
  await start();
  const counted = await finished(1);
  expect(counted.runs).toMatchObject([{ sha256: run.sha256, records: run.records, bytes: run.bytes }]);
  await stop();
  rmSync(run.file);
  writeFileSync(`${run.file}.4711.part`, 'half a pack');
  writeFileSync(join(packs(), 'notes.part'), 'not ours');
  await cut();
  await start();
  const again = await finished(1);
  expect(again.runs).toMatchObject([{ attempts: 2, file: run.file }]);
  expect(names()).toEqual([basename(run.file), 'notes.part']);
  expect((await actions()).filter((action) => action === 'export.create')).toHaveLength(1);
});

test('of hundreds of missed due times the latest fifty are made up in order, and the rest is said to be left out', async () => {
  await add();
  await stop();
  now = START + 60 * MINUTE;
  await start();
  const { runs, unfinished } = await until(async () => {
    const one = await only();
    return one.unfinished > 0 ? one : undefined;
  });
  expect(unfinished).toBeGreaterThan(40);
  const { rows } = await rowsOf();
  expect(rows).toHaveLength(51);
  expect(rows[0]).toMatchObject({
    status: 'skipped',
    skipped: { count: 10, through: clock('10:10:00'), orMore: false },
  });
  // No moment is left out with them.
  expect(rows[1]).toMatchObject({ due: clock('10:11:00'), from: clock('10:00:30'), madeUp: true });
  expect(runs[0]).toMatchObject({ due: clock('11:00:00') });
  expect(await actions()).toContain('schedule.skip');
  const first = await until(async () => (await rowsOf()).rows.find(({ status }) => status === 'done'));
  expect(first.due).toBe(clock('10:11:00'));
});

test('a clock that is set back repeats no due time, and one that is set ahead leaves out none', async () => {
  await add();
  await at('10:01:02');
  await claimed(1);
  await at('09:58:00');
  await looked();
  await at('10:01:02');
  await looked();
  expect((await only()).runs).toHaveLength(1);
  await at('10:04:02');
  const { runs } = await claimed(4);
  expect(runs.map(({ due, madeUp }) => [due.slice(11, 16), madeUp])).toEqual([
    ['10:04', false],
    ['10:03', true],
    ['10:02', true],
    ['10:01', false],
  ]);
});

test('a run that fails is tried again later and stays in sight, also when the next ones go well', async () => {
  const folder = join(dataDir, 'packs');
  await add();
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file where the folder was');
  await at('10:01:10');
  const failed = await until(async () => {
    const one = await only();
    return one.failures === 1 ? one : undefined;
  }, PATIENT);
  expect(failed.runs).toMatchObject([
    { status: 'failed', failure: 'PACK_UNWRITABLE', retryAt: clock('10:02:10') },
  ]);
  rmSync(folder);
  await at('10:02:06');
  const next = await until(async () => {
    const one = await only();
    return one.runs[0]?.status === 'done' ? one : undefined;
  }, PATIENT);
  expect(next).toMatchObject({
    unfinished: 1,
    failures: 1,
    runs: [{ status: 'done' }, { status: 'failed' }],
  });
  await at('10:02:30');
  await finished(2);
  expect(names()).toHaveLength(2);
  expect((await actions()).filter((action) => action === 'schedule.fail')).toHaveLength(1);
});

test('only packs that the schedule wrote are removed when they were kept long enough', async () => {
  const { id } = await add({ keepLast: 1, keepDays: 1 });
  mkdirSync(packs(), { recursive: true });
  const kept: ScheduleRun[] = [];
  for (const [index, age] of [0, 0.5, 3, 4].entries()) {
    const at = instant(START - age * DAY);
    const file = join(packs(), `${index}.zip`);
    const sha256 = String(index).repeat(43);
    writeFileSync(file, `a pack ${sealComment(sha256, 'A'.repeat(86))}`);
    const bytes = statSync(file).size;
    const run = newRun({ settings: MINUTELY, coveredTo: at }, { due: at, at, madeUp: false, askedBy: null });
    kept.push({ ...run, status: 'done', retryAt: null, finishedAt: at, file, bytes, sha256 });
  }
  for (const run of kept) await claimRun(collector.store.db, { schedule: id, run });
  // As long, and a pack as well, but another one.
  writeFileSync(join(packs(), '3.zip'), `a pack ${sealComment('x'.repeat(43), 'A'.repeat(86))}`);
  writeFileSync(join(packs(), 'farhand-2026-q1.zip'), 'of somebody else');
  const { db } = collector.store;
  await removeOldPacks(await scheduleNamed(db, id), { db, clock: () => now, log: openLog('silent') });
  expect(names()).toEqual(['0.zip', '1.zip', '3.zip', 'farhand-2026-q1.zip']);
  const removals = await db
    .selectFrom('actions')
    .select('detail')
    .where('action', '=', 'schedule.remove-pack')
    .execute();
  expect(removals.map(({ detail }) => JSON.parse(detail).removed)).toEqual([true, false]);
});

test('what falls into a pause is not made up, but the next pack begins where the last one ended', async () => {
  const { id } = await add();
  await at('10:01:02');
  const before = await claimed(1);
  const settings = { ...MINUTELY, enabled: false };
  await book.change(id, { version: before.version, settings }, by());
  await at('10:05:10');
  await looked();
  await book.change(id, { version: before.version + 1, settings: MINUTELY }, by());
  await at('10:06:02');
  const { runs } = await claimed(2);
  expect(runs[0]).toMatchObject({ due: clock('10:06:00'), from: clock('10:01:00'), madeUp: false });
  expect((await actions()).filter((action) => /pause|resume/.test(action))).toEqual([
    'schedule.pause',
    'schedule.resume',
  ]);
});

test('a pack is written to folders that were allowed, and to none that a link leads out of', async () => {
  mkdirSync(packs(), { recursive: true });
  for (const folder of ['/tmp', '/nowhere', join(packs(), '..')])
    await expect(add({ folder })).rejects.toMatchObject({ code: 'SCHEDULE_INVALID' });
  const inside = join(packs(), 'quarterly');
  mkdirSync(inside);
  await expect(add({ folder: inside })).resolves.toMatchObject({ settings: { folder: inside } });
  await expect(add({ contractors: ['nobody'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  symlinkSync('/tmp', join(packs(), 'out'));
  await expect(add({ folder: join(packs(), 'out') })).rejects.toMatchObject({ code: 'SCHEDULE_INVALID' });
});

async function start(): Promise<void> {
  const config = { dataDir, packFolders: [] };
  collector = await testCollector({ clock: () => now, config, keep: true });
  book = scheduleBook({ db: collector.store.db, folders: packFolders({ dataDir, packFolders: [] }) });
}

const stop = () => collector[Symbol.asyncDispose]();
const by = () => ({ actor: 'grace', source: 'test', at: instant(now) });
const add = (change: Partial<ScheduleSettings> = {}) => book.add({ ...MINUTELY, ...change }, by());
const packs = () => join(dataDir, 'packs');
const names = () => readdirSync(packs()).toSorted();
const clock = (of: string) => `2026-03-02T${of}.000Z`;
const time = (of: string) => millis(clock(of));

async function at(of: string): Promise<void> {
  now = time(of);
}

async function only(): Promise<Schedule> {
  const [one] = await book.list();
  if (!one) throw new Error('no schedule');
  return one;
}

/** When so many due times are claimed; their packs are made five seconds after them. */
function claimed(count: number): Promise<Schedule> {
  return until(async () => {
    const one = await only();
    return one.runs.length === count ? one : undefined;
  }, PATIENT);
}

/** When so many packs are there. */
function finished(count: number): Promise<Schedule> {
  return until(
    async () => {
      const one = await only();
      return one.unfinished === 0 && one.runs.filter(({ status }) => status === 'done').length === count
        ? one
        : undefined;
    },
    { ...PATIENT, what: `${count} packs` },
  );
}

/** The keeper looks twice a second; another schedule shows that it has. */
async function looked(): Promise<void> {
  const probe = await book.add({ ...MINUTELY, name: 'probe' }, { ...by(), at: instant(now - 2 * MINUTE) });
  await until(async () => (await book.list()).some(({ id, runs }) => id === probe.id && runs.length > 0));
  await book.remove(probe.id, {}, by());
}

async function rowsOf() {
  const found = await collector.store.db.selectFrom('schedule_runs').select('body').orderBy('due').execute();
  return { rows: found.map(({ body }) => JSON.parse(body)) };
}

async function actions(): Promise<readonly string[]> {
  const rows = await collector.store.db
    .selectFrom('actions')
    .select(['action', 'subject'])
    .orderBy('id')
    .execute();
  return rows.map(({ action }) => action);
}
