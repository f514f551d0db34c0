import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { type Story, storyFrom } from '../../../server/detect/story.ts';
import type { Span } from '../../../server/detect/timeline.ts';
import { type Detector, type DetectorOptions, startDetector } from '../../../server/detector/detector.ts';
import type { Log } from '../../../server/log.ts';
import { markDirty, type Subject } from '../../../server/store/dirty.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import type { Finding } from '../../../shared/finding.ts';
import { placesOf } from '../../../shared/place.ts';
import { instant, millis } from '../../../shared/time.ts';

/** A real store in a folder of its own, a clock that tests move, and a log that is kept. */
export interface World extends AsyncDisposable {
  readonly store: Store;
  readonly log: Log;
  readonly folder: string;
  readonly logged: { readonly level: number; readonly msg: string; readonly subject?: string }[];
  now: number;
  detector(options?: Partial<DetectorOptions>): Detector;
  /** Stores what a story tells, marks whom it concerns and rings. */
  tell(lines: readonly object[]): Promise<void>;
  keep(story: Story, spans: readonly Span[]): Promise<void>;
  mark(...subjects: readonly Subject[]): Promise<void>;
  findings(): Promise<readonly Finding[]>;
  feed(): Promise<readonly string[]>;
}

export async function openWorld(at: string): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'farhand-detector-'));
  const store = await openStore(folder);
  const logged: World['logged'] = [];
  const log: Log = pino(
    { level: 'info' },
    new Writable({
      write(chunk, _encoding, done) {
        logged.push(JSON.parse(String(chunk)));
        done();
      },
    }),
  );
  const world: World = {
    store,
    log,
    folder,
    logged,
    now: millis(at),
    detector: (options) => startDetector({ store, clock: () => world.now, log, ...options }),
    async tell(lines) {
      const story = storyFrom(lines);
      await world.keep(story, story.spans);
    },
    async keep(story, spans) {
      await writeStory(store, { story, spans });
      const places = spans.flatMap(({ fact }) => placesOf(fact));
      await world.mark(
        ...[...new Set(story.contractors.map(({ id }) => id))].map(contractorOf),
        ...places.map((subject) => ({ scope: 'place', subject }) as const),
      );
    },
    async mark(...subjects) {
      await markDirty(store.db, instant(world.now), subjects);
      store.dirty.ring();
    },
    async findings() {
      const rows = await store.db.selectFrom('findings').select('body').orderBy('id').execute();
      return rows.map(({ body }): Finding => JSON.parse(body));
    },
    async feed() {
      const rows = await store.db.selectFrom('feed').select('ref').orderBy('id').execute();
      return rows.map(({ ref }) => ref);
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

export function contractorOf(subject: string): Subject {
  return { scope: 'contractor', subject };
}

async function writeStory(
  { db }: Store,
  { story, spans }: { readonly story: Story; readonly spans: readonly Span[] },
): Promise<void> {
  const known = { updated_at: story.now };
  for (const { id, declaration } of story.contractors) {
    const row = { declaration: declaration ? JSON.stringify(declaration) : null, ...known };
    await db
      .insertInto('contractors')
      .values({ id, label: null, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  }
  for (const { id, contractor, enrolledAt } of story.endpoints) {
    const row = { id, contractor, hostname: id, public_key: id, agent_version: '0', enrolled_at: enrolledAt };
    await db
      .insertInto('endpoints')
      .values({ ...row, last_seen_at: null, revoked_at: null })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
  for (const { id: _, fact, to = null, ...span } of spans) {
    const { id } = await db
      .insertInto('spans')
      .values({ ...span, to, from_raw: null, epoch: null, seq: null, fact: JSON.stringify(fact) })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { contractor, endpoint, from } = span;
    const network_class = fact.kind === 'egress' ? fact.networkClass : 'unknown';
    for (const place of placesOf(fact))
      await db
        .insertInto('visits')
        .values({ span: id, place, contractor, endpoint, from, to, network_class })
        .execute();
  }
}
