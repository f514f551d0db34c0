import { expect, test } from 'vitest';
import type { Probe } from '../../agent/probes/probe.ts';
import { type Rounds, type RoundsOptions, startRounds } from '../../agent/rounds.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Fact, FactOf } from '../../shared/facts.ts';
import type { TimedChange } from '../../shared/observation.ts';
import { DEFAULT_POLICY, type Policy } from '../../shared/policy.ts';
import { instant, millis } from '../../shared/time.ts';
import { until } from '../support/until.ts';
import { keyedHash, matcher, recorded } from './world.ts';

const START = millis('2026-03-02T14:00:00.000Z');
const ABOUT = { version: '0.1.0', catalog: 'test', boot: 'boot-1' };

type Run = Probe['run'];

function probe(name: string, kinds: Probe['kinds'], run: Run, more: Partial<Probe> = {}): Probe {
  return { name, kinds, everySeconds: 3_600, timeoutMs: 5_000, reads: '', never: '', run, ...more };
}

function running(tool: string, more: Partial<FactOf<'tool'>> = {}): FactOf<'tool'> {
  return { kind: 'tool', tool, state: 'running', category: 'remote-access', signs: [], ...more };
}

const clock = { kind: 'clock', timezone: 'America/Chicago', utcOffsetMinutes: -360 } as const;

function agentFact(probes: FactOf<'agent'>['probes'], policy = 'default'): Fact {
  return { kind: 'agent', ...ABOUT, policy, probes };
}

interface World extends AsyncDisposable {
  readonly rounds: Rounds;
  readonly told: TimedChange[];
  readonly warnings: string[];
  readonly aliveAt: string[];
  readonly time: { wall: number; mono: number };
  policy: Policy;
  /** Takes what was told since the last time, without the facts about the agent. */
  take(): (readonly [string, object, string])[];
}

function world(probes: readonly Probe[], more: Partial<RoundsOptions> = {}): World {
  const told: TimedChange[] = [];
  const warnings: string[] = [];
  const aliveAt: string[] = [];
  const time = { wall: START, mono: 0 };
  const state = { policy: DEFAULT_POLICY };
  const rounds = startRounds({
    host: { ...recorded('laptop'), now: () => instant(time.wall), mono: () => time.mono + performance.now() },
    probes,
    matcher,
    keyedHash,
    policy: () => state.policy,
    cost: () => ({ cpuMs: 0, memoryMb: 50 }),
    recall: [],
    about: ABOUT,
    emit: (changes) => told.push(...changes),
    alive: (at) => aliveAt.push(at),
    log: {
      info: () => {},
      warn: (fields, message) => warnings.push(`${message} ${JSON.stringify(fields)}`),
      debug: () => {},
    },
    ...more,
  });
  return {
    rounds,
    told,
    warnings,
    aliveAt,
    time,
    get policy() {
      return state.policy;
    },
    set policy(policy) {
      state.policy = policy;
    },
    take: () =>
      told
        .splice(0)
        .filter(({ fact }) => fact.kind !== 'agent')
        .map(({ change, fact, at }) => [change, fact, at] as const),
    [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose](),
  };
}

const at = (seconds: number): string => instant(START + seconds * 1_000);

test('what is new began, what stays is silent, what changed began again, what is gone ended by its identity', async () => {
  let facts: readonly Fact[] = [running('anydesk')];
  await using w = world([probe('tool', ['tool'], async () => facts)]);
  await w.rounds.once();
  expect(w.take()).toEqual([['began', running('anydesk'), at(0)]]);
  w.time.wall += 5_000;
  await w.rounds.once();
  expect(w.take()).toEqual([]);
  facts = [running('anydesk', { version: '7' })];
  await w.rounds.once();
  expect(w.take()).toEqual([['began', running('anydesk', { version: '7' }), at(5)]]);
  facts = [];
  await w.rounds.once();
  expect(w.take()).toEqual([['ended', { kind: 'tool', tool: 'anydesk', state: 'running' }, at(5)]]);
});

test('a probe that fails keeps its facts, is undetermined and does not disturb another', async () => {
  let broken = false;
  const tool = probe('tool', ['tool'], async () => {
    if (broken) throw new TypeError('torn');
    return [running('anydesk')];
  });
  await using w = world([tool, probe('clock', ['clock'], async () => [clock])]);
  await w.rounds.once();
  expect(w.told.at(-1)?.fact).toEqual(agentFact({ tool: 'ok', clock: 'ok' }));
  w.take();
  broken = true;
  await w.rounds.once();
  expect(w.told.map(({ change, fact }) => [change, fact])).toEqual([
    ['began', agentFact({ tool: 'failed', clock: 'ok' })],
  ]);
  expect(w.warnings).toHaveLength(1);
  await w.rounds.once();
  expect(w.warnings).toHaveLength(1);
  broken = false;
  w.told.length = 0;
  await w.rounds.once();
  expect(w.told.map(({ fact }) => fact)).toEqual([agentFact({ tool: 'ok', clock: 'ok' })]);
});

test('a missing right and a missing source have names of their own', async () => {
  const denied = async (): Promise<never> => {
    throw new CodedError('PROBE_DENIED', {});
  };
  const unsupported = async (): Promise<never> => {
    throw new CodedError('PROBE_UNSUPPORTED', {});
  };
  await using w = world([probe('tool', ['tool'], denied), probe('session', ['session'], unsupported)]);
  await w.rounds.once();
  expect(w.told.map(({ fact }) => fact)).toEqual([agentFact({ tool: 'denied', session: 'unsupported' })]);
});

test('a probe that throws before it returns a promise is a failed one', async () => {
  const thrower = probe('tool', ['tool'], () => {
    throw new RangeError('at once');
  });
  await using w = world([thrower]);
  await w.rounds.once();
  expect(w.told.map(({ fact }) => fact)).toEqual([agentFact({ tool: 'failed' })]);
});

test('a probe that hangs is given up at its timeout, delays nobody, and never runs twice at a time', async () => {
  let runs = 0;
  const stuck = Promise.withResolvers<readonly Fact[]>();
  const hanging = probe(
    'tool',
    ['tool'],
    async () => {
      runs += 1;
      return runs === 1 ? stuck.promise : [running('anydesk')];
    },
    { timeoutMs: 50, everySeconds: 1 },
  );
  await using w = world([hanging, probe('clock', ['clock'], async () => [clock])]);
  await until(() => w.told.some(({ fact }) => fact.kind === 'agent'));
  expect(w.told.map(({ fact }) => fact)).toEqual([clock, agentFact({ tool: 'failed', clock: 'ok' })]);
  w.time.mono += 60_000;
  await w.rounds.once();
  expect(runs).toBe(1);
  w.take();
  stuck.resolve([running('too-late')]);
  await until(() => runs === 2);
  await w.rounds.once();
  expect(w.take().map(([change, fact]) => [change, fact])).toEqual([['began', running('anydesk')]]);
});

test('the signal of a probe is aborted at its timeout', async () => {
  let reason: unknown;
  const patient = probe(
    'tool',
    ['tool'],
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(signal.reason);
        });
      }),
    { timeoutMs: 20 },
  );
  await using w = world([patient]);
  await w.rounds.once();
  expect(reason).toMatchObject({ code: 'PROBE_FAILED' });
});

test('after a restart, what goes on is silent; what is gone and the run before ended when the agent was last alive', async () => {
  const recall = [running('anydesk'), running('rustdesk'), agentFact({ tool: 'ok' })];
  await using w = world([probe('tool', ['tool'], async () => [running('anydesk')])], {
    recall,
    lastAlive: at(-600),
  });
  await w.rounds.once();
  expect(w.told).toEqual([
    { change: 'ended', fact: { kind: 'tool', tool: 'rustdesk', state: 'running' }, at: at(-600) },
    { change: 'ended', fact: { kind: 'agent' }, at: at(-600) },
    { change: 'began', fact: agentFact({ tool: 'ok' }), at: at(0) },
  ]);
});

test.each([
  ['is unknown', {}],
  ['lies in the future', { lastAlive: at(600) }],
])('recalled facts end at the first round when the last sign of life %s', async (_title, more) => {
  await using w = world([probe('tool', ['tool'], async () => [])], { recall: [running('anydesk')], ...more });
  await w.rounds.once();
  expect(w.take().map(([change, , when]) => [change, when])).toEqual([['ended', at(0)]]);
});

test('recalled facts wait for the first round that succeeds', async () => {
  let broken = true;
  const tool = probe('tool', ['tool'], async () => {
    if (broken) throw new Error('not yet');
    return [];
  });
  await using w = world([tool], { recall: [running('anydesk')], lastAlive: at(-600) });
  await w.rounds.once();
  expect(w.take()).toEqual([]);
  broken = false;
  await w.rounds.once();
  expect(w.take().map(([change, , when]) => [change, when])).toEqual([['ended', at(-600)]]);
});

test('recalled facts that no probe of this version watches ended when the agent was last alive', async () => {
  await using w = world([probe('tool', ['tool'], async () => [])], { recall: [clock], lastAlive: at(-600) });
  await w.rounds.once();
  await w.rounds.once();
  expect(w.take()).toEqual([['ended', { kind: 'clock' }, at(-600)]]);
});

test('a start is one fact about the agent, told when every probe has been heard of', async () => {
  const gate = Promise.withResolvers<void>();
  const slow = probe('tool', ['tool'], async () => {
    await gate.promise;
    return [];
  });
  await using w = world([slow, probe('clock', ['clock'], async () => [clock])]);
  await until(() => w.told.length > 0);
  expect(w.told.map(({ fact }) => fact.kind)).toEqual(['clock']);
  gate.resolve();
  await w.rounds.once();
  expect(w.told.map(({ fact }) => fact.kind)).toEqual(['clock', 'agent']);
});

test('a new policy is told, and its pace is kept', async () => {
  let runs = 0;
  const counting = probe('tool', ['tool'], async () => {
    runs += 1;
    return [];
  });
  await using w = world([counting]);
  await w.rounds.once();
  w.policy = { ...DEFAULT_POLICY, version: 'p2', everySeconds: { tool: 1 } };
  await w.rounds.once();
  expect(w.told.map(({ fact }) => fact)).toEqual([
    agentFact({ tool: 'ok' }),
    agentFact({ tool: 'ok' }, 'p2'),
  ]);
  const before = runs;
  w.time.mono += 1_000;
  await until(() => runs >= before + 2);
});

test('facts above the limit, of a foreign kind or out of shape are left out, and that is said once', async () => {
  const many = Array.from({ length: 250 }, (_, index) => running(`tool-${String(index).padStart(3, '0')}`));
  const tool = probe('tool', ['tool'], async () => [...many, clock, running('Not A Slug'), ...many]);
  await using w = world([tool]);
  await w.rounds.once();
  const told = w.take().map(([, fact]) => fact);
  expect(told).toEqual(many.slice(0, 200));
  await w.rounds.once();
  expect(w.take()).toEqual([]);
  expect(w.warnings).toHaveLength(1);
});

test('changes that could not be kept are told again after the next run', async () => {
  const kept: TimedChange[] = [];
  let full = true;
  const emit = (changes: readonly TimedChange[]): void => {
    if (full) throw new CodedError('SPOOL_UNAVAILABLE', {});
    kept.push(...changes);
  };
  await using w = world([probe('tool', ['tool'], async () => [running('anydesk')])], {
    emit,
    recall: [running('rustdesk')],
    lastAlive: at(-600),
  });
  await w.rounds.once();
  expect(w.aliveAt).toEqual([]);
  full = false;
  await w.rounds.once();
  expect(kept.map(({ change, fact, at: when }) => [change, fact.kind, when])).toEqual([
    ['ended', 'tool', at(-600)],
    ['began', 'tool', at(0)],
    ['began', 'agent', at(0)],
  ]);
});

test('what is over is told before what is true now, and again when it could not be kept', async () => {
  const at = '2026-03-02T13:59:00.000Z';
  const slept = { kind: 'suspend', from: '2026-03-02T13:00:00.000Z', until: at } as const;
  const noted = { change: 'noted', fact: slept, at } as const;
  const foreign = { change: 'noted', fact: clock, at } as const;
  let past: readonly TimedChange[] = [noted, foreign];
  let isFull = true;
  const kept: TimedChange[] = [];
  await using at1 = world(
    [
      probe('sleeper', ['suspend'], async () => {
        const look = { facts: [], past };
        past = [];
        return look;
      }),
    ],
    {
      emit(changes) {
        if (isFull) throw new CodedError('SPOOL_UNAVAILABLE');
        kept.push(...changes);
      },
    },
  );
  await at1.rounds.once();
  expect(kept).toEqual([]);
  isFull = false;
  await at1.rounds.once();
  await at1.rounds.once();
  expect(kept.filter(({ fact }) => fact.kind !== 'agent')).toEqual([noted]);
});

test('a sign of life is given once a minute at most', async () => {
  await using w = world([probe('tool', ['tool'], async () => [])]);
  await w.rounds.once();
  w.time.wall += 30_000;
  w.time.mono += 30_000;
  await w.rounds.once();
  expect(w.aliveAt).toEqual([at(0)]);
  w.time.wall += 31_000;
  w.time.mono += 31_000;
  await w.rounds.once();
  expect(w.aliveAt).toEqual([at(0), at(61)]);
});

test('nothing is told after the end, even by a probe that comes back then', async () => {
  const gate = Promise.withResolvers<void>();
  const slow = probe('tool', ['tool'], async () => {
    await gate.promise;
    return [running('anydesk')];
  });
  const w = world([slow]);
  await w.rounds[Symbol.asyncDispose]();
  gate.resolve();
  await w.rounds.once();
  expect(w.told).toEqual([]);
});
