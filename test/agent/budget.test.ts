import { expect, test } from 'vitest';
import { newBudget, type Sample, strainOf } from '../../agent/budget.ts';
import { DEFAULT_CEILING } from '../../shared/policy.ts';

const STEP_MS = 5_000;
const WINDOW_MS = 300_000;

/** An agent whose rounds would cost `work` percent of a core unstretched, and `rest` whatever the pace. */
function minutesOf(minutes: number, { work = 0, rest = 0, memoryMb = 60, ceiling = DEFAULT_CEILING }) {
  const time = { now: 0, cpuMs: 0 };
  const budget = newBudget({
    cost: () => ({ cpuMs: time.cpuMs, memoryMb }),
    mono: () => time.now,
    ceiling: () => ceiling,
  });
  const steps: { stretch: number; cpuMs: number; told: ReturnType<typeof budget.told> }[] = [];
  const pass = (count: number, load = work): void => {
    for (let step = 0; step < count; step += 1) {
      const stretch = budget.stretch();
      const cpuMs = ((rest + load / stretch) / 100) * STEP_MS;
      time.now += STEP_MS;
      time.cpuMs += cpuMs;
      steps.push({ stretch, cpuMs, told: budget.told() });
    }
    budget.stretch();
  };
  pass(minutes * 12);
  const averages = steps.map((_, index) => {
    const window = steps.slice(Math.max(0, index - WINDOW_MS / STEP_MS + 1), index + 1);
    return (100 * window.reduce((sum, { cpuMs }) => sum + cpuMs, 0)) / WINDOW_MS;
  });
  return { steps, averages, pass, told: () => budget.told() };
}

test('an agent that costs half of what it may is left alone', () => {
  const { steps, told } = minutesOf(15, { work: 0.4, rest: 0.1 });
  expect(new Set(steps.map(({ stretch }) => stretch))).toEqual(new Set([1]));
  expect(told()).toBeUndefined();
});

test.each([1.5, 3, 6, 8])(
  'rounds that would cost %d percent come to rest below one percent of a core',
  (work) => {
    const { steps, averages } = minutesOf(30, { work });
    expect(Math.max(...averages)).toBeLessThanOrEqual(work > 3 ? 1.2 : 1);
    expect(Math.max(...averages.slice(-120))).toBeLessThanOrEqual(1);
    const last = steps.slice(-60).map(({ stretch }) => stretch);
    expect(Math.max(...last) / Math.min(...last)).toBeLessThan(1.3);
    expect(Math.max(...last)).toBeLessThanOrEqual(12);
  },
);

test('the stretch never leaves 1 to 12 and moves in small steps', () => {
  const { steps } = minutesOf(30, { work: 80, rest: 5 });
  const stretches = steps.map(({ stretch }) => stretch);
  expect(Math.max(...stretches)).toBe(12);
  for (const [index, stretch] of stretches.entries()) {
    expect(stretch).toBeGreaterThanOrEqual(1);
    expect(stretch / (stretches[index - 1] ?? 1)).toBeLessThanOrEqual(2);
  }
});

test('too much memory stretches as well', () => {
  const sample: Sample = { at: 0, forMs: STEP_MS, cpuMs: 0, memoryMb: 144, stretch: 2 };
  expect(strainOf([sample], DEFAULT_CEILING).stretch).toBeCloseTo(2.07, 1);
  expect(minutesOf(5, { work: 0.2, memoryMb: 240 }).told()).toEqual({ over: 'memory', slowed: 12 });
});

test('a breach is told a few times only, with what was worst, until five quiet minutes have passed', () => {
  const world = minutesOf(20, { work: 6 });
  const told = world.steps.map((step) => JSON.stringify(step.told));
  expect(told.filter((one, index) => one !== told[index - 1]).length).toBeLessThanOrEqual(5);
  expect(world.told()).toEqual({ over: 'cpu', slowed: expect.any(Number) });
  world.pass(24, 0);
  expect(world.told()).toBeDefined();
  world.pass(150, 0);
  expect(world.told()).toBeUndefined();
  expect(world.steps.at(-1)?.stretch).toBe(1);
});

test('a costly start is no reason to look less often', () => {
  const world = minutesOf(0, {});
  world.pass(1, 12);
  world.pass(60, 0.2);
  expect(Math.max(...world.steps.map(({ stretch }) => stretch))).toBe(1);
});

test('another ceiling is obeyed', () => {
  const { averages } = minutesOf(30, { work: 6, ceiling: { cpuPercent: 4, memoryMb: 120 } });
  expect(Math.max(...averages)).toBeLessThanOrEqual(4);
  expect(averages.at(-1)).toBeGreaterThan(2.5);
});
