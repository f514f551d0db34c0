import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSpoolToRead } from '../../agent/spool-file.ts';
import { spoolReader } from '../../agent/spool-reader.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import { freePort } from '../support/free-port.ts';
import { output, type Running, run } from '../support/processes.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

let stack: AsyncDisposableStack;
let folder: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = stack.use(tempDir()).path;
  const policy = { version: 'fast', everySeconds: { tool: 1 } };
  const config = {
    dataDir: join(folder, 'collector'),
    port: await freePort(),
    logLevel: 'silent',
    policy,
  };
  writeFileSync(join(folder, 'farhand.json'), JSON.stringify(config));
  stack.use(
    await run(['server/main.ts', 'serve', '--config', join(folder, 'farhand.json')], { ready: true }),
  );
  const token = await output(['server/main.ts', 'token', 'create', '--config', join(folder, 'farhand.json')]);
  const enrolled = await output(
    ['agent/main.ts', 'enroll', '--token-file', '-', '--data-dir', join(folder, 'laptop')],
    { input: token.stdout },
  );
  expect(enrolled.code, enrolled.stderr).toBe(0);
});
afterEach(() => stack.disposeAsync());

async function agentIn(name: string): Promise<Running> {
  return stack.use(
    await run(['agent/main.ts', 'run', '--data-dir', join(folder, name), '--log-level', 'silent']),
  );
}

test('a data folder that runs in two places at once is a cloned endpoint, and both deliver', {
  timeout: 90_000,
}, async () => {
  const original = await agentIn('laptop');
  await until(() => batches().length > 0 && delivered('laptop'), { withinMs: 30_000 });
  await original.kill('SIGTERM');
  cpSync(join(folder, 'laptop'), join(folder, 'copy'), { recursive: true });
  await agentIn('laptop');
  await agentIn('copy');
  await until(() => rulesFound().includes('cloned-endpoint'), { withinMs: 30_000 });
  await until(() => rows('select distinct epoch from batches').length === 2, { withinMs: 30_000 });
  expect(rows('select cause, detail from gaps where cause = ?', 'clone').length).toBeGreaterThan(0);
  expect(rulesFound()).not.toContain('snapshot-reverted');
});

test('a data folder that is set back to an older copy is a reverted snapshot, and what is new is told', {
  timeout: 90_000,
}, async () => {
  const today = await agentIn('laptop');
  await until(() => batches().length > 0 && delivered('laptop'), { withinMs: 30_000 });
  await today.kill('SIGTERM');
  cpSync(join(folder, 'laptop'), join(folder, 'yesterday'), { recursive: true });

  const tomorrow = await agentIn('laptop');
  const names = watchedNames();
  const programs = names.slice(1).map((name) => start(name));
  await until(() => toolsOpen().length >= programs.length && delivered('laptop'), { withinMs: 30_000 });
  for (const program of programs) program.kill('SIGKILL');
  await until(() => toolsOpen().length === 0 && delivered('laptop'), { withinMs: 30_000 });
  await tomorrow.kill('SIGTERM');
  const stored = batches();

  rmSync(join(folder, 'laptop'), { recursive: true });
  cpSync(join(folder, 'yesterday'), join(folder, 'laptop'), { recursive: true });
  const late = start(names[0] ?? '');
  try {
    await agentIn('laptop');
    await until(() => rulesFound().includes('snapshot-reverted'), { withinMs: 30_000 });
    await until(() => toolsOpen().length === 1 && delivered('laptop'), { withinMs: 30_000 });
  } finally {
    late.kill('SIGKILL');
  }
  expect(batches().slice(0, stored.length), 'what was delivered before stays').toEqual(stored);
  expect(rows('select cause from gaps').map(({ cause }) => cause)).toEqual(['snapshot-revert']);
  expect(rulesFound()).not.toContain('cloned-endpoint');
});

/** Whether the agent of this folder has an acknowledgement for all that it told. */
function delivered(name: string): boolean {
  using database = openSpoolToRead(join(folder, name));
  const { oldest = 0, next = 1 } = database ? spoolReader(database).position() : {};
  return oldest === next && next > 1;
}

function rows(sql: string, ...values: readonly string[]) {
  using database = new DatabaseSync(join(folder, 'collector', 'collector.sqlite'), {
    readOnly: true,
    timeout: 5_000,
  });
  return database.prepare(sql).all(...values);
}

function rulesFound(): readonly string[] {
  return rows(`select rule from findings where outcome = 'open'`).map(({ rule }) => String(rule));
}

function batches() {
  return rows('select id, epoch, first, last, hash from batches order by id');
}

/** Programs of this test that run, as far as the collector knows. */
function toolsOpen() {
  const open = rows(`select fact from spans where kind = 'tool' and "to" is null`);
  return open.filter(({ fact }) => watchedNames().some((name) => String(fact).includes(`"name":"${name}"`)));
}

function start(name: string): ChildProcess {
  const path = join(folder, 'bin', name);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  copyFileSync('/bin/sleep', path);
  return spawn(path, ['100']);
}

/** Programs that no other test runs at the same time. */
function watchedNames(): readonly string[] {
  return CATALOG.tools
    .filter(({ direction }) => direction !== 'outbound')
    .flatMap(({ linux }) => linux?.processes?.slice(0, 1) ?? [])
    .filter((name) => name.length <= 15)
    .slice(53, 65);
}
