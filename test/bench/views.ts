import { sql } from 'kysely';
import { contractorsPage } from '../../server/store/contractor-lists.ts';
import { endpointsPage, fleetInNumbers } from '../../server/store/fleet-views.ts';
import { findPlaces, placeGraph } from '../../server/store/place-lists.ts';
import { proposalRows } from '../../server/store/proposal-views.ts';
import { ruleCounts } from '../../server/store/rule-views.ts';
import { type Db, openStore } from '../../server/store/store.ts';
import { instant } from '../../shared/time.ts';
import { tempDir } from '../support/temp-dir.ts';
import { type Measurement, quantile, rounded } from './measure.ts';

const ENDPOINTS = 10_000;
const SPANS = 1_000_000;
const FINDINGS = 50_000;
const ROUNDS = 30;
const NOW = Date.parse('2026-03-02T16:00:00.000Z');

/** What the views of fleet, places, rules and exceptions ask of a store of 10,000 endpoints, 1,000,000 spans and 50,000 findings. */
export async function benchViews(): Promise<readonly Measurement[]> {
  using folder = tempDir();
  await using store = await openStore(folder.path);
  const { db } = store;
  await fill(db);
  const now = instant(NOW);
  const deep = (await endpointsPage(db, { limit: 100, sort: 'enrolled' }, now)).next ?? undefined;
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    'endpoints, first page of 100': () => endpointsPage(db, { limit: 100 }, now),
    'endpoints, next page by enrollment': () =>
      endpointsPage(db, { limit: 100, sort: 'enrolled', ...(deep && { cursor: deep }) }, now),
    'endpoints, silent, not seen for longest': () =>
      endpointsPage(db, { limit: 100, state: 'silent', sort: 'seen' }, now),
    'endpoints, one probe denied': () =>
      endpointsPage(db, { limit: 100, probe: 'peripheral', health: 'denied' }, now),
    'endpoints, part of a name': () => endpointsPage(db, { limit: 100, q: 'host-99' }, now),
    'fleet in numbers': () => fleetInNumbers(db, now),
    'contractors, first page of 100': () => contractorsPage(db, { limit: 100 }),
    'contractors, part of a label': () => contractorsPage(db, { limit: 50, q: 'person 99' }),
    'places, shared, first page of 50': () => findPlaces(db, { visitors: 2 }, now),
    'graph of places': () => placeGraph(db, {}),
    'rules with open findings': () => ruleCounts(db),
    'proposals with what they cover': () => proposalRows(db, {}),
  };
  const rows: Measurement[] = [];
  for (const [what, ask] of Object.entries(asked)) {
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = performance.now();
      await ask();
      took.push(performance.now() - start);
    }
    rows.push({ what, result: `p95 ${rounded(quantile(took, 0.95), 1)} ms`, goal: 'p95 ≤ 100 ms' });
  }
  return rows;
}

/** Every third place is shared by two or three; every hundredth agent may not look at USB; every twentieth endpoint is silent. */
async function fill(db: Db): Promise<void> {
  const count = (most: number) =>
    sql`with recursive n(i) as (select 0 union all select i + 1 from n where i < ${most - 1})`;
  const at = (seconds: string) =>
    sql`strftime('%Y-%m-%dT%H:%M:%S.000Z', '2026-03-02 16:00:00', '-' || (${sql.raw(seconds)}) || ' seconds')`;
  const statements = [
    sql`insert into contractors (id, label, declaration, updated_at)
      ${count(ENDPOINTS)} select 'c-' || i, 'Person ' || i, '{"countries":["US"],"timezone":"America/Chicago"}', ${at('0')} from n`,
    sql`insert into endpoints (id, contractor, hostname, public_key, agent_version, enrolled_at, last_seen_at)
      ${count(ENDPOINTS)} select 'ep-' || i, 'c-' || i, 'host-' || i, 'key-' || i, '0.' || (i % 4) || '.0',
        ${at('8640000 - i')}, case when i % 20 = 0 then ${at('864000 + i')} else ${at('i % 600')} end from n`,
    sql`insert into spans (endpoint, contractor, kind, key, source, "from", "to", fact)
      ${count(ENDPOINTS)} select 'ep-' || i, 'c-' || i, 'presence', 'presence', 'collector', ${at('3600')}, null,
        '{"kind":"presence","connection":"c"}' from n where i % 20 > 1`,
    sql`insert into spans (endpoint, contractor, kind, key, source, "from", "to", fact)
      ${count(ENDPOINTS)} select 'ep-' || i, 'c-' || i, 'agent', 'agent', 'agent', ${at('86400')}, null,
        json_object('kind', 'agent', 'version', '0.1.0', 'catalog', '2026.11.22', 'policy', 'default', 'boot', 'b-' || i,
          'probes', json_object('activity', 'ok', 'clock', 'ok', 'control', 'ok', 'display', 'ok', 'listener', 'ok',
            'network', 'ok', 'peripheral', iif(i % 100 = 0, 'denied', 'ok'), 'platform', 'ok', 'proxy', 'ok', 'session', 'ok',
            'suspend', 'ok', 'tool', 'ok', 'tunnel', 'ok')) from n`,
    sql`insert into spans (endpoint, contractor, kind, key, source, "from", "to", fact)
      ${count(SPANS - 2 * ENDPOINTS)} select 'ep-' || (i % ${ENDPOINTS}), 'c-' || (i % ${ENDPOINTS}),
        iif(i < 200000, 'egress', 'tool'), 'key-' || i, 'collector', ${at('2592000 - i / 4')}, ${at('2592000 - i / 4 - 600')},
        '{"kind":"egress","ip":"198.51.100.7","country":"US","networkClass":"residential"}' from n`,
    sql`insert into visits (span, place, contractor, endpoint, "from", "to", network_class)
      select id, 'egress:2001:db8:' || ((id % ${ENDPOINTS}) / iif(id % 3 = 0, 3, 1)) || '::/64', contractor, endpoint, "from", "to",
        'residential' from spans where kind = 'egress'`,
    sql`insert into findings (id, rule, scope, subject, key, severity, outcome, "from", "to", found_at, updated_at, body)
      ${count(FINDINGS)} select 'f-' || i, 'rule-' || (i % 36), 'contractor', 'c-' || (i % ${ENDPOINTS}), 'k-' || i, 'medium',
        iif(i % 10 = 0, 'expected', 'open'), ${at('i')}, null, ${at('i')}, ${at('i')},
        json_object('id', 'f-' || i, 'reason', ${'x'.repeat(600)}, 'outcomeReason', 'exception pr-' || (i % 500) || ': agreed') from n`,
    sql`insert into proposals (id, kind, subject, status, requested_at, body)
      ${count(500)} select 'pr-' || i, 'exception', 'c-' || i, 'approved', ${at('i')}, json_object('id', 'pr-' || i,
        'status', 'approved', 'change', json_object('kind', 'exception', 'permission', json_object('contractor', 'c-' || i))) from n`,
  ];
  for (const statement of statements) await statement.execute(db);
}
