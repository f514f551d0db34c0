import { Writable } from 'node:stream';
import type { Hono } from 'hono';
import { pino } from 'pino';
import { apiApp } from '../../../server/api/app.ts';
import { openLooks } from '../../../server/api/looks.ts';
import type { ApiOptions } from '../../../server/api/options.ts';
import { openExportDesk } from '../../../server/audit/export-desk.ts';
import { packFolders } from '../../../server/audit/pack-folders.ts';
import { scheduleBook } from '../../../server/audit/schedule-book.ts';
import { newTurns } from '../../../server/audit/turns.ts';
import { RULES } from '../../../server/detect/rules/index.ts';
import { proposedChanges } from '../../../server/detector/proposed.ts';
import { createSignInLink } from '../../../server/store/sign-in-links.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import type { Role } from '../../../shared/account.ts';
import type { Setup } from '../../../shared/api/setup.ts';
import type { RuleDoc } from '../../../shared/api.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { HOUR, instant, millis } from '../../../shared/time.ts';
import { SEED_NOW } from '../../support/seed.ts';
import { tempDir } from '../../support/temp-dir.ts';

export interface World extends AsyncDisposable {
  readonly app: Hono;
  readonly store: Store;
  readonly dir: string;
  /** What was logged so far, one JSON line each. */
  readonly lines: readonly string[];
  now: number;
  /** The address that requests come from. */
  address: string;
  /** A request from the console's own page, with this session's cookie when one is given. */
  get(path: string, cookie?: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The account has this role from now on; `admin` unless told. */
  link(account?: string, role?: Role): Promise<string>;
  /** Signs in and returns the cookie as browsers send it. */
  signIn(account?: string, role?: Role): Promise<string>;
  /** Resolves when every look is on the action log. */
  looked(): Promise<void>;
}

export const OWN = { 'sec-fetch-site': 'same-origin' };

export const ATTRIBUTIONS = [
  { text: 'Places by one', url: 'https://one.example/' },
  { text: 'Names by another', url: 'https://another.example/' },
];

export const RULE_DOC: RuleDoc = {
  id: 'unapproved-remote-tool',
  title: 'Remote-access tool that nobody approved',
  advisories: [
    {
      id: 'us-2022-platform-4',
      publisher: 'US Departments of State and Treasury, FBI',
      title: 'Guidance on DPRK IT workers',
      published: '2022-05-16',
      indicator: 'Use of remote desktop sharing software',
      confidence: 'confirmed',
    },
  ],
  attack: ['T1219.002'],
  contradicts: ['approvedTools', 'countries'],
  falsePositives: ['The help desk'],
  blindSpots: ['A KVM switch needs no tool'],
  triage: ['Ask the help desk'],
};

const SETUP: Setup = {
  version: '0.1.0',
  startedAt: SEED_NOW,
  now: SEED_NOW,
  url: 'https://collector.example.com',
  dataDir: '/var/lib/farhand',
  dataDirBytes: 3_000_000,
  databaseBytes: 2_000_000,
  freeBytes: 50_000_000_000,
  schema: 10,
  backlog: { subjects: 2, since: SEED_NOW },
  tls: 'own',
  trustedProxies: [],
  mirrors: ['https://mirror.example.com'],
  egressFrom: 'socket',
  retention: { evidence: 400, actions: 'forever' },
  catalog: '2026.11.22',
  policy: 'default',
  geo: { description: 'no database', files: [] },
  certificate: { pin: 'A'.repeat(43), expiresAt: '2026-03-20T00:00:00.000Z', expiring: true },
  oidc: null,
};

/** On a store of its own, gone afterwards, or on the one in `dir`. */
export async function openWorld({
  dir,
  ...options
}: Partial<ApiOptions> & { readonly dir?: string } = {}): Promise<World> {
  const folder = dir === undefined ? tempDir() : { path: dir, [Symbol.dispose]: () => {} };
  const store = await openStore(folder.path);
  const lines: string[] = [];
  const sink = new Writable({
    write: (line, _, done) => {
      lines.push(String(line));
      done();
    },
  });
  const log = pino({ level: 'debug' }, sink);
  const looks = openLooks({ store, log });
  const desk = await openExportDesk({
    store,
    dataDir: folder.path,
    configured: {},
    clock: () => world.now,
    log,
    turns: newTurns(),
  });
  const app = apiApp({
    store,
    exports: desk,
    schedules: scheduleBook({
      db: store.db,
      folders: packFolders({ dataDir: folder.path, packFolders: [] }),
    }),
    clock: () => world.now,
    log,
    looks,
    publicUrl: () => 'http://localhost',
    passwordCost: { logN: 4, r: 8, p: 1 },
    about: () => ({
      version: '0.1.0',
      startedAt: SEED_NOW,
      simulation: false,
      catalog: '2026.11.22',
      geo: { description: 'no database', attributions: [...ATTRIBUTIONS] },
    }),
    ruleDoc: (id) => (id === RULE_DOC.id ? RULE_DOC : undefined),
    catalog: CATALOG,
    setup: async () => SETUP,
    proposed: proposedChanges({
      db: store.db,
      rules: RULES,
      catalog: CATALOG,
      clock: () => world.now,
      log: pino({ level: 'silent' }),
    }),
    enrollAt: () => ({ url: 'https://collector.example' }),
    secureCookies: false,
    clientAddress: () => world.address,
    ...options,
  });
  const world: World = {
    app,
    store,
    dir: folder.path,
    lines,
    now: millis(SEED_NOW),
    address: '192.0.2.1',
    get: async (path, cookie, headers) =>
      app.request(path, { headers: { ...(cookie ? { cookie } : {}), ...headers } }),
    post: async (path, body, headers) =>
      app.request(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...OWN, ...headers },
      }),
    link: async (account = 'analyst@example.com', role = 'admin') => {
      await store.db
        .insertInto('accounts')
        .values({ name: account, role, created_at: instant(world.now) })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ role }))
        .execute();
      return createSignInLink(store.db, { account, expiresAt: instant(world.now + HOUR / 2) });
    },
    signIn: async (account, role) => {
      const answer = await world.post('/api/v1/sign-in', { token: await world.link(account, role) });
      return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    },
    looked: () => looks.settled(),
    [Symbol.asyncDispose]: async () => {
      await looks.settled();
      await desk[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
  return world;
}
