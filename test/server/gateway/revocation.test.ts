import { afterEach, beforeEach, expect, test } from 'vitest';
import { endpoint as endpointCommand } from '../../../server/commands/endpoint.ts';
import { token as tokenCommand } from '../../../server/commands/token.ts';
import { findEndpoint } from '../../../server/store/endpoint-views.ts';
import { type TestCollector, testCollector } from '../../support/collector.ts';
import { output } from '../../support/processes.ts';
import {
  ANYDESK,
  began,
  chainOf,
  connectRaw,
  enrollRaw,
  newEpoch,
  openRaw,
  type RawIdentity,
} from '../../support/raw-agent.ts';
import { said } from '../../support/said.ts';

let collector: TestCollector;
let ada: RawIdentity;
beforeEach(async () => {
  collector = await testCollector();
  ada = await enrollRaw(await collector.token({ contractor: 'ada' }), { hostname: 'lap\u001b[2Jtop' });
});
afterEach(() => collector[Symbol.asyncDispose]());

const at = () => ['--data-dir', collector.dataDir];
const endpoint = (...args: readonly string[]) => said(endpointCommand, [...args, ...at()]);
const token = (...args: readonly string[]) => said(tokenCommand, [...args, ...at()]);
const gaps = async () => (await findEndpoint(collector.store.db, ada.endpoint))?.gaps;

test('a command in another process closes the live connection, and the key is refused from then on', async () => {
  const epoch = newEpoch();
  await using live = await openRaw(ada, { epoch });
  live.send(chainOf(ada, epoch).frame([began(ANYDESK)]));
  expect(await live.next()).toMatchObject({ type: 'ack', through: 1 });

  const revoke = [
    'server/main.ts',
    'endpoint',
    'revoke',
    ada.endpoint,
    '--reason',
    'laptop returned',
    ...at(),
  ];
  expect(await output(revoke)).toMatchObject({ code: 0, stdout: `Revoked ${ada.endpoint}.\n` });
  expect(await live.next()).toMatchObject({ type: 'bye', code: 'ENDPOINT_REVOKED' });
  expect(await live.closed).toBe(4403);
  expect(await gaps()).toEqual([]);

  for (const next of [4, 9]) {
    await using again = await connectRaw(ada, { epoch, oldest: 2, next });
    again.hello();
    expect(await again.next()).toMatchObject({ type: 'bye', code: 'ENDPOINT_REVOKED' });
  }
  expect(await gaps()).toMatchObject([{ epoch, first: 2, last: 3, cause: 'revoked' }]);
  await using invented = await connectRaw(ada, { epoch: newEpoch(), next: 1_000 });
  invented.hello();
  await invented.next();
  expect(await gaps()).toHaveLength(1);
});

test('a revocation is on the action log once, with who and why, and in the feed', async () => {
  const { db } = collector.store;
  await endpoint('revoke', ada.endpoint, '--reason', 'laptop returned');
  expect(await endpoint('revoke', ada.endpoint, '--reason', 'again')).toContain('before');
  const log = await db.selectFrom('actions').selectAll().where('action', '=', 'endpoint.revoke').execute();
  expect(log).toMatchObject([{ subject: ada.endpoint, source: 'command line' }]);
  expect(log[0]?.actor).toMatch(/^os:/);
  expect(JSON.parse(log[0]?.detail ?? '')).toEqual({ contractor: 'ada', reason: 'laptop returned' });
  const { refs } = await db
    .selectFrom('feed')
    .select((eb) => eb.fn.countAll<number>().as('refs'))
    .where('ref', '=', ada.endpoint)
    .executeTakeFirstOrThrow();
  expect(refs).toBe(2);
});

test('endpoints are listed for people and for programs', async () => {
  const list = await endpoint('list');
  expect(list).toContain(ada.endpoint);
  expect(list).not.toContain('\u001b');
  await endpoint('revoke', ada.endpoint, '--reason', 'laptop returned');
  const rows: unknown = JSON.parse(await endpoint('list', '--json'));
  expect(rows).toMatchObject([{ id: ada.endpoint, contractor: 'ada', revokedReason: 'laptop returned' }]);
});

test('what is not understood, or not there, changes nothing', async () => {
  const usage = expect.objectContaining({ code: 'USAGE' });
  await expect(endpoint('revoke', ada.endpoint)).rejects.toEqual(usage);
  await expect(endpoint('revoke', '--reason', 'x')).rejects.toEqual(usage);
  await expect(endpoint('revoke', ada.endpoint, '--reason', ' ')).rejects.toEqual(usage);
  await expect(endpoint('drop')).rejects.toEqual(usage);
  await expect(token('revoke')).rejects.toEqual(usage);
  const missing = expect.objectContaining({ code: 'NOT_FOUND' });
  await expect(endpoint('revoke', 'ep-1', '--reason', 'x')).rejects.toEqual(missing);
  await expect(token('revoke', 'tk-1')).rejects.toEqual(missing);
  const log = await collector.store.db.selectFrom('actions').select('action').execute();
  expect(log.map(({ action }) => action)).toEqual(['token.create', 'endpoint.enroll']);
});

test('tokens are listed without their secret, and revoked by the id that the list shows', async () => {
  const text = await token('create', '--contractor', 'bo', '--uses', '3');
  const list = await token('list');
  const [line = ''] = list.split('\n').filter((row) => row.includes(' bo '));
  expect(line).toMatch(/^tk-[0-9a-f]{12} {2}bo +good +3 +\S+Z +0 +\S+Z +os:/);
  expect(list).not.toContain(text.trim());

  const [id = ''] = line.split(' ');
  await token('revoke', id);
  expect(JSON.parse(await token('list', '--json'))).toContainEqual(
    expect.objectContaining({ id, revokedAt: expect.any(String) }),
  );
  const log = await collector.store.db.selectFrom('actions').select(['action', 'subject']).execute();
  expect(log.at(-1)).toEqual({ action: 'token.revoke', subject: id });
});
