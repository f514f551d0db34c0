import { FACT_KIND_LABELS } from '../../shared/fact-kinds.ts';
import type { Instant } from '../../shared/time.ts';
import { heldAbout, spansHeld } from '../store/held.ts';
import type { Db } from '../store/store.ts';
import type { Retention } from './retention-config.ts';

type Row = readonly string[];

export interface ReportSection {
  readonly title: string;
  readonly about: string;
  readonly columns: Row;
  readonly rows: Iterable<Row> | AsyncIterable<Row>;
}

export interface PersonReport {
  readonly contractor: string;
  readonly at: Instant;
  readonly sections: readonly ReportSection[];
}

export interface ReportAsk {
  readonly contractor: string;
  readonly at: Instant;
  readonly retention: Retention;
}

/** Everything held about one person, in tables for them to read; spans are read as they are written out. Throws NOT_FOUND. */
export async function personReport(db: Db, { contractor, at, retention }: ReportAsk): Promise<PersonReport> {
  const held = await heldAbout(db, contractor);
  const looks = held.actions.filter(({ action }) => isLook(action));
  const acts = held.actions.filter(({ action }) => !isLook(action));
  const { label, declaration, updated_at } = held.contractor;
  const sections: readonly ReportSection[] = [
    {
      title: 'Who',
      about: 'The name that is shown, and what was declared of this person last.',
      columns: ['Id', 'Name', 'Declared', 'Last changed'],
      rows: [[contractor, label ?? '', declared(declaration), updated_at]],
    },
    {
      title: 'What was declared earlier',
      about: 'Each declaration from the moment when it was told, and who told it.',
      columns: ['Known from', 'Declared', 'Told by'],
      rows: held.declarations.map((one) => [one.known_from, declared(one.declaration), one.actor]),
    },
    {
      title: 'How long it is kept',
      about:
        'Days after which each kind of data is removed. What a legal hold, an open case or an open finding rests on stays longer.',
      columns: ['Kind of data', 'Days'],
      rows: Object.entries(retention).map(([name, days]) => [name, String(days)]),
    },
    {
      title: 'Legal holds',
      about: 'While one is in force nothing is removed.',
      columns: ['Hold', 'Placed by', 'Placed', 'Reason'],
      rows: held.holds.map((one) => [one.id, one.placedBy, one.placedAt, one.reason]),
    },
    {
      title: 'Machines',
      about: 'Machines that are assigned to this person now.',
      columns: ['Id', 'Name', 'Agent', 'Enrolled', 'Last heard of', 'Revoked'],
      rows: held.endpoints.map((one) =>
        [one.id, one.hostname, one.agent_version, one.enrolled_at, one.last_seen_at, one.revoked_at].map(
          textOf,
        ),
      ),
    },
    {
      title: 'When which machine was this person’s',
      about: 'Only what a machine told in this time counts as this person’s.',
      columns: ['Machine', 'Since', 'Until'],
      rows: held.tenures.map(({ endpoint, since, until }) => [
        endpoint,
        since ?? 'the start',
        until ?? 'now',
      ]),
    },
    {
      title: 'Sealed evidence',
      about: 'What these machines told, exactly as they sealed it. The same is in the next table, in words.',
      columns: ['Machine', 'Deliveries', 'First', 'Last'],
      rows: held.evidence.map((one) => [one.endpoint, one.batches, one.from, one.until].map(textOf)),
    },
    {
      title: 'What was observed',
      about:
        'Told by the machine (agent), or seen by the collector at the connection. Without an end it goes on.',
      columns: ['From', 'To', 'Machine', 'What', 'Told by', 'Details'],
      rows: observed(db, contractor),
    },
    {
      title: 'Findings',
      about: 'Contradictions between what was declared and what was observed, also those that are over.',
      columns: ['Found', 'Last changed', 'Finding', 'Because', 'Severity', 'Outcome', 'Status'],
      rows: held.findings.map((one) =>
        [one.found_at, one.updated_at, one.title, one.reason, one.severity, one.outcome, one.status].map(
          textOf,
        ),
      ),
    },
    {
      title: 'Cases',
      about: 'Findings that people look into together.',
      columns: ['Case', 'Status', 'Opened', 'Last changed'],
      rows: held.cases.map((one) => [one.id, one.status, one.opened_at, one.updated_at]),
    },
    {
      title: 'Exceptions',
      about: 'What this person was permitted, by whom.',
      columns: ['Exception'],
      rows: held.exceptions.map((one) => [words(one)]),
    },
    {
      title: 'Who looked',
      about:
        'Who opened this person’s page, machines, findings or cases, or had this report made. Looks of one session within ten minutes count once.',
      columns: ['When', 'Who', 'From', 'At what', 'Which'],
      rows: looks.map((one) => [
        one.at,
        one.actor,
        one.source,
        one.action.replace(/\.view$/, ''),
        one.subject,
      ]),
    },
    {
      title: 'What people did',
      about: 'Everything else on the action log about this person, their machines, findings and cases.',
      columns: ['When', 'Who', 'From', 'Action', 'On', 'More'],
      rows: acts.map((one) => [
        one.at,
        one.actor,
        one.source,
        one.action,
        one.subject,
        words(JSON.parse(one.detail)),
      ]),
    },
    {
      title: 'Removed already',
      about: 'What was purged after its time, or erased. Signed tombstones of it remain.',
      columns: ['Kind of data', 'Why', 'Rows', 'Oldest', 'Youngest', 'Removed'],
      rows: held.tombstones.map((one) => [
        one.class,
        one.cause,
        String(one.rows),
        one.from,
        one.until,
        one.at,
      ]),
    },
  ];
  return { contractor, at, sections };
}

function isLook(action: string): boolean {
  return action.endsWith('.view') || action === 'contractor.report';
}

const KINDS: ReadonlyMap<string, string> = new Map(FACT_KIND_LABELS);

async function* observed(db: Db, contractor: string): AsyncGenerator<Row> {
  for await (const { from, to, endpoint, kind, source, fact } of spansHeld(db, contractor)) {
    const { kind: _, ...about } = JSON.parse(fact);
    yield [from, to ?? '', endpoint, KINDS.get(kind) ?? kind, source, words(about)];
  }
}

function declared(json: string | null): string {
  return json === null ? 'nothing' : words(JSON.parse(json));
}

/** `{clientName: 'x', signs: [{by: 'y'}]}` as "client name: x; signs: by: y". */
function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(', ');
  if (typeof value !== 'object' || value === null) return textOf(value);
  return Object.entries(value)
    .filter(([, one]) => one !== null && one !== undefined)
    .map(
      ([name, one]) => `${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}: ${words(one)}`,
    )
    .join('; ');
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
