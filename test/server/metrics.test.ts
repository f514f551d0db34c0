import { expect, test } from 'vitest';
import { packFolders } from '../../server/audit/pack-folders.ts';
import { scheduleBook } from '../../server/audit/schedule-book.ts';
import { noteOutcome } from '../../server/store/schedules.ts';
import { madeApiTokenSchema } from '../../shared/api/api-token.ts';
import { testCollector } from '../support/collector.ts';
import { ANYDESK, began, chainOf, enrollRaw, newEpoch, openRaw } from '../support/raw-agent.ts';
import { openWorld } from './api/world.ts';

test('Prometheus reads from this machine who is connected, what was committed, and when each schedule last wrote a pack', async () => {
  await using collector = await testCollector();
  const identity = await enrollRaw(await collector.token({ contractor: 'ada' }));
  const epoch = newEpoch();
  const time = new Date().toISOString();
  await using connection = await openRaw(identity, { epoch, next: 1, time });
  connection.send(chainOf(identity, epoch).frame([began(ANYDESK)], time));
  expect(await connection.next()).toMatchObject({ type: 'ack' });
  const { db } = collector.store;
  const book = scheduleBook({ db, folders: packFolders({ dataDir: collector.dataDir, packFolders: [] }) });
  const schedule = await book.add(
    {
      ...{ name: 'of "us"\n', cron: '0 6 1 * *', timezone: 'UTC', period: 'month', contractors: [] },
      ...{
        endpoints: [],
        cases: [],
        redact: false,
        folder: null,
        keepLast: null,
        keepDays: null,
        enabled: true,
      },
    },
    { actor: 'grace', source: 'test', at: time },
  );
  await noteOutcome(db, schedule.id, '2026-03-02T10:00:00.000Z');
  await noteOutcome(db, schedule.id, undefined);
  await collector.settled();
  const answer = await fetch(`${collector.url}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  const labels = `{schedule="${schedule.id}",name="of \\"us\\"\\n"}`;
  for (const line of [
    'farhand_endpoints_connected 1',
    'farhand_batches_committed_total 1',
    'farhand_subjects_dirty 0',
    'farhand_feed_readers 0',
    'farhand_findings_open{severity="critical"} 0',
    'farhand_commit_seconds_bucket{le="+Inf"} ',
    `farhand_export_last_success_timestamp_seconds${labels} 1772445600`,
    `farhand_export_failures_total${labels} 1`,
    `farhand_export_unfinished${labels} 0`,
  ])
    expect(text).toContain(`\n${line}`);
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const sample of samples)
    expect(sample).toMatch(/^[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? [\d.e+-]+$/);
});

test('others need an API token that may read, everybody does behind a proxy, and it can be switched off', async () => {
  const of = { text: async () => 'up 1\n' };
  await using world = await openWorld({ metrics: { of, fromLoopback: true } });
  expect((await world.get('/metrics')).status).toBe(401);
  world.address = '127.0.0.1';
  expect(await (await world.get('/metrics')).text()).toBe('up 1\n');
  const cookie = await world.signIn('root');
  const made = await world.post(
    '/api/v1/api-tokens',
    { name: 'prometheus', scopes: ['read'], expiresAt: new Date(world.now + 86_400_000).toISOString() },
    { cookie },
  );
  const { token } = madeApiTokenSchema.parse(await made.json());
  world.address = '192.0.2.1';
  expect((await world.get('/metrics', undefined, { authorization: `Bearer ${token}` })).status).toBe(200);
  expect((await world.get('/metrics', undefined, { authorization: 'Bearer fhapi_wrong' })).status).toBe(401);

  await using proxied = await openWorld({ metrics: { of, fromLoopback: false } });
  proxied.address = '127.0.0.1';
  expect((await proxied.get('/metrics')).status).toBe(401);
  await using off = await testCollector({ config: { metrics: false } });
  expect((await fetch(`${off.url}/metrics`)).status).toBe(404);
});
