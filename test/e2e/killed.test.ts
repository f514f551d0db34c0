import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inflateRawSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { openSpoolToRead } from '../../agent/spool-file.ts';
import { spoolReader } from '../../agent/spool-reader.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import type { BatchPayload } from '../../shared/frames.ts';
import { temporaryFolder } from '../support/collector.ts';
import { freePort } from '../support/free-port.ts';
import { output, run } from '../support/processes.ts';
import { until } from '../support/until.ts';

const folder = temporaryFolder();
const collectorDir = join(folder, 'collector');
const agentDir = join(folder, 'agent');
const config = join(folder, 'farhand.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every observation is stored exactly once though agent and collector are killed in the middle of a stream', {
  timeout: 120_000,
}, async () => {
  const policy = { version: 'fast', everySeconds: { tool: 1 } };
  writeFileSync(
    config,
    JSON.stringify({ dataDir: collectorDir, port: await freePort(), logLevel: 'error', policy }),
  );
  const collect = () => run(['server/main.ts', 'serve', '--config', config], { ready: true });
  const watch = () => run(['agent/main.ts', 'run', '--data-dir', agentDir, '--log-level', 'silent']);

  let collector = await collect();
  await enrollAgent();
  let agent = await watch();
  const tools = comingAndGoing();
  try {
    await moreStored(20);
    await collector.kill('SIGKILL');
    collector = await collect();
    await moreStored(20);
    await agent.kill('SIGKILL');
    agent = await watch();
    await moreStored(20);
    await Promise.all([agent.kill('SIGKILL'), collector.kill('SIGKILL')]);
    [agent, collector] = await Promise.all([watch(), collect()]);
    await moreStored(20);
    tools.stop();
    await until(() => waiting() === 0, { withinMs: 30_000 });
  } finally {
    tools.stop();
    await Promise.all([agent.kill('SIGTERM'), collector.kill('SIGTERM')]);
  }

  const seen = [...observedByAgent()];
  const stored = storedObservations();
  expect(stored.length).toBeGreaterThan(80);
  expect(new Set(stored).size, 'nothing is stored twice').toBe(stored.length);
  expect(stored.toSorted()).toEqual(seen.toSorted());
  expect(gaps()).toEqual([]);
});

async function enrollAgent(): Promise<void> {
  const token = await output(['server/main.ts', 'token', 'create', '--config', config]);
  const { code, stderr } = await output(
    ['agent/main.ts', 'enroll', '--token-file', '-', '--data-dir', agentDir],
    { input: token.stdout },
  );
  expect(code, token.stderr + stderr).toBe(0);
}

/** Programs under a dozen watched names that start and stop all the time. */
function comingAndGoing(): { stop(): void } {
  const names = CATALOG.tools
    .filter(({ direction }) => direction !== 'outbound')
    .flatMap(({ linux }) => linux?.processes?.slice(0, 1) ?? [])
    .filter((name) => name.length <= 15)
    // Other tests run the best known ones at the same time.
    .slice(41, 53);
  mkdirSync(join(folder, 'bin'));
  for (const name of names) copyFileSync('/bin/sleep', join(folder, 'bin', name));
  const running = new Map<string, ChildProcess>();
  let turn = 0;
  const timer = setInterval(() => {
    const name = names[turn++ % names.length] ?? '';
    const child = running.get(name);
    if (child) {
      child.kill('SIGKILL');
      running.delete(name);
    } else running.set(name, spawn(join(folder, 'bin', name), ['100']));
  }, 120);
  return {
    stop() {
      clearInterval(timer);
      for (const child of running.values()) child.kill('SIGKILL');
      running.clear();
    },
  };
}

async function moreStored(more: number): Promise<void> {
  const stored = () => Number(rows('select coalesce(sum(last - first + 1), 0) as n from batches')[0]?.['n']);
  const before = stored();
  await until(() => stored() >= before + more, { withinMs: 40_000 });
}

function rows(sql: string) {
  const database = new DatabaseSync(join(collectorDir, 'collector.sqlite'), {
    readOnly: true,
    timeout: 5_000,
  });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

const gaps = () => rows('select * from gaps');

/** `epoch:seq:what` of every observation in the evidence, unpacked from the sealed bytes. */
function storedObservations(): readonly string[] {
  return rows('select epoch, payload from batches').flatMap(({ epoch, payload }) => {
    const batch: BatchPayload = JSON.parse(inflateRawSync(payload as Uint8Array).toString());
    return named(String(epoch), batch);
  });
}

function* observedByAgent(): Generator<string> {
  using database = openSpoolToRead(agentDir);
  if (!database) throw new Error('the agent has no spool');
  for (const { epoch, payload } of spoolReader(database).sent('1970-01-01T00:00:00.000Z'))
    yield* named(epoch, payload);
}

function waiting(): number {
  using database = openSpoolToRead(agentDir);
  const position = database && spoolReader(database).position();
  return position ? position.next - position.oldest : 0;
}

function named(epoch: string, { observations }: BatchPayload): readonly string[] {
  return observations.map(
    ({ seq, ...rest }) => `${epoch}:${String(seq).padStart(6, '0')}:${JSON.stringify(rest)}`,
  );
}
