import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyPack } from '../../../server/audit/verify.ts';
import type { Export } from '../../../shared/api/exports.ts';
import { until } from '../../support/until.ts';
import { type AuditWorld, auditWorld, EVERYTHING } from './world.ts';

test('an auditor asks for a pack, sees how far it is, downloads it, and it verifies', async () => {
  await using world = await auditWorld({ machines: 1, days: 1 });
  const call = await signedIn(world);
  const asked = await call('/exports', EVERYTHING);
  expect(asked.status).toBe(200);
  expect(await (await call('/exports', EVERYTHING)).json()).toMatchObject({ code: 'PACKS_BUSY' });
  let done: Export | undefined;
  await until(
    async () => {
      const { exports } = (await (await call('/exports')).json()) as { exports: Export[] };
      done = exports[0];
      return done?.status !== 'running';
    },
    { withinMs: 20_000 },
  );
  expect(done).toMatchObject({ status: 'done', requestedBy: 'admin', failure: null });

  const file = await call(`/exports/${done?.id}/file`);
  expect(file.headers.get('content-type')).toBe('application/zip');
  const path = join(world.dataDir, 'downloaded.zip');
  writeFileSync(path, Buffer.from(await file.arrayBuffer()));
  expect(await verifyPack({ path })).toMatchObject({
    outcome: 'verified',
    manifest: { requestedBy: { actor: 'admin' } },
  });
  const logged = await world.store.db
    .selectFrom('actions')
    .select('action')
    .where('action', 'like', 'export.%')
    .execute();
  expect(logged.map(({ action }) => action)).toEqual(['export.create', 'export.download']);

  expect((await call('/exports/nothing/file')).status).toBe(404);
  expect((await call('/exports', { ...EVERYTHING, contractors: ['nobody'] })).status).toBe(404);
  expect(await (await call('/exports', { ...EVERYTHING, to: EVERYTHING.from })).json()).toMatchObject({
    code: 'RANGE_EMPTY',
  });
});

async function signedIn(world: AuditWorld) {
  const own = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
  const [, token] = (await world.link()).split('#');
  const response = await fetch(`${world.url}/api/v1/sign-in`, {
    method: 'POST',
    headers: own,
    body: JSON.stringify({ token }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return (path: string, body?: object) =>
    fetch(`${world.url}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { ...own, cookie },
      ...(body && { body: JSON.stringify(body) }),
    });
}
