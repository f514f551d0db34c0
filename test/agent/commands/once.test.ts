import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { tableOf } from '../../../agent/commands/once.ts';
import { factSchema } from '../../../shared/facts.ts';

const run = promisify(execFile);
const MAIN = new URL('../../../agent/main.ts', import.meta.url).pathname;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farhand-once-'));
});
afterAll(() => rm(folder, { recursive: true }));

function farhandAgent(...args: readonly string[]) {
  return run(process.execPath, [MAIN, ...args], {
    env: { ...process.env, FARHAND_AGENT_DATA_DIR: join(folder, 'data') },
  });
}

test('once --json prints one valid fact a line and nothing else on stdout', async () => {
  const path = join(folder, 'anydesk');
  await copyFile('/bin/sleep', path);
  const child = spawn(path, ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  try {
    const { stdout, stderr } = await farhandAgent('once', '--json');
    const facts = stdout
      .trim()
      .split('\n')
      .map((line) => z.parse(factSchema, JSON.parse(line)));
    expect(facts).toContainEqual(
      expect.objectContaining({ kind: 'tool', tool: 'anydesk', state: 'running' }),
    );
    expect(facts.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['clock', 'platform']));
    expect(stderr).toContain('Not enrolled');
  } finally {
    child.kill();
  }
});

test('without --json, once prints a line for people', async () => {
  const { stdout } = await farhandAgent('once');
  expect(stdout).toMatch(/^clock {5}timezone \S+, utcOffsetMinutes -?\d+$/m);
});

test('words that once does not know are refused', async () => {
  await expect(farhandAgent('once', '--jsno')).rejects.toMatchObject({ code: 2, stdout: '' });
});

test('control characters of names do not reach the terminal', () => {
  const table = tableOf([
    { kind: 'tunnel', interface: 'tun\u001b[2J0', type: 'tun', routes: 'none', dns: false },
  ]);
  expect(table).toBe('tunnel    interface tun?[2J0, type tun, routes none, dns false\n');
});

test('a machine where nothing is found gets a sentence', () => {
  expect(tableOf([])).toBe('Nothing that would be reported was found.\n');
});
