import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instant, MINUTE } from '../../../shared/time.ts';
import { type TestCollector, testCollector } from '../../support/collector.ts';
import { SAMPLES } from '../../support/facts.ts';
import {
  ANYDESK,
  began,
  chainOf,
  connectRaw,
  enrollRaw,
  newEpoch,
  openRaw,
  type RawIdentity,
} from '../../support/raw-agent.ts';

let collector: TestCollector;
beforeAll(async () => {
  collector = await testCollector();
});
afterAll(() => collector[Symbol.asyncDispose]());

const enrolled = async () => enrollRaw(await collector.token());

async function spansOf({ endpoint }: RawIdentity) {
  return collector.store.db
    .selectFrom('spans')
    .selectAll()
    .where('endpoint', '=', endpoint)
    .where('source', '=', 'agent')
    .orderBy('id')
    .execute();
}

function gapsOf({ endpoint }: RawIdentity) {
  return collector.store.db.selectFrom('gaps').selectAll().where('endpoint', '=', endpoint).execute();
}

describe('two agents with one key', () => {
  test('that speak at once are a clone; the second begins an epoch of its own and both deliver', async () => {
    const identity = await enrolled();
    const [first, second] = [newEpoch(), newEpoch()];
    const chain = chainOf(identity, first);
    await using original = await openRaw(identity, { epoch: first });
    original.send(chain.frame([began(ANYDESK)]));
    await original.next();
    {
      await using copy = await connectRaw(identity, { epoch: first, next: 2, boot: 'boot-2' });
      copy.hello();
      expect(await copy.next()).toMatchObject({ type: 'bye', code: 'ENDPOINT_CLONED' });
      expect(await copy.closed).toBe(4411);
    }
    await using copy = await openRaw(identity, { epoch: second, boot: 'boot-2' });
    expect(await original.next()).toMatchObject({ type: 'bye', code: 'CONNECTION_REPLACED' });
    copy.send(chainOf(identity, second).frame([began(SAMPLES.clock)]));
    expect(await copy.next()).toMatchObject({ type: 'ack', epoch: second, through: 1 });
    copy.freeze();
    await using again = await openRaw(identity, { epoch: first, next: 3 });
    again.send(chain.frame([began(SAMPLES.platform)]));
    expect(await again.next()).toMatchObject({ type: 'ack', epoch: first, through: 2 });

    const gaps = await gapsOf(identity);
    expect(gaps.map(({ cause, epoch }) => `${cause} ${epoch}`).toSorted()).toEqual(
      [`clone ${first}`, `clone ${second}`].toSorted(),
    );
    expect(JSON.parse(gaps[0]?.detail ?? '')).toEqual({
      boots: ['boot-1', 'boot-2'],
      addresses: ['127.0.0.1', '127.0.0.1'],
    });
    const open = (await spansOf(identity)).filter(({ to }) => to === null).map(({ kind }) => kind);
    expect(open, 'what either said stands beside the other').toEqual(['tool', 'clock', 'platform']);
  });

  test('of one boot are a clone as well', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    await using _original = await openRaw(identity, { epoch });
    await using copy = await connectRaw(identity, { epoch });
    copy.hello();
    expect(await copy.next()).toMatchObject({ type: 'bye', code: 'ENDPOINT_CLONED' });
    expect(await gapsOf(identity)).toMatchObject([{ cause: 'clone', first: 1, last: 0 }]);
  });

  test('that take turns are a clone: a boot that was left does not come back', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    const chain = chainOf(identity, epoch);
    const turn = async (boot: string, next: number) => {
      await using connection = await openRaw(identity, { epoch, boot, next });
      connection.send(chain.frame([began(ANYDESK)]));
      await connection.next();
    };
    await turn('boot-1', 1);
    await turn('boot-2', 2);
    await turn('boot-2', 3);
    expect(await gapsOf(identity)).toEqual([]);
    await using back = await connectRaw(identity, { epoch, boot: 'boot-1', next: 4 });
    back.hello();
    expect(await back.next()).toMatchObject({ type: 'bye', code: 'ENDPOINT_CLONED' });
    expect(await gapsOf(identity)).toMatchObject([{ cause: 'clone' }]);
  });

  test('are none where a whole machine was set back, its boot and its spool', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    const chain = chainOf(identity, epoch);
    for (const boot of ['boot-1', 'boot-2']) {
      await using connection = await openRaw(identity, { epoch, boot, next: 9 });
      connection.send(chain.frame([began(ANYDESK)]));
      await connection.next();
    }
    await using back = await openRaw(identity, { epoch, boot: 'boot-1', next: 2 });
    expect(back.acked).toBe(2);
    expect(await gapsOf(identity)).toMatchObject([{ cause: 'snapshot-revert', first: 2, last: 2 }]);
  });
});

describe('the ledger', () => {
  test('has a hole of unknown size where a new spool takes over and nothing says why', async () => {
    const identity = await enrolled();
    const [older, newer] = [newEpoch(), newEpoch()];
    for (const epoch of [older, newer]) {
      await using connection = await openRaw(identity, { epoch });
      connection.send(chainOf(identity, epoch).frame([began(ANYDESK)]));
      await connection.next();
    }
    expect(await gapsOf(identity)).toMatchObject([{ cause: 'unknown', epoch: older, first: 2, last: 1 }]);
  });

  test('has a clock that was set while the machine ran on, and a gap is a span for rules', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    for (const minutes of [0, 4, 0, 60]) {
      await using _connection = await openRaw(identity, {
        epoch,
        time: instant(Date.now() + minutes * MINUTE),
      });
    }
    await using _rebooted = await openRaw(identity, {
      epoch,
      boot: 'boot-2',
      time: instant(Date.now() + 600 * MINUTE),
    });
    const gaps = await gapsOf(identity);
    expect(gaps).toMatchObject([{ cause: 'clock-step', first: 1, last: 0 }]);
    const spans = await collector.store.db
      .selectFrom('spans')
      .selectAll()
      .where('endpoint', '=', identity.endpoint)
      .where('kind', '=', 'gap')
      .execute();
    const fact = JSON.parse(spans[0]?.fact ?? '');
    expect(fact).toMatchObject({ kind: 'gap', epoch, first: 1, last: 0, cause: 'clock-step' });
    expect(Math.round(fact.stepMs / MINUTE)).toBe(60);
  });

  test('has every clock step of which an agent tells, however soon one follows the other', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    const chain = chainOf(identity, epoch);
    await using connection = await openRaw(identity, { epoch });
    for (const byMs of [86_400_000, -86_400_000]) {
      connection.send(
        chain.frame([{ change: 'noted', fact: { kind: 'disruption', cause: 'clock-step', byMs } }]),
      );
      await connection.next();
    }
    const gaps = await gapsOf(identity);
    expect(gaps.map(({ cause, detail }) => [cause, JSON.parse(detail ?? '').stepMs])).toEqual([
      ['clock-step', 86_400_000],
      ['clock-step', -86_400_000],
    ]);
  });

  test('has a clock that was set without a connection once, though the agent tells of it afterwards', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    await openRaw(identity, { epoch }).then((before) => before[Symbol.asyncDispose]());
    await using connection = await openRaw(identity, {
      epoch,
      next: 2,
      time: instant(Date.now() - 60 * MINUTE),
    });
    const step = { kind: 'disruption', cause: 'clock-step', byMs: -60 * MINUTE } as const;
    connection.send(chainOf(identity, epoch).frame([{ change: 'noted', fact: step }]));
    await connection.next();
    expect(await gapsOf(identity)).toMatchObject([{ cause: 'clock-step', first: 2, last: 1 }]);
  });

  test('counts batches that came again and batches that contradict what is stored', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    await using connection = await openRaw(identity, { epoch });
    const frame = chainOf(identity, epoch).frame([began(ANYDESK)]);
    for (const sent of [frame, frame, frame, chainOf(identity, epoch).frame([began(SAMPLES.clock)])]) {
      connection.send(sent);
      await connection.next();
    }
    const [row] = await collector.store.db
      .selectFrom('endpoints')
      .select(['repeated', 'contradicted'])
      .where('id', '=', identity.endpoint)
      .execute();
    expect(row).toEqual({ repeated: 2, contradicted: 1 });
  });
});
