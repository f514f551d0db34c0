import { API_PREFIX, feedEntrySchema } from '../../shared/api.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import type { Fact } from '../../shared/facts.ts';
import { testCollector } from '../support/collector.ts';
import { chainOf, enrollRaw, newEpoch, openRaw } from '../support/raw-agent.ts';
import { type Measurement, median, quantile, rounded } from './measure.ts';

const FINDINGS = 200;
const PEOPLE = 20;

/** From a frame that leaves for the collector to its finding in a console's feed, over real sockets. */
export async function benchFeed(): Promise<readonly Measurement[]> {
  await using collector = await testCollector();
  const cookie = await signedIn(await collector.signInLink('bench'));
  const news = await feedOf(collector.url, cookie);
  const tools = CATALOG.tools.filter(
    ({ category, direction }) => category === 'remote-access' && direction !== 'outbound',
  );

  const waits: number[] = [];
  for (let person = 0; person < PEOPLE; person += 1) {
    const identity = await enrollRaw(await collector.token({ contractor: `person-${person}` }));
    const epoch = newEpoch();
    await using connection = await openRaw(identity, { epoch });
    await collector.settled();
    const chain = chainOf(identity, epoch);
    for (const { id } of tools.slice(0, FINDINGS / PEOPLE)) {
      const fact: Fact = {
        kind: 'tool',
        tool: id,
        state: 'running',
        category: 'remote-access',
        signs: [{ by: 'process', name: id }],
      };
      const frame = chain.frame([{ change: 'began', fact }]);
      const found = news.next('finding');
      const sent = performance.now();
      connection.send(frame);
      await found;
      waits.push(performance.now() - sent);
      await collector.settled();
    }
  }
  await news.close();
  return [
    {
      what: 'frame received → finding in a console’s feed, median',
      result: `${rounded(median(waits), 1)} ms`,
    },
    { what: 'the same, p99', result: `${rounded(quantile(waits, 0.99), 1)} ms`, goal: '≤ 250 ms' },
  ];
}

async function signedIn(link: string): Promise<string> {
  const { origin, hash } = new URL(link);
  const response = await fetch(`${origin}${API_PREFIX}/sign-in`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: origin },
    body: JSON.stringify({ token: hash.slice(1) }),
  });
  return response.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ');
}

interface News {
  /** Resolves with the next entry of this topic that arrives from now on. */
  next(topic: string): Promise<void>;
  close(): Promise<void>;
}

async function feedOf(origin: string, cookie: string): Promise<News> {
  const response = await fetch(`${origin}${API_PREFIX}/feed`, { headers: { Cookie: cookie } });
  if (!response.ok || !response.body) throw new Error(`the feed answered ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const waiting = new Map<string, () => void>();
  const read = async () => {
    let text = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: ?(.*)$/m.exec(event)?.[1];
        const entry = data === undefined ? undefined : feedEntrySchema.safeParse(JSON.parse(data)).data;
        if (!entry) continue;
        waiting.get(entry.topic)?.();
        waiting.delete(entry.topic);
      }
    }
  };
  const reading = read();
  return {
    next: (topic) => new Promise((resolve) => waiting.set(topic, resolve)),
    async close() {
      await reader.cancel();
      await reading;
    },
  };
}
