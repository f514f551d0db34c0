import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { type CreditOptions, type Drain, newCredits, WINDOW } from '../../../server/gateway/credits.ts';

let opened = new DisposableStack();
afterEach(() => {
  opened.dispose();
  opened = new DisposableStack();
});

/** Credits on a clock that stands until it is moved, and agents that obey what they were told last. */
function world(options: CreditOptions = {}) {
  let time = 0;
  const credits = opened.use(newCredits({ ...options, now: () => time }));
  return {
    credits,
    pass: (ms: number) => {
      time += ms;
    },
    agent({ behind = 0, size = 100 }: { behind?: number; size?: number } = {}) {
      const told = { credits: 0, paused: false };
      const load = { observations: size, bytes: size * 200 };
      const drain: Drain = credits.open({
        behind,
        grant: (granted) => {
          told.credits = granted;
        },
        pause: () => {
          told.paused = true;
        },
        resume: () => {
          told.paused = false;
        },
      });
      told.credits = drain.credits;
      let onTheWay = 0;
      let delivered = 0;
      return {
        drain,
        get credits() {
          return told.credits;
        },
        get paused() {
          return told.paused;
        },
        get delivered() {
          return delivered;
        },
        /** False where its window is full. */
        send(): boolean {
          if (onTheWay >= told.credits) return false;
          onTheWay += 1;
          expect(drain.arrived(load)).toBe(true);
          return true;
        },
        commit(): boolean {
          if (onTheWay === 0) return false;
          onTheWay -= 1;
          delivered += 1;
          told.credits = drain.done(load);
          return true;
        },
      };
    },
  };
}

test('an endpoint that keeps up has its whole window, however many bring a backlog', () => {
  const { agent } = world();
  const returning = Array.from({ length: 200 }, () => agent({ behind: 5_000 }));
  const healthy = agent();
  expect(healthy.credits).toBe(WINDOW);
  for (const one of returning) one.send();
  for (let batch = 0; batch < 3; batch += 1) {
    expect(healthy.send()).toBe(true);
    healthy.commit();
    expect(healthy.credits).toBe(WINDOW);
  }
});

test('all that bring a backlog have no more on the way than the budget, and none gets ahead of the others by more than a window', () => {
  const { agent } = world({ budget: 8 });
  const returning = Array.from({ length: 20 }, () => agent({ behind: 10_000 }));
  const onTheWay: (typeof returning)[number][] = [];
  for (let batches = 0; batches < 400; batches += 1) {
    for (const one of returning) while (one.send()) onTheWay.push(one);
    expect(onTheWay.length).toBeLessThanOrEqual(8);
    onTheWay.shift()?.commit();
  }
  const shares = returning.map(({ delivered }) => delivered);
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(WINDOW);
});

test('one that is alone with its backlog has a whole window for it', () => {
  const { agent } = world();
  const alone = agent({ behind: 10_000 });
  expect(alone.credits).toBe(WINDOW);
  alone.send();
  alone.commit();
  expect(alone.credits).toBe(WINDOW);
});

test('who delivered its backlog keeps up from then on', () => {
  const { agent } = world({ budget: 1 });
  const first = agent({ behind: 100 });
  agent({ behind: 1_000 });
  expect(first.credits).toBe(1);
  first.send();
  first.commit();
  expect(first.credits).toBe(WINDOW);
});

test('who sends small batches without end waits for its turn like a backlog, until it is quiet again', () => {
  const { agent, pass } = world({ budget: 1 });
  const waiting = agent({ behind: 1_000 });
  const flood = agent({ size: 1 });
  let sent = 0;
  while (flood.send()) {
    sent += 1;
    flood.commit();
    expect(sent).toBeLessThan(500);
  }
  expect(flood.credits).toBe(0);
  waiting.send();
  waiting.commit();
  expect(flood.credits).toBe(1);
  pass(60_000);
  flood.send();
  flood.commit();
  expect(flood.credits).toBe(WINDOW);
});

test('a right that is not used goes to the next', async () => {
  const { agent, pass } = world({ budget: 1, leaseMs: 5 });
  agent({ behind: 1_000 });
  const next = agent({ behind: 1_000 });
  expect(next.credits).toBe(0);
  pass(6);
  await expect.poll(() => next.credits, { interval: 1 }).toBe(1);
});

test('a connection that ends gives its turn to the next', () => {
  const { agent } = world({ budget: 1 });
  const first = agent({ behind: 1_000 });
  const next = agent({ behind: 1_000 });
  first.drain[Symbol.dispose]();
  expect(next.credits).toBe(1);
});

test('more than any window is told apart', () => {
  const { credits } = world();
  const drain = credits.open({ behind: 0, grant: () => {}, pause: () => {}, resume: () => {} });
  const load = { observations: 1, bytes: 1 };
  for (let batch = 0; batch < WINDOW; batch += 1) expect(drain.arrived(load)).toBe(true);
  expect(drain.arrived(load)).toBe(false);
});

test('connections are not read while too much waits for its commit', () => {
  const { agent, credits } = world({ mostBytes: 50_000 });
  const [one, other] = [agent(), agent()];
  one.send();
  one.send();
  expect(one.paused).toBe(false);
  one.send();
  expect([one.paused, other.paused]).toEqual([true, false]);
  other.send();
  expect(other.paused).toBe(true);
  while (one.commit());
  expect([one.paused, other.paused, credits.bytes]).toEqual([false, false, 20_000]);
});

test('in any order of events nobody who obeys is refused, and all is delivered', () => {
  const step = fc.record({ who: fc.nat(9), what: fc.constantFrom('send', 'commit', 'pass') });
  const fleet = fc.array(
    fc.record({ batches: fc.integer({ min: 1, max: 30 }), size: fc.integer({ min: 1, max: 500 }) }),
    {
      minLength: 1,
      maxLength: 10,
    },
  );
  fc.assert(
    fc.property(
      fleet,
      fc.array(step, { maxLength: 300 }),
      fc.integer({ min: 1, max: 12 }),
      (plans, steps, budget) => {
        const { agent, pass } = world({ budget });
        const agents = plans.map(({ batches, size }, index) => ({
          batches,
          own: agent({ behind: index % 2 === 0 ? batches * size : 0, size }),
        }));
        let sent = agents.map(() => 0);
        const send = (who: number): boolean => {
          const one = agents[who % agents.length];
          const at = who % agents.length;
          if (!one || (sent[at] ?? 0) >= one.batches || !one.own.send()) return false;
          sent = sent.with(at, (sent[at] ?? 0) + 1);
          return true;
        };
        for (const { who, what } of steps) {
          if (what === 'pass') pass(100);
          else if (what === 'send') send(who);
          else agents[who % agents.length]?.own.commit();
        }
        for (let more = true; more; ) {
          more = false;
          for (const [who, { own }] of agents.entries()) {
            while (send(who)) more = true;
            while (own.commit()) more = true;
          }
        }
        // Who has nothing left to say may hold the last right; the lease then gives it to others.
        const starved = agents.filter(({ batches, own }) => own.delivered < batches);
        const holders = agents.filter(({ batches, own }) => own.delivered === batches && own.credits > 0);
        expect(starved.length === 0 || holders.length > 0).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('who sends more than it was granted is not read until its turn comes', () => {
  const { agent, credits } = world({ budget: 1 });
  const first = agent({ behind: 1_000 });
  const told: string[] = [];
  const eager = credits.open({
    behind: 1_000,
    grant: (granted) => told.push(`granted ${granted}`),
    pause: () => told.push('paused'),
    resume: () => told.push('read again'),
  });
  const load = { observations: 100, bytes: 1 };
  expect([eager.credits, eager.arrived(load)]).toEqual([0, true]);
  expect(told).toEqual(['paused']);
  first.drain[Symbol.dispose]();
  expect(told).toEqual(['paused', 'granted 1', 'read again']);
  expect(eager.done(load)).toBe(1);
});
