import type { Insertable } from 'kysely';
import type { FeedNews } from '../../server/store/feed.ts';
import type { Tables } from '../../server/store/schema.ts';
import type { Db } from '../../server/store/store.ts';
import type { Declaration } from '../../shared/declaration.ts';
import { type Fact, factKey } from '../../shared/facts.ts';
import { type Finding, SEVERITIES } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';

/** The moment at which the seeded fleet is looked at: a Monday, 16:00 UTC. */
export const SEED_NOW: Instant = '2026-03-02T16:00:00.000Z';

/** Text that a hostile machine could send: markup, a right-to-left override, a quote. */
export const HOSTILE = `<img src=x onerror=alert(1)> \u202Egnp.exe "'&`;

/**
 * Three contractors, four endpoints, four findings. `ada` works from Chicago as declared, with AnyDesk running and two machines,
 * one of them revoked; `ben` shares her address; `cleo` declared nothing and is offline, and her machine calls itself HOSTILE.
 */
export async function seedFleet(db: Db): Promise<void> {
  await db
    .insertInto('contractors')
    .values([
      contractor('ada', 'Ada Example', {
        countries: ['US'],
        timezone: 'America/Chicago',
        home: { lat: 41.88, lon: -87.63 },
        workHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
        approvedVpns: ['tailscale'],
      }),
      contractor('ben', 'Ben Example', { countries: ['US'], timezone: 'America/Chicago' }),
      contractor('cleo', HOSTILE, undefined),
    ])
    .execute();
  await db
    .insertInto('endpoints')
    .values([
      endpoint('laptop-1', 'ada'),
      { ...endpoint('laptop-1-old', 'ada'), revoked_at: '2026-02-01T00:00:00.000Z' },
      endpoint('laptop-2', 'ben'),
      { ...endpoint('laptop-3', 'cleo'), hostname: HOSTILE, last_seen_at: '2026-03-01T20:00:00.000Z' },
    ])
    .execute();
  await db.insertInto('spans').values(SPANS.map(spanRow)).execute();
  await db
    .insertInto('gaps')
    .values({ endpoint: 'laptop-1', epoch: EPOCH, first: 3, last: 9, cause: 'spool-overflow', at: SEED_NOW })
    .execute();
  await db
    .insertInto('batches')
    .values([batch('laptop-1', 1, 2), batch('laptop-1', 10, 14)])
    .execute();
  for (const finding of SEED_FINDINGS) await seedFinding(db, finding);
}

/** Writes a finding as the detector does, with whom it concerns. */
export async function seedFinding(db: Db, finding: Finding): Promise<void> {
  const { id, rule, scope, subject, key, severity, outcome, from, to } = finding;
  await db
    .insertInto('findings')
    .values({
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
      title: finding.title,
      family: finding.family,
      severity_rank: SEVERITIES.indexOf(severity),
    })
    .execute();
  if (finding.contractors.length === 0) return;
  await db
    .insertInto('finding_contractors')
    .values(finding.contractors.map((of) => ({ finding: id, contractor: of })))
    .execute();
}

/** A run of news about one finding after another. */
export function manyNews(count: number): FeedNews[] {
  return Array.from({ length: count }, (_, index) => ({ topic: 'finding', ref: `finding-${index}` }));
}

const EPOCH = '0123456789abcdef0123456789abcdef';

export const SEED_FINDINGS: readonly Finding[] = [
  finding({
    id: 'f-tool',
    rule: 'unapproved-remote-tool',
    title: 'Remote-access tool that nobody approved',
    subject: 'ada',
    contractors: ['ada'],
    severity: 'high',
    spans: ['2', '1', '999'],
    updatedAt: '2026-03-02T15:30:00.000Z',
  }),
  finding({
    id: 'f-place',
    rule: 'shared-egress',
    title: 'Unrelated contractors behind one address',
    family: 'egress',
    scope: 'place',
    subject: 'egress:198.51.100.7',
    contractors: ['ada', 'ben'],
    severity: 'critical',
    spans: ['1', '5'],
    updatedAt: '2026-03-02T15:30:00.000Z',
  }),
  finding({
    id: 'f-expected',
    rule: 'unapproved-remote-tool',
    title: 'Remote-access tool that nobody approved',
    subject: 'ben',
    contractors: ['ben'],
    severity: 'medium',
    spans: [],
    outcome: 'expected',
    outcomeReason: 'Exception 7 covers it',
    updatedAt: '2026-03-02T15:00:00.000Z',
  }),
  finding({
    id: 'f-hostile',
    rule: 'undeclared',
    title: 'Nothing was declared',
    family: 'identity',
    subject: 'cleo',
    contractors: ['cleo'],
    severity: 'low',
    spans: [],
    reason: HOSTILE,
    updatedAt: '2026-03-01T20:00:00.000Z',
  }),
];

interface SeedSpan {
  readonly endpoint: string;
  readonly contractor: string;
  readonly from: Instant;
  readonly to?: Instant;
  readonly fact: Fact;
}

const chicago: Fact = {
  kind: 'egress',
  ip: '198.51.100.7',
  country: 'US',
  region: 'Illinois',
  city: 'Chicago',
  lat: 41.88,
  lon: -87.63,
  radiusKm: 20,
  asn: 64500,
  org: 'Example Cable',
  networkClass: 'residential',
};

const platform: Fact = {
  kind: 'platform',
  os: 'windows',
  name: 'Windows 11 Pro',
  version: '10.0.26100',
  arch: 'x64',
  chassis: 'laptop',
  bootedAt: '2026-03-02T13:58:00.000Z',
};

const agent: Fact = {
  kind: 'agent',
  version: '0.1.0',
  catalog: '2026.11.22',
  policy: 'default',
  boot: 'boot-1',
  probes: { tools: 'ok', sessions: 'ok', usb: 'denied' },
};

/** In order of their ids, which start at 1. */
const SPANS: readonly SeedSpan[] = [
  { endpoint: 'laptop-1', contractor: 'ada', from: '2026-03-02T14:00:00.000Z', fact: chicago },
  {
    endpoint: 'laptop-1',
    contractor: 'ada',
    from: '2026-03-02T15:10:00.000Z',
    fact: {
      kind: 'tool',
      tool: 'anydesk',
      category: 'remote-access',
      state: 'running',
      signs: [{ by: 'process', name: 'anydesk' }],
      version: '9.0.4',
      unattended: true,
    },
  },
  { endpoint: 'laptop-1', contractor: 'ada', from: '2026-03-02T14:00:00.000Z', fact: presence('c-1') },
  {
    endpoint: 'laptop-1',
    contractor: 'ada',
    from: '2026-03-02T15:59:00.000Z',
    to: '2026-03-02T15:59:30.000Z',
    fact: { kind: 'egress', ip: '203.0.113.9', country: 'DE', networkClass: 'vpn' },
  },
  { endpoint: 'laptop-2', contractor: 'ben', from: '2026-03-02T14:05:00.000Z', fact: chicago },
  { endpoint: 'laptop-2', contractor: 'ben', from: '2026-03-02T14:05:00.000Z', fact: presence('c-2') },
  { endpoint: 'laptop-1', contractor: 'ada', from: '2026-03-02T14:00:01.000Z', fact: platform },
  { endpoint: 'laptop-1', contractor: 'ada', from: '2026-03-02T14:00:01.000Z', fact: agent },
  {
    endpoint: 'laptop-3',
    contractor: 'cleo',
    from: '2026-03-01T13:00:00.000Z',
    to: '2026-03-01T20:00:00.000Z',
    fact: { kind: 'egress', ip: '203.0.113.80', networkClass: 'hosting', org: HOSTILE },
  },
  {
    endpoint: 'laptop-3',
    contractor: 'cleo',
    from: '2026-03-01T13:00:00.000Z',
    to: '2026-03-01T20:00:00.000Z',
    fact: presence('c-3'),
  },
  {
    endpoint: 'laptop-3',
    contractor: 'cleo',
    from: '2026-03-01T13:00:00.000Z',
    to: '2026-03-01T20:00:00.000Z',
    fact: {
      kind: 'session',
      user: HOSTILE,
      method: 'rdp',
      from: '192.0.2.44',
      startedAt: '2026-03-01T13:00:00.000Z',
    },
  },
];

function presence(connection: string): Fact {
  return { kind: 'presence', connection };
}

function spanRow(
  { endpoint, contractor, from, to, fact }: SeedSpan,
  index: number,
): Insertable<Tables['spans']> {
  const seen = fact.kind === 'egress' || fact.kind === 'presence';
  return {
    endpoint,
    contractor,
    kind: fact.kind,
    key: factKey(fact),
    source: seen ? 'collector' : 'agent',
    from,
    to: to ?? null,
    from_raw: seen ? null : from,
    epoch: seen ? null : EPOCH,
    seq: seen ? null : index + 1,
    fact: JSON.stringify(fact),
  };
}

function contractor(
  id: string,
  label: string,
  declaration: Declaration | undefined,
): Insertable<Tables['contractors']> {
  return {
    id,
    label,
    declaration: declaration ? JSON.stringify(declaration) : null,
    updated_at: '2026-01-05T00:00:00.000Z',
  };
}

function endpoint(id: string, of: string): Insertable<Tables['endpoints']> {
  return {
    id,
    contractor: of,
    hostname: `${id}.example.com`,
    public_key: id.padEnd(43, 'A'),
    agent_version: '0.1.0',
    enrolled_at: '2026-01-05T15:00:00.000Z',
    last_seen_at: SEED_NOW,
    revoked_at: null,
  };
}

function batch(of: string, first: number, last: number): Insertable<Tables['batches']> {
  const filler = { prev: 'A'.repeat(43), hash: 'B'.repeat(43), signature: 'C'.repeat(86) };
  return {
    endpoint: of,
    epoch: EPOCH,
    first,
    last,
    ...filler,
    offset_ms: 0,
    received_at: SEED_NOW,
    payload: new Uint8Array(),
  };
}

function finding(
  given: Pick<
    Finding,
    'id' | 'rule' | 'title' | 'subject' | 'contractors' | 'severity' | 'spans' | 'updatedAt'
  > &
    Partial<Finding>,
): Finding {
  return {
    family: 'remote-access',
    scope: 'contractor',
    key: given.id,
    reason: 'AnyDesk runs; approved: none',
    arithmetic: [
      { label: 'approved tools', value: 'none' },
      { label: 'running tool', value: 'anydesk' },
    ],
    from: '2026-03-01T13:00:00.000Z',
    to: null,
    outcome: 'open',
    foundAt: '2026-03-01T13:00:00.000Z',
    ...given,
  };
}
