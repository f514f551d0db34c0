import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { isRunning } from '../../../agent/lock.ts';
import { temporaryFolder } from '../../support/collector.ts';
import { output, type Running, run } from '../../support/processes.ts';
import { until } from '../../support/until.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = () => run(['server/main.ts', 'start', '--data-dir', folder, '--port', '0'], { ready: true });

function rows(sql: string) {
  const database = new DatabaseSync(join(folder, 'collector', 'collector.sqlite'), {
    readOnly: true,
    timeout: 5_000,
  });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

const finding = () =>
  rows(`select "to" from findings where rule = 'unapproved-remote-tool' and key = 'wayvnc'`)[0];
const online = () => rows(`select 1 from spans where kind = 'presence' and "to" is null`).length > 0;

test('a start watches this machine, says where, and shows a remote tool that runs and ends', {
  timeout: 60_000,
}, async () => {
  await using farhand: Running = await start();
  expect(farhand.firstLine).toMatch(/^Farhand watches .+ Data: /);
  expect(farhand.firstLine).toContain(folder);
  await until(online);

  const program = join(folder, 'wayvnc');
  copyFileSync('/bin/sleep', program);
  const tool = spawn(program, ['60']);
  await until(() => finding()?.['to'] === null, { withinMs: 15_000 });
  tool.kill();
  await once(tool, 'exit');
  await until(() => typeof finding()?.['to'] === 'string', { withinMs: 15_000 });

  await farhand.kill('SIGTERM');
  expect(farhand.child.exitCode).toBe(0);
  expect(isRunning(join(folder, 'agent'))).toBe(false);
});

test('a second start goes on with the same endpoint and the same findings', { timeout: 60_000 }, async () => {
  await using farhand = await start();
  await until(online);
  expect(rows('select id from endpoints')).toHaveLength(1);
  expect(finding()).toBeDefined();
  await farhand.kill('SIGTERM');
});

test('the agent ends by itself when the collector that started it was killed', {
  timeout: 60_000,
}, async () => {
  await using farhand = await start();
  await until(() => isRunning(join(folder, 'agent')));
  await farhand.kill('SIGKILL');
  await until(() => !isRunning(join(folder, 'agent')), { withinMs: 15_000 });
});

test('a port in use is an error that says what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const { code, stderr } = await output([
    'server/main.ts',
    'serve',
    '--port',
    String(port),
    '--data-dir',
    join(folder, 'other'),
  ]);
  server.close();
  expect(code).toBe(1);
  expect(stderr).toContain('PORT_IN_USE');
  expect(stderr).toContain('choose another port');
});
