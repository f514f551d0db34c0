import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../server/store/store.ts';
import { type Fact, factKey } from '../../shared/facts.ts';
import { placesOf } from '../../shared/place.ts';
import { DAY, HOUR, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import { SAMPLES } from '../support/facts.ts';
import { writeCase, writeFinding, writeProposal } from './large-findings.ts';
import { type Insert, inserter, type Row } from './rows.ts';

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
const PROPOSALS = 1_200;
/** Of the one contractor who never rests. */
const BUSY_DAYS = 90;

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
    for (let index = 0; index < contractors; index += 1) writeContractor(insert, index);
    for (let index = 0; index < size.endpoints; index += 1) writeEndpoint(insert, index, size);
    writeBusy(insert);
    const desk = { ...size, personOf: (index: number) => personOf(index, size), now: NOW };
    for (let index = 0; index < size.findings; index += 1) writeFinding(insert, index, desk);
    for (let index = 0; index < size.findings / 20; index += 1) writeCase(insert, index, desk);
    for (let index = 0; index < PROPOSALS; index += 1) writeProposal(insert, index, desk);
    // Sorted once at the end, indexes take a fraction of the time.
    for (const index of indexes) database.exec(index);
    database.exec('commit; pragma wal_checkpoint(truncate)');
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

const personOf = (index: number, { endpoints }: Size): string =>
  `person-${index % Math.floor(endpoints * PEOPLE)}`;

function writeContractor(insert: Insert, index: number): void {
  const row = contractorOf(index);
  insert('contractors', row);
  insert('declaration_versions', {
    contractor: `person-${index}`,
    known_from: instant(NOW - 60 * DAY),
    declaration: String(row['declaration']),
    actor: 'admin@example.com',
  });
}

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
    risk: (index * 7) % 90,
    risk_at: LARGE_NOW,
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

/** `person-busy` on `ep-busy`: some 9,000 spans in three months, for the longest pictures there are. */
function writeBusy(insert: Insert): void {
  insert('contractors', { ...contractorOf(SHARED), id: 'person-busy', label: 'Person Busy' });
  insert('endpoints', {
    id: 'ep-busy',
    contractor: 'person-busy',
    hostname: 'laptop-busy.example.com',
    public_key: 'busy'.padEnd(43, 'A'),
    agent_version: '0.1.0',
    enrolled_at: instant(NOW - BUSY_DAYS * DAY),
    last_seen_at: instant(NOW - MINUTE),
  });
  const write = (fact: Fact, from: number, to: number | null) =>
    writeSpan(insert, { endpoint: 'ep-busy', contractor: 'person-busy', fact, from, to, seq: 1 });
  write(SAMPLES.agent, NOW - BUSY_DAYS * DAY, null);
  for (let hour = 1; hour <= BUSY_DAYS * 24; hour += 1) {
    const from = NOW - hour * HOUR;
    write({ ...SAMPLES.activity, hour: instant(from), local: hour % 40 }, from, from + HOUR);
    write({ ...SAMPLES.tool, tool: `tool-${hour % 6}` }, from, from + 20 * MINUTE);
    write({ kind: 'presence', connection: `busy-${hour}` }, from, from + 58 * MINUTE);
    if (hour % 2 === 0) write({ ...SAMPLES.session, user: `user-${hour % 3}` }, from, from + 40 * MINUTE);
    if (hour % 4 === 0) write(egressOf(9_999, hour), from, from + 3 * HOUR);
    if (hour % 6 === 0) write(SAMPLES.control, from, from + 9 * MINUTE);
  }
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
