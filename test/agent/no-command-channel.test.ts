import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { enroll } from '../../agent/enroll.ts';
import { collectorFrameSchema } from '../../shared/frames.ts';
import { DEFAULT_POLICY } from '../../shared/policy.ts';
import { commandProblems } from '../fences/constant-commands.ts';
import { startPeer } from '../support/collector-peer.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

interface Schema {
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Every value that a schema lets through, by its place; a place that takes more than it names throws. */
function leavesOf(schema: Schema, place: string): readonly string[] {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variants.flatMap((one) => leavesOf(one, one.properties?.['type']?.const ?? place));
  if (schema.type === 'object') {
    const { additionalProperties: rest } = schema;
    const named = Object.entries(schema.properties ?? {}).flatMap(([name, of]) =>
      leavesOf(of, `${place}.${name}`),
    );
    if (typeof rest === 'object')
      return [...named, ...leavesOf(rest, `${place}.<name ≤ ${schema.propertyNames?.maxLength}>`)];
    expect(rest).toBe(false);
    return named;
  }
  return [`${place} ${kindOf(schema)}`];
}

function kindOf({ type, const: fixed, enum: choice, pattern, maxLength }: Schema): string {
  if (fixed !== undefined) return 'fixed';
  if (choice) return choice.join('|');
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return pattern === undefined ? `text ≤ ${maxLength}` : 'patterned text';
  throw new Error(`a ${type} where only leaves are expected`);
}

const POLICY = (frame: string): readonly string[] => [
  `${frame}.policy.version text ≤ 32`,
  `${frame}.policy.everySeconds.<name ≤ 32> number`,
  `${frame}.policy.userNames plain|hashed`,
  `${frame}.policy.ceiling.cpuPercent number`,
  `${frame}.policy.ceiling.memoryMb number`,
];

test('a collector can say these values and no others', () => {
  const leaves = leavesOf(z.toJSONSchema(collectorFrameSchema, { io: 'input' }) as Schema, '');
  expect(leaves.filter((leaf) => !leaf.endsWith(' fixed'))).toEqual([
    'challenge.nonce patterned text',
    'challenge.time patterned text',
    'welcome.acked number',
    'welcome.credits number',
    ...POLICY('welcome'),
    'welcome.catalog text ≤ 32',
    'welcome.time patterned text',
    'ack.epoch patterned text',
    'ack.through number',
    'ack.credits number',
    ...POLICY('policy'),
    'bye.code patterned text',
    'bye.hint text ≤ 500',
    'bye.retryAfterMs number',
  ]);
});

const MARK = 'farhand-canary';

test('whatever a collector says, the agent starts no program and opens nothing else', {
  timeout: 40_000,
}, async ({ skip }) => {
  if (process.platform !== 'linux') skip('other hosts start programs of their list');
  using dir = tempDir();
  const script = join(dir.path, MARK);
  writeFileSync(script, `#!/bin/sh\ntouch ${script}-ran\n`, { mode: 0o755 });
  const evil = `/tmp/${MARK}`;
  const names = [
    script.slice(-32),
    evil,
    '../../bin/sh',
    '$(reboot)',
    '__proto__',
    'constructor',
    'tool; reboot',
  ];
  const policy = {
    ...DEFAULT_POLICY,
    version: evil,
    everySeconds: { tool: 1, ...Object.fromEntries(names.map((name) => [name, 1])) },
  };
  await using peer = await startPeer({ policy });
  const dataDir = join(dir.path, 'data');
  await enroll(peer.token(), dataDir);
  const preload = new URL('../support/watch-builtins.ts', import.meta.url).href;
  const args = ['--import', preload, 'agent/main.ts', 'run', '--data-dir', dataDir, '--log-level', 'silent'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const done: string[] = [];
  const pipe = child.stdio[3];
  if (!pipe || !('read' in pipe)) throw new Error('no pipe');
  createInterface({ input: pipe }).on('line', (line) => done.push(line));
  try {
    await until(() =>
      peer
        .observations()
        .some(({ fact }) => fact.kind === 'agent' && 'policy' in fact && fact.policy === evil),
    );
    const hostile = [
      { type: 'run', program: script, args: ['now'], query: '/etc/shadow' },
      { type: 'policy', policy: { ...DEFAULT_POLICY, run: script } },
      { type: 'bye', code: 'OVERLOADED', hint: `$(${script})`, retryAfterMs: 0 },
      `{"type":"policy","policy":{"version":"x","__proto__":{"path":"${script}"}}}`,
    ];
    for (const frame of hostile) {
      const hellos = peer.hellos.length;
      peer.send(frame);
      await until(() => peer.hellos.length > hellos && peer.connected() > 0, { withinMs: 30_000 });
    }
    await peer.pinged();
  } finally {
    child.kill();
  }
  expect(done.filter((line) => line.startsWith('path /proc/')).length).toBeGreaterThan(10);
  expect(done.filter((line) => line.startsWith('start '))).toEqual([]);
  expect(done.filter((line) => line.includes(MARK) || line.includes('shadow'))).toEqual([]);
  expect(existsSync(`${script}-ran`)).toBe(false);
});

const HOST_FILES = globSync('agent/host/**/*.ts');

test.each(HOST_FILES)('%s makes commands of constants alone', (path) => {
  expect(commandProblems(path, readFileSync(path, 'utf8'))).toEqual([]);
});

test.each([
  [`import { spawn } from 'node:child_process';`, 'starts programs by itself'],
  [
    'export const run = (path: string) => outputOf({ path, args: [], timeoutMs: 1, maxBytes: 1 });',
    'inside a function',
  ],
  [`export const X = { path: '/bin/ls', args: [folder] };`, 'not constant'],
  [`export const X = { path: name, args: [] };`, 'not constant'],
  [
    `function command(path: string): AllowedCommand { return { path, args: [] }; }\nexport const f = (p: string) => command(p);`,
    'inside a function',
  ],
  [
    `function command(path: string): AllowedCommand { return { path, args: [] }; }\nexport const X = command(process.title);`,
    'not constant',
  ],
])('%s is refused', (code, says) => {
  expect(commandProblems('agent/host/planted.ts', code).join()).toContain(says);
});

test('every command that a module of the host offers has an absolute path and fixed arguments', async () => {
  for (const path of HOST_FILES) {
    const module: object = await import(join(process.cwd(), path));
    for (const command of Object.values(module).flatMap(commandsIn)) {
      expect(command.path).toMatch(/^\/(bin|sbin|usr|System)\/|^[A-Za-z]:\\|^\\System32/);
      expect(command.args.every((arg) => typeof arg === 'string')).toBe(true);
    }
  }
});

function commandsIn(value: unknown): readonly { readonly path: string; readonly args: readonly unknown[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('path' in value && 'args' in value && typeof value.path === 'string' && Array.isArray(value.args))
    return [{ path: value.path, args: value.args }];
  return Object.values(value).flatMap(commandsIn);
}
