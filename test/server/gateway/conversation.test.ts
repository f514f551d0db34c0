import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factKey } from '../../../shared/facts.ts';
import { batchFrame, LIMITS } from '../../../shared/frames.ts';
import { instant, MINUTE } from '../../../shared/time.ts';
import { type TestCollector, testCollector } from '../../support/collector.ts';
import {
  ANYDESK,
  began,
  chainOf,
  connectRaw,
  enrollRaw,
  newEpoch,
  openRaw,
  postEnroll,
  type RawIdentity,
  resealed,
} from '../../support/raw-agent.ts';
import { until } from '../../support/until.ts';

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

async function byeFor(
  frames: (identity: RawIdentity, epoch: string) => readonly (string | Buffer)[],
): Promise<string> {
  const identity = await enrolled();
  const epoch = newEpoch();
  await using connection = await openRaw(identity, { epoch });
  for (const frame of frames(identity, epoch)) connection.send(frame);
  for (;;) {
    const frame = await connection.next();
    if (frame.type === 'bye') return frame.code;
  }
}

describe('delivery', () => {
  test('a sealed batch is acknowledged after it is in the store, byte for byte', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    await using connection = await openRaw(identity, { epoch });
    const batch = chainOf(identity, epoch).batch([began(ANYDESK)]);
    connection.send(batchFrame(batch));
    expect(await connection.next()).toMatchObject({ type: 'ack', epoch, through: 1 });
    const [span] = await spansOf(identity);
    expect(span).toMatchObject({ key: factKey(ANYDESK), to: null, epoch, seq: 1 });
  });

  test('a repeated batch is acknowledged again and stored once', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    const frame = chainOf(identity, epoch).frame([began(ANYDESK)]);
    await using connection = await openRaw(identity, { epoch });
    connection.send(frame);
    connection.send(frame);
    expect(await connection.next()).toMatchObject({ type: 'ack', through: 1 });
    expect(await connection.next()).toMatchObject({ type: 'ack', through: 1 });
    expect(await spansOf(identity)).toHaveLength(1);
  });

  test('a new connection is told how far everything is committed', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    {
      await using connection = await openRaw(identity, { epoch });
      connection.send(chainOf(identity, epoch).frame([began(ANYDESK)]));
      await connection.next();
    }
    await using again = await openRaw(identity, { epoch, next: 2 });
    expect(again.acked).toBe(1);
  });

  test('a new spool ends what the old one had left open', async () => {
    const identity = await enrolled();
    for (const epoch of [newEpoch(), newEpoch()]) {
      await using connection = await openRaw(identity, { epoch });
      connection.send(chainOf(identity, epoch).frame([began(ANYDESK)]));
      await connection.next();
    }
    const spans = await spansOf(identity);
    expect(spans.map(({ to }) => to === null)).toEqual([false, true]);
  });

  test('times are corrected by the offset between the clocks, and nothing is observed in the future', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    const wrong = Date.now() + 90 * MINUTE;
    await using connection = await openRaw(identity, { epoch, time: instant(wrong) });
    const chain = chainOf(identity, epoch);
    connection.send(chain.frame([began(ANYDESK)], instant(wrong - MINUTE)));
    await connection.next();
    connection.send(
      chain.frame(
        [{ change: 'ended', fact: { kind: 'tool', tool: 'anydesk', state: 'running' } }],
        '2200-01-01T00:00:00.000Z',
      ),
    );
    await connection.next();
    const [span] = await spansOf(identity);
    expect(span?.from_raw).toBe(instant(wrong - MINUTE));
    expect(Math.abs(Date.parse(span?.from ?? '') - (Date.now() - MINUTE))).toBeLessThan(30_000);
    expect(Date.parse(span?.to ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('what a spool had to drop is a gap with its range, and the rest goes on', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    const chain = chainOf(identity, epoch);
    const [first, , third] = [
      chain.frame([began(ANYDESK)]),
      chain.frame([began(ANYDESK)]),
      chain.frame([began(ANYDESK)]),
    ];
    {
      await using connection = await openRaw(identity, { epoch });
      connection.send(first);
      await connection.next();
    }
    await using connection = await openRaw(identity, { epoch, oldest: 3, next: 4 });
    expect(connection.acked).toBe(2);
    connection.send(third);
    expect(await connection.next()).toMatchObject({ type: 'ack', through: 3 });
    const gaps = await gapsOf(identity);
    expect(gaps).toMatchObject([{ cause: 'spool-overflow', first: 2, last: 2 }]);
  });

  test('a new spool that had to drop its beginning is taken from what it still has', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    const chain = chainOf(identity, epoch);
    chain.batch([began(ANYDESK), began(ANYDESK)]);
    await using connection = await openRaw(identity, { epoch, oldest: 3, next: 4 });
    expect(connection.acked).toBe(2);
    connection.send(chain.frame([began(ANYDESK)]));
    expect(await connection.next()).toMatchObject({ type: 'ack', through: 3 });
    const gaps = await gapsOf(identity);
    expect(gaps).toMatchObject([{ cause: 'spool-overflow', first: 1, last: 2 }]);
  });

  test('a batch that is refused leaves the older spool as it was', async () => {
    const identity = await enrolled();
    const [older, newer] = [newEpoch(), newEpoch()];
    {
      await using connection = await openRaw(identity, { epoch: older });
      connection.send(chainOf(identity, older).frame([began(ANYDESK)]));
      await connection.next();
    }
    await using connection = await openRaw(identity, { epoch: newer });
    const chain = chainOf(identity, newer);
    chain.batch([began(ANYDESK)]);
    connection.send(chain.frame([began(ANYDESK)]));
    expect(await connection.next()).toMatchObject({ type: 'bye', code: 'BATCH_OUT_OF_ORDER' });
    expect(await spansOf(identity)).toMatchObject([{ to: null }]);
  });

  test('a presence keeps why it ended', async () => {
    const identity = await enrolled();
    {
      await using _connection = await openRaw(identity, { epoch: newEpoch() });
    }
    const presence = await until(async () => {
      const rows = await collector.store.db
        .selectFrom('spans')
        .select(['fact', 'to'])
        .where('endpoint', '=', identity.endpoint)
        .where('kind', '=', 'presence')
        .execute();
      return rows.find(({ to }) => to !== null);
    });
    expect(JSON.parse(presence.fact)).toMatchObject({ reason: 'connection lost' });
  });

  test('a spool that is older than what was acknowledged is on the ledger as a reverted snapshot', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    {
      await using connection = await openRaw(identity, { epoch });
      connection.send(chainOf(identity, epoch).frame([began(ANYDESK), began(ANYDESK)]));
      await connection.next();
    }
    await using connection = await openRaw(identity, { epoch, next: 2 });
    expect(connection.acked).toBe(2);
    const gaps = await gapsOf(identity);
    expect(gaps).toMatchObject([{ cause: 'snapshot-revert' }]);
  });
});

describe('what breaks the protocol is refused by name', () => {
  const refusals: readonly (readonly [
    string,
    string,
    (identity: RawIdentity, epoch: string) => readonly (string | Buffer)[],
  ])[] = [
    ['text that is no JSON', 'FRAME_INVALID', () => ['hello?']],
    ['JSON that is no frame', 'FRAME_INVALID', () => ['{"type":"run","program":"sh"}']],
    ['a binary frame', 'FRAME_INVALID', () => [Buffer.from([1, 2, 3])]],
    [
      'a header with a field too many',
      'FRAME_INVALID',
      (identity, epoch) => {
        const { header, payload } = chainOf(identity, epoch).batch([began(ANYDESK)]);
        return [`${JSON.stringify({ ...header, command: 'sh' })}\n${payload}`];
      },
    ],
    [
      'an unsigned batch',
      'SIGNATURE_INVALID',
      (identity, epoch) => {
        const { header, payload } = chainOf(identity, epoch).batch([began(ANYDESK)]);
        return [batchFrame({ header: { ...header, signature: 'A'.repeat(86) }, payload })];
      },
    ],
    [
      'a payload changed after it was sealed',
      'SIGNATURE_INVALID',
      (identity, epoch) => {
        const { header, payload } = chainOf(identity, epoch).batch([began(ANYDESK)]);
        return [batchFrame({ header, payload: payload.replace('anydesk', 'rustdesk') })];
      },
    ],
    [
      'a batch of another endpoint',
      'CHAIN_BREAK',
      (identity, epoch) => [
        chainOf({ ...identity, endpoint: 'somebody-else' }, epoch).frame([began(ANYDESK)]),
      ],
    ],
    [
      'a fact of an unknown kind',
      'BATCH_INVALID',
      (identity, epoch) => [
        chainOf(identity, epoch).frame([{ change: 'began', fact: { kind: 'keystrokes' } } as never]),
      ],
    ],
    [
      'observations that are not numbered in order',
      'BATCH_INVALID',
      (identity, epoch) => {
        const chain = chainOf(identity, epoch);
        const { header, payload } = chain.batch([began(ANYDESK), began(ANYDESK)]);
        return [resealed(identity, { header, payload: payload.replace('"seq":2', '"seq":7') })];
      },
    ],
    [
      'a batch that leaves some out',
      'BATCH_OUT_OF_ORDER',
      (identity, epoch) => {
        const chain = chainOf(identity, epoch);
        chain.batch([began(ANYDESK)]);
        return [chain.frame([began(ANYDESK)])];
      },
    ],
    [
      'the same number with other content',
      'CHAIN_BREAK',
      (identity, epoch) => [
        chainOf(identity, epoch).frame([began(ANYDESK)]),
        chainOf(identity, epoch).frame([{ change: 'ended', fact: { kind: 'clock' } }]),
      ],
    ],
    ['a second hello', 'FRAME_INVALID', () => ['{"type":"hello"}']],
  ];

  test.each(refusals)('%s: %s', async (_, code, frames) => {
    expect(await byeFor(frames)).toBe(code);
  });

  test('a chain break is on the gap ledger', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    await using connection = await openRaw(identity, { epoch });
    connection.send(chainOf(identity, epoch).frame([began(ANYDESK)]));
    await connection.next();
    connection.send(chainOf(identity, epoch).frame([{ change: 'ended', fact: { kind: 'clock' } }]));
    expect(await connection.next()).toMatchObject({ type: 'bye', code: 'CHAIN_BREAK' });
    const gaps = await gapsOf(identity);
    expect(gaps).toMatchObject([{ cause: 'chain-break', first: 1, last: 1 }]);
  });

  test('a frame over the limit closes the connection with 1009', async () => {
    const identity = await enrolled();
    await using connection = await openRaw(identity, { epoch: newEpoch() });
    connection.send('x'.repeat(LIMITS.frameBytes + 1));
    expect(await connection.closed).toBe(1009);
  });

  test('a batch before the hello is unexpected', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    await using connection = await connectRaw(identity, { epoch });
    connection.send(chainOf(identity, epoch).frame([began(ANYDESK)]));
    expect(await connection.next()).toMatchObject({ type: 'bye', code: 'FRAME_UNEXPECTED' });
  });

  test('a hello signed by another key is refused', async () => {
    const [identity, other] = [await enrolled(), await enrolled()];
    await using connection = await connectRaw({ ...identity, key: other.key }, { epoch: newEpoch() });
    connection.hello();
    expect(await connection.next()).toMatchObject({ type: 'bye', code: 'SIGNATURE_INVALID' });
  });

  test('an endpoint that is not enrolled is refused', async () => {
    const identity = await enrolled();
    await using connection = await connectRaw({ ...identity, endpoint: 'ep-nobody' }, { epoch: newEpoch() });
    connection.hello();
    expect(await connection.next()).toMatchObject({ type: 'bye', code: 'ENDPOINT_UNKNOWN' });
  });

  test('a newer connection replaces one that was left over, after a reboot too, and keeps its presence', async () => {
    const identity = await enrolled();
    const epoch = newEpoch();
    await using older = await openRaw(identity, { epoch });
    older.freeze();
    await using newer = await openRaw(identity, { epoch, boot: 'boot-2' });
    expect(await gapsOf(identity)).toEqual([]);
    newer.send(chainOf(identity, epoch).frame([began(ANYDESK)]));
    await newer.next();
    const open = () =>
      collector.store.db
        .selectFrom('spans')
        .select('kind')
        .where('endpoint', '=', identity.endpoint)
        .where('source', '=', 'collector')
        .where('to', 'is', null)
        .orderBy('kind')
        .execute();
    await until(async () => (await open()).length === 2);
    expect(await open()).toMatchObject([{ kind: 'egress' }, { kind: 'presence' }]);
  });
});

describe('enrollment', () => {
  const request = { publicKey: 'a'.repeat(43), hostname: 'laptop', agent: '0.1.0' };

  test.each([
    ['an unknown token', { ...request, secret: 'b'.repeat(43) }, 401, 'ENROLLMENT_TOKEN_INVALID'],
    ['a field too many', { ...request, secret: 'b'.repeat(43), shell: 'sh' }, 400, 'REQUEST_INVALID'],
    ['no secret', request, 400, 'REQUEST_INVALID'],
  ])('%s is refused by name', async (_, body, status, code) => {
    const response = await postEnroll(collector.url, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test('a token is good for as many machines as it says', async () => {
    const token = await collector.token({ uses: 1 });
    await enrollRaw(token);
    await expect(enrollRaw(token)).resolves.toMatchObject({ endpoint: undefined });
  });

  test('a machine enrolled with a bound token belongs to that contractor', async () => {
    const { endpoint } = await enrollRaw(await collector.token({ contractor: 'ada' }));
    const row = await collector.store.db
      .selectFrom('endpoints')
      .select('contractor')
      .where('id', '=', endpoint)
      .executeTakeFirst();
    expect(row?.contractor).toBe('ada');
  });
});
