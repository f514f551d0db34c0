import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
const FARM = fileURLToPath(new URL('../../stories/laptop-farm.jsonl', import.meta.url));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function farhand(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

function lines(stdout: string): Record<string, unknown>[] {
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'farhand-backtest-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('farhand backtest', () => {
  it('prints one finding per line', async () => {
    const { code, stdout } = await farhand('backtest', FARM, '--json');
    expect(code).toBe(0);
    const found = lines(stdout);
    expect(found.filter(({ rule }) => rule === 'unapproved-remote-tool')).toHaveLength(3);
    expect(found.find(({ rule }) => rule === 'shared-egress')).toEqual({
      rule: 'shared-egress',
      scope: 'place',
      subject: 'egress:203.0.113.40',
      contractors: ['cole', 'dana', 'finn'],
      severity: 'critical',
      key: 'shared',
      reason: expect.stringContaining('cole, dana and finn'),
      from: '2026-03-02T13:30:00.000Z',
      to: null,
      outcome: 'open',
    });
  });

  it('shows what other settings would change', async () => {
    const settings = file(
      'settings.json',
      JSON.stringify({
        'shared-egress': { criticalFrom: 4 },
        'unapproved-remote-tool': { approvedForAll: ['rustdesk'] },
      }),
    );
    const { stdout } = await farhand('backtest', FARM, '--json', '--settings', settings);
    const changes = lines(stdout).map(({ rule, subject, change, with: changed }) => [
      rule,
      subject,
      change,
      changed,
    ]);
    expect(changes).toContainEqual(['shared-egress', 'egress:203.0.113.40', 'changed', { severity: 'high' }]);
    expect(changes).toContainEqual(['unapproved-remote-tool', 'dana', 'removed', undefined]);
    expect(changes).toContainEqual(['unapproved-remote-tool', 'cole', 'same', undefined]);
    const { stdout: table } = await farhand('backtest', FARM, '--settings', settings);
    expect(table).toMatch(/^ *- +medium +open +unapproved-remote-tool +dana/m);
  });

  it('names file, line and field of a story that is wrong', async () => {
    const story = file(
      'wrong.jsonl',
      '{"contractor":{"id":"ada"}}\n{"at":"yesterday","endpoint":"x","began":{}}\n',
    );
    const { code, stdout, stderr } = await farhand('backtest', story);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('STORY_INVALID');
    expect(stderr).toContain('wrong.jsonl');
    expect(stderr).toContain('line: 2');
  });

  it('refuses words and files that it cannot use', async () => {
    expect((await farhand('backtest')).code).toBe(2);
    expect((await farhand('backtest', join(folder, 'missing.jsonl'))).stderr).toContain('FILE_UNREADABLE');
    const settings = file('bad.json', '{"shared-egress":{"days":0}}');
    expect((await farhand('backtest', FARM, '--settings', settings)).stderr).toContain('SETTINGS_INVALID');
  });
});

describe('farhand rules', () => {
  it('lists every rule, and prints the page of one', async () => {
    expect((await farhand('rules')).stdout.split('\n').length).toBeGreaterThan(8);
    const { code, stdout } = await farhand('rules', 'show', 'shared-egress');
    expect(code).toBe(0);
    for (const part of [
      'us-2022-platform-2',
      'T1199',
      'criticalFrom = 3',
      'Blind spots',
      'Triage',
      'clear',
    ]) {
      expect(stdout).toContain(part);
    }
    expect((await farhand('rules', 'show', 'nothing')).code).toBe(2);
  });
});
