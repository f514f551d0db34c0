import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { RULES } from '../../server/detect/rules/index.ts';
import { openStore } from '../../server/store/store.ts';
import type { Case } from '../../shared/case.ts';
import { type Fact, factKey } from '../../shared/facts.ts';
import { type Finding, OUTCOMES, type Outcome } from '../../shared/finding.ts';
import { placesOf } from '../../shared/place.ts';
import { DAY, HOUR, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import { SAMPLES } from '../support/facts.ts';

export interface Size {
  readonly endpoints: number;
  /** Of each endpoint. */
  readonly spans: number;
  readonly findings: number;
}

export const LARGE: Size = { endpoints: 10_000, spans: 100, findings: 50_000 };

/** The newest moment in it. */
export const LARGE_NOW: Instant = '2026-03-02T16:00:00.000Z';

const NOW = millis(LARGE_NOW);
const EPOCH = '0123456789abcdef0123456789abcdef';
/** One in ten contractors has two endpoints. */
const PEOPLE = 0.9;
/** So many share one address, as in an office. */
const SHARED = 200;

/** Writes a store as large as a large company's, the same every time: a month of `endpoints` machines, their findings and cases. */
export async function makeLargeStore(dataDir: string, size: Size = LARGE): Promise<void> {
  await (await openStore(dataDir))[Symbol.asyncDispose]();
  const database = new DatabaseSync(join(dataDir, 'collector.sqlite'));
  try {
    database.exec('pragma synchronous = off; pragma cache_size = -262144');
    const indexes = takeIndexes(database);
    database.exec('begin');
    const insert = inserter(database);
    const contractors = Math.floor(size.endpoints * PEOPLE);
    for (let index = 0; index < contractors; index += 1) insert('contractors', contractorOf(index));
    for (let index = 0; index < size.endpoints; index += 1) writeEndpoint(insert, index, size);
    for (let index = 0; index < size.findings; index += 1) writeFinding(insert, index, size);
    for (let index = 0; index < size.findings / 20; index += 1) writeCase(insert, index, size);
    // Sorted once at the end, indexes take a fraction of the time.
    for (const index of indexes) database.exec(index);
    database.exec('commit; analyze; pragma wal_checkpoint(truncate)');
  } finally {
    database.close();
  }
}

function takeIndexes(database: DatabaseSync): readonly string[] {
  const rows = database
    .prepare(`select name, sql from sqlite_master where type = 'index' and sql is not null`)
    .all();
  for (const { name } of rows) database.exec(`drop index "${String(name)}"`);
  return rows.map(({ sql }) => String(sql));
}

type Row = Readonly<Record<string, SQLInputValue>>;
type Insert = (table: string, row: Row) => number;

function inserter(database: DatabaseSync): Insert {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  return (table, row) => {
    let statement = statements.get(table);
    if (!statement) {
      const names = Object.keys(row);
      const columns = names.map((name) => `"${name}"`).join(', ');
      statement = database.prepare(
        `insert into ${table} (${columns}) values (${names.map(() => '?').join(', ')})`,
      );
      statements.set(table, statement);
    }
    return Number(statement.run(...Object.values(row)).lastInsertRowid);
  };
}

const personOf = (index: number, { endpoints }: Size): string =>
  `person-${index % Math.floor(endpoints * PEOPLE)}`;

function contractorOf(index: number): Row {
  const declaration = {
    countries: ['US'],
    timezone: 'America/Chicago',
    home: { lat: 41.88, lon: -87.63 },
    workHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
    approvedVpns: ['tailscale'],
    ...(index < SHARED ? { sharedSite: 'chicago-office' } : {}),
  };
  return {
    id: `person-${index}`,
    label: `Person ${index}`,
    declaration: JSON.stringify(declaration),
    updated_at: instant(NOW - 60 * DAY),
  };
}

function writeEndpoint(insert: Insert, index: number, size: Size): void {
  const id = `ep-${index}`;
  const contractor = personOf(index, size);
  const online = index % 10 !== 0;
  insert('endpoints', {
    id,
    contractor,
    hostname: `laptop-${index}.example.com`,
    public_key: id.padEnd(43, 'A'),
    agent_version: '0.1.0',
    enrolled_at: instant(NOW - 60 * DAY),
    last_seen_at: instant(online ? NOW - MINUTE : NOW - 5 * HOUR),
    revoked_at: index % 100 === 99 ? instant(NOW - DAY) : null,
  });
  const write = (fact: Fact, from: number, to: number | null) =>
    writeSpan(insert, { endpoint: id, contractor, fact, from, to, seq: 1 });
  const day = NOW - 2 * HOUR;
  write(egressOf(index, 0), day, null);
  write({ ...SAMPLES.platform, serial: `serial-${index}` }, day, null);
  write(SAMPLES.agent, day, null);
  write({ ...SAMPLES.network, gateway: `gateway-${index}`, accessPoint: `access-point-${index}` }, day, null);
  if (online) write({ kind: 'presence', connection: `${id}-now` }, day, null);
  if (index % 3 === 0) write(SAMPLES.tool, day, null);
  const past = size.spans - 4 - Number(online) - Number(index % 3 === 0);
  for (let span = 0; span < past; span += 1) {
    const from = NOW - DAY * (1 + Math.floor(span / 3)) + (span % 3) * HOUR;
    write(pastFact(index, span), from, from + 50 * MINUTE);
  }
  for (let gap = 0; gap < 2; gap += 1)
    insert('gaps', {
      endpoint: id,
      epoch: EPOCH,
      first: gap * 10 + 1,
      last: gap * 10 + 4,
      cause: gap === 0 ? 'spool-overflow' : 'clock-step',
      at: instant(NOW - gap * DAY - index * 1_000),
    });
  for (let batch = 0; batch < 5; batch += 1)
    insert('batches', {
      endpoint: id,
      epoch: EPOCH,
      first: batch * 20 + 1,
      last: batch * 20 + 20,
      prev: 'A'.repeat(43),
      hash: 'B'.repeat(43),
      signature: 'C'.repeat(86),
      offset_ms: 0,
      received_at: LARGE_NOW,
      payload: new Uint8Array(),
    });
}

function pastFact(index: number, span: number): Fact {
  if (span % 3 === 0) return egressOf(index, span);
  if (span % 3 === 1) return { kind: 'presence', connection: `ep-${index}-${span}` };
  return span % 2 === 0 ? SAMPLES.tool : SAMPLES.session;
}

/** At home with an address of one's own; the first ones in an office; one day in ten in a café with others. */
function egressOf(index: number, span: number): Fact {
  const home = `2001:db8:${(index >> 8).toString(16)}:${(index & 255).toString(16)}::1`;
  const cafe = span % 10 === 9 ? `203.0.113.${1 + ((index + span) % 250)}` : undefined;
  return { ...SAMPLES.egress, ip: index < SHARED ? '198.51.100.7' : (cafe ?? home) };
}

interface SpanToWrite {
  readonly endpoint: string;
  readonly contractor: string;
  readonly fact: Fact;
  readonly from: number;
  readonly to: number | null;
  readonly seq: number;
}

function writeSpan(insert: Insert, { endpoint, contractor, fact, from, to, seq }: SpanToWrite): void {
  const seen = fact.kind === 'egress' || fact.kind === 'presence';
  const times = { from: instant(from), to: to === null ? null : instant(to) };
  const span = insert('spans', {
    endpoint,
    contractor,
    kind: fact.kind,
    key: factKey(fact),
    source: seen ? 'collector' : 'agent',
    ...times,
    from_raw: seen ? null : times.from,
    epoch: seen ? null : EPOCH,
    seq: seen ? null : seq,
    fact: JSON.stringify(fact),
  });
  const network_class = fact.kind === 'egress' ? fact.networkClass : 'unknown';
  for (const place of placesOf(fact))
    insert('visits', { span, place, contractor, endpoint, ...times, network_class });
}

/** Three in ten are open. */
const outcomeOf = (index: number): Outcome =>
  index % 10 < 3 ? 'open' : (OUTCOMES[1 + (index % 3)] ?? 'retracted');

function findingOf(index: number, size: Size): Finding {
  const rule = RULES[index % RULES.length];
  if (!rule) throw new Error('there are no rules');
  const others = index % 10 === 0 ? [1, 2, 3].map((step) => personOf(index + step, size)) : [];
  const contractors = [...new Set([personOf(index * 7, size), ...others])];
  const found = instant(NOW - (index % 60_000) * 37_000);
  const outcome = outcomeOf(index);
  return {
    id: `finding-${index}`,
    rule: rule.id,
    title: rule.title,
    family: rule.family,
    scope: rule.scope,
    subject: rule.scope === 'place' ? `egress:203.0.113.${1 + (index % 250)}` : (contractors[0] ?? ''),
    contractors,
    severity: rule.severity,
    key: `key-${index}`,
    reason: 'AnyDesk runs on the endpoint, and the declaration approves no remote-access tool',
    arithmetic: [
      { label: 'approved tools', value: 'none' },
      { label: 'running tool', value: 'anydesk' },
      { label: 'signs', value: 'process, service, listener on 7070' },
    ],
    spans: [1, 2, 3].map((step) => String((index * 17 + step) % (size.endpoints * size.spans))),
    from: found,
    to: index % 4 === 0 ? null : found,
    outcome,
    ...(outcome === 'expected' ? { outcomeReason: 'An exception covers it' } : {}),
    foundAt: found,
    updatedAt: found,
  };
}

function writeFinding(insert: Insert, index: number, size: Size): void {
  const finding = findingOf(index, size);
  const { id, rule, scope, subject, key, severity, outcome, from, to } = finding;
  insert('findings', {
    id,
    rule,
    scope,
    subject,
    key,
    severity,
    outcome,
    from,
    to,
    found_at: finding.foundAt,
    updated_at: finding.updatedAt,
    body: JSON.stringify(finding),
  });
  for (const contractor of finding.contractors) insert('finding_contractors', { finding: id, contractor });
}

function writeCase(insert: Insert, index: number, size: Size): void {
  const findings = [0, 1, 2, 3].map((step) => findingOf(index * 20 + step * 3, size));
  const [opened] = findings;
  if (!opened) throw new Error('a case has findings');
  const story: Case = {
    id: `case-${index}`,
    status: index % 3 === 0 ? 'new' : index % 3 === 1 ? 'investigating' : 'closed',
    standing: true,
    severity: 'critical',
    triggers: [{ by: 'critical', finding: opened.id }],
    contractors: [...new Set(findings.flatMap(({ contractors }) => contractors))],
    findings: findings.map(({ id }) => id),
    openedAt: opened.foundAt,
    updatedAt: opened.foundAt,
  };
  const { id, status, openedAt, updatedAt } = story;
  insert('cases', { id, status, opened_at: openedAt, updated_at: updatedAt, body: JSON.stringify(story) });
  for (const contractor of story.contractors) insert('case_contractors', { case: id, contractor });
  for (const finding of story.findings) insert('case_findings', { case: id, finding });
}
