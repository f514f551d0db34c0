import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { genesis, publicKeyOf } from '../../../server/ingest/verify.ts';
import { asOf } from '../../../server/store/as-of.ts';
import { checkChain, fileProblems } from '../../../server/store/chain-check.ts';
import { findContractor } from '../../../server/store/contractor-views.ts';
import { MIGRATIONS } from '../../../server/store/migrations/index.ts';
import { openStore } from '../../../server/store/store.ts';
import { ANYDESK, began, chainOf } from '../../support/raw-agent.ts';
import { SEED_FINDINGS } from '../../support/seed.ts';
import { tempDir } from '../../support/temp-dir.ts';

let folder: ReturnType<typeof tempDir>;
beforeEach(() => {
  folder = tempDir();
});
afterEach(() => folder[Symbol.dispose]());

const EPOCH = '0123456789abcdef0123456789abcdef';
const AT = '2026-03-02T14:00:00.000Z';
const LATER = '2026-03-02T15:00:00.000Z';
const DECLARATION = JSON.stringify({ countries: ['US'], timezone: 'America/Chicago' });
const EGRESS = { kind: 'egress', ip: '198.51.100.7', networkClass: 'residential', country: 'US' };
/** The number of migrations before cases, and with them. */
const [BEFORE_CASES, WITH_CASES] = [1, 8];

test.each([BEFORE_CASES, WITH_CASES])(
  'a store that %i migrations made and somebody filled is whole after all of them',
  async (version) => {
    const key = fill(version);
    await using store = await openStore(folder.path);
    const { db } = store;
    expect(await fileProblems(db, true)).toEqual([]);

    const checked = await checkChain(
      db,
      { endpoint: 'laptop-1', epoch: EPOCH },
      { key: publicKeyOf(key), genesis: genesis('laptop-1', EPOCH) },
    );
    expect(checked).toEqual({ batches: 2 });

    const detail = await findContractor(db, 'ada', LATER);
    expect(detail?.contractor).toMatchObject({ label: 'Ada', declaration: { timezone: 'America/Chicago' } });
    expect(detail?.endpoints.map(({ id, hostname }) => [id, hostname])).toEqual([['laptop-1', 'ada-laptop']]);
    const about = SEED_FINDINGS.filter(({ contractors }) => contractors.includes('ada'));
    expect(detail?.findings.map(({ id }) => id).toSorted()).toEqual(about.map(({ id }) => id).toSorted());
    // Each gap is a span since then as well, written by a migration or by the collector of that time.
    expect(detail?.spans.map(({ fact }) => fact.kind).toSorted()).toEqual(['egress', 'gap', 'tool']);
    const known = await asOf(db, 'ada', '2099-01-01T00:00:00.000Z');
    expect(known?.declaration).toMatchObject({ timezone: 'America/Chicago' });
    expect(known?.findings).toHaveLength(about.length);
    const spans = await db.selectFrom('spans').select(['kind', 'known_at']).orderBy('id').execute();
    expect(spans.slice(0, 2)).toEqual([
      { kind: 'tool', known_at: LATER },
      { kind: 'egress', known_at: null },
    ]);
    expect(await db.selectFrom('visits').select(['place', 'contractor']).execute()).toEqual([
      { place: 'egress:198.51.100.7', contractor: 'ada' },
    ]);
    const ranked = await db
      .selectFrom('findings')
      .select(['id', 'title', 'severity_rank'])
      .where('id', '=', 'f-place')
      .execute();
    expect(ranked).toEqual([
      { id: 'f-place', title: 'Unrelated contractors behind one address', severity_rank: 4 },
    ]);
    if (version < WITH_CASES) return;
    const cases = await db
      .selectFrom('cases')
      .innerJoin('case_findings', 'case', 'id')
      .select(['id', 'status', 'finding'])
      .execute();
    expect(cases).toEqual([{ id: 'c-1', status: 'investigating', finding: 'f-tool' }]);
  },
);

/** As a collector of that version left it. Gives the endpoint's public key. */
function fill(version: number): string {
  const database = new DatabaseSync(join(folder.path, 'collector.sqlite'));
  for (const statements of MIGRATIONS.slice(0, version))
    for (const statement of statements) database.exec(statement);
  database.exec(`pragma user_version = ${version}`);
  const insert = (table: string, row: Readonly<Record<string, string | number | null | Uint8Array>>) => {
    const names = Object.keys(row).map((name) => `"${name}"`);
    database
      .prepare(`insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`)
      .run(...Object.values(row));
  };
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = String(publicKey.export({ format: 'jwk' })['x']);
  for (const [id, label] of [
    ['ada', 'Ada'],
    ['ben', null],
    ['cleo', null],
  ] as const)
    insert('contractors', { id, label, declaration: id === 'ada' ? DECLARATION : null, updated_at: AT });
  insert('endpoints', {
    ...{ id: 'laptop-1', contractor: 'ada', hostname: 'ada-laptop', public_key: raw },
    ...{ agent_version: '0.1.0', enrolled_at: AT, last_seen_at: LATER },
  });
  const head = sealed(privateKey, (row) => insert('batches', row));
  insert('cursors', { endpoint: 'laptop-1', epoch: EPOCH, acked: 2, head, started_at: AT });
  const of = { endpoint: 'laptop-1', contractor: 'ada' };
  const { kind, ...tool } = ANYDESK as Record<string, unknown>;
  const fact = JSON.stringify({ kind, ...tool });
  insert('spans', {
    ...of,
    id: 1,
    kind: 'tool',
    key: 'tool|anydesk|running',
    source: 'agent',
    from: AT,
    to: null,
    from_raw: AT,
    epoch: EPOCH,
    seq: 1,
    fact,
  });
  insert('spans', {
    ...of,
    id: 2,
    kind: 'egress',
    key: 'egress|198.51.100.7',
    source: 'collector',
    from: AT,
    to: LATER,
    fact: JSON.stringify(EGRESS),
  });
  insert('visits', {
    span: 2,
    place: 'egress:198.51.100.7',
    ...of,
    from: AT,
    to: LATER,
    network_class: 'residential',
  });
  const gap = { epoch: EPOCH, first: 3, last: 9, cause: 'spool-overflow' };
  insert('gaps', { endpoint: 'laptop-1', ...gap, at: LATER });
  // From the ledger's migration on the collector wrote the span itself.
  if (version >= WITH_CASES)
    insert('spans', {
      ...of,
      kind: 'gap',
      key: `gap|${EPOCH}|3`,
      source: 'collector',
      from: LATER,
      to: LATER,
      fact: JSON.stringify({ kind: 'gap', ...gap }),
    });
  for (const finding of SEED_FINDINGS) {
    const { id, rule, scope, subject, key, severity, outcome, from, to, foundAt, updatedAt, contractors } =
      finding;
    const times = { from, to, found_at: foundAt, updated_at: updatedAt };
    insert('findings', {
      id,
      rule,
      scope,
      subject,
      key,
      severity,
      outcome,
      ...times,
      body: JSON.stringify(finding),
    });
    for (const contractor of contractors) insert('finding_contractors', { finding: id, contractor });
  }
  if (version >= WITH_CASES) {
    const body = {
      id: 'c-1',
      status: 'investigating',
      standing: true,
      severity: 'high',
      triggers: [],
      contractors: ['ada'],
      findings: ['f-tool'],
      openedAt: AT,
      updatedAt: LATER,
    };
    insert('cases', {
      id: 'c-1',
      status: 'investigating',
      opened_at: AT,
      updated_at: LATER,
      body: JSON.stringify(body),
    });
    insert('case_contractors', { case: 'c-1', contractor: 'ada' });
    insert('case_findings', { case: 'c-1', finding: 'f-tool' });
  }
  database.close();
  return raw;
}

/** Two batches, really sealed; gives the hash of the last. */
function sealed(
  key: KeyObject,
  keep: (row: Readonly<Record<string, string | number | Uint8Array>>) => void,
): string {
  const chain = chainOf({ url: '', endpoint: 'laptop-1', key }, EPOCH);
  let head = '';
  for (const port of [1, 2]) {
    const { header, payload } = chain.batch(
      [port === 1 ? began(ANYDESK) : began({ kind: 'listener', proto: 'tcp', port, scope: 'any' })],
      AT,
    );
    const { first, last, prev, hash, signature } = header;
    head = hash;
    keep({
      endpoint: 'laptop-1',
      epoch: EPOCH,
      first,
      last,
      prev,
      hash,
      signature,
      offset_ms: 0,
      received_at: LATER,
      payload: deflateRawSync(payload),
    });
  }
  return head;
}
