import * as store from '../store/pack-rows.ts';
import { actionLog, dayHeads } from './chain-tables.ts';
import { coverageTable } from './coverage-table.ts';
import { REDACTED } from './redaction.ts';
import { columns, listed, mapped, type Table } from './table.ts';
import type { TableSource } from './table-source.ts';

/**
 * The tables of a pack, in the order in which they are written: keys, gaps and chains come before the evidence that is checked against
 * them. A further table is one more entry.
 */
export const TABLES: readonly ((source: TableSource) => Table)[] = [
  collectorKeyTable,
  tombstones,
  dayRootTable,
  dayHeads,
  actionLog,
  contractors,
  endpoints,
  gaps,
  rules,
  proposals,
  cases,
  findings,
  triage,
  findingVersions,
  declarationVersions,
  spans,
  coverageTable,
  intelVersions,
];

function collectorKeyTable({ keys }: TableSource): Table {
  return {
    name: 'collector-keys',
    describes:
      'Every key with which this collector ever signed, oldest first. Each vouches for the next with its last signature.',
    columns: columns(
      'publicKey Raw Ed25519 key, base64url',
      'from:instant Since when it signs',
      'until:instant Until when it signed; null for the one in use',
      'vouchedBy The key before it',
      'voucher That key’s signature over this one',
    ),
    rows: () =>
      listed(
        keys.map(({ publicKey, from, until, vouchedBy, voucher }) => ({
          publicKey,
          from,
          until,
          vouchedBy,
          voucher,
        })),
      ),
  };
}

function tombstones({ db, range }: TableSource): Table {
  return {
    name: 'tombstones',
    describes:
      'What was purged after its time or erased, each signed by the collector: how much, of when, and where chains go on.',
    columns: columns(
      'id:integer Tombstone',
      'class Class of data',
      'contractor Whose; null where several went together',
      'from:instant Oldest that went',
      'until:instant Youngest that went',
      'at:instant When it went',
      'body All of it, exactly as it was signed',
      'publicKey The collector’s key',
      'signature Its signature',
    ),
    rows: () =>
      mapped(store.tombstoneRowsIn(db, range), ({ key_id, signature, ...row }) => {
        const { id, class: kind, contractor, from, until, at, body } = row;
        return { id, class: kind, contractor, from, until, at, body, publicKey: key_id, signature };
      }),
  };
}

function dayRootTable({ days }: TableSource): Table {
  return {
    name: 'day-roots',
    describes:
      'One signed root for each UTC day that is over, since the collector began. Each holds the hash of the one before, so none can be changed, left out or added later without changing all that follow.',
    columns: columns(
      'day UTC day',
      'batchesThrough:integer The last batch that arrived by then',
      'actionsThrough:integer The last row of the action log by then',
      'actions:integer Rows of the action log on that day',
      'actionsRoot Merkle root of their hashes',
      'heads:integer Spools that delivered on that day',
      'headsRoot Merkle root of where their chains stood',
      'prev Hash of the day before',
      'hash SHA-256 of all of this',
      'publicKey The collector’s key',
      'signature Its signature',
    ),
    rows: () =>
      listed(
        days.map(({ day, batchesThrough, actionsThrough, actions, actionsRoot, ...root }) => {
          const { heads, headsRoot, prev, hash, publicKey, signature } = root;
          return {
            ...{ day, batchesThrough, actionsThrough, actions, actionsRoot },
            ...{ heads, headsRoot, prev, hash, publicKey, signature },
          };
        }),
      ),
  };
}

function contractors({ db, range, redaction, scope }: TableSource): Table {
  return {
    name: 'contractors',
    describes: 'Whom the pack is about, and what they declared as it stood when the pack was made.',
    columns: columns(
      'id Contractor',
      'label What people call them',
      'declaration:json What they declared; null when nothing was',
      'updatedAt:instant When that was last changed',
    ),
    rows: () =>
      mapped(store.contractorRowsIn(db, range), ({ id, label, declaration, updated_at }) => ({
        id,
        label: label !== null && scope.redact ? REDACTED : label,
        declaration: redaction.deep(json(declaration)),
        updatedAt: updated_at,
      })),
  };
}

function endpoints({ db, range, scope, redaction }: TableSource): Table {
  return {
    name: 'endpoints',
    describes: 'Enrolled machines, with the keys by which their evidence is sealed.',
    columns: columns(
      'id Endpoint',
      'contractor Whose it is',
      'hostname What the machine calls itself',
      'publicKey Raw Ed25519 key, base64url',
      'agentVersion Version of its agent',
      'enrolledAt:instant When it was enrolled',
      'lastSeenAt:instant Its last sign of life',
      'revokedAt:instant When it was revoked',
      'revokedReason Why',
      'machine Keyed hash of its serial number',
      'enrolledBefore The endpoint that this machine was before',
    ),
    rows: () =>
      mapped(store.endpointRowsIn(db, range), (row) => ({
        id: row.id,
        contractor: row.contractor,
        hostname: scope.redact ? REDACTED : row.hostname,
        publicKey: row.public_key,
        agentVersion: row.agent_version,
        enrolledAt: row.enrolled_at,
        lastSeenAt: row.last_seen_at,
        revokedAt: row.revoked_at,
        revokedReason: row.revoked_reason === null ? null : redaction.text(row.revoked_reason),
        machine: row.machine,
        enrolledBefore: row.enrolled_before,
      })),
  };
}

function gaps({ db, range, redaction }: TableSource): Table {
  return {
    name: 'gaps',
    describes: 'Holes in the evidence of these endpoints, whenever they were found, each with its cause.',
    columns: columns(
      'id:integer Row',
      'endpoint Endpoint',
      'epoch Spool',
      'first:integer First missing number',
      'last:integer Last missing number; below the first when none is missing or nobody knows how many',
      'cause Why',
      'at:instant When it was recorded',
      'detail:json What else is known',
    ),
    rows: () =>
      mapped(store.gapRowsIn(db, range), ({ id, endpoint, epoch, first, last, cause, at, detail }) => ({
        ...{ id, endpoint, epoch, first, last, cause, at },
        detail: redaction.deep(json(detail)),
      })),
  };
}

function rules({ rules: all, settings }: TableSource): Table {
  return {
    name: 'rules',
    describes: 'The rules by which this version judges, with the settings in force when the pack was made.',
    columns: columns(
      'id Rule',
      'title What it sees',
      'family Family',
      'severity Severity',
      'scope What it judges',
      'advisories:json Indicators that it answers',
      'attack:json ATT&CK techniques',
      'settings:json Settings in force',
      'blindSpots:json What it cannot see',
    ),
    rows: () =>
      listed(
        all.map(({ id, title, family, severity, scope, advisories, attack, blindSpots }) => ({
          ...{ id, title, family, severity, scope, advisories, attack },
          settings: settings.get(id) ?? {},
          blindSpots,
        })),
      ),
  };
}

function proposals({ db, range, redaction }: TableSource): Table {
  return {
    name: 'proposals',
    describes: 'Exceptions and settings of rules that were asked for: by whom, why, and who decided what.',
    columns: columns(
      'id Proposal',
      'kind `exception` or `settings`',
      'subject Contractor or rule',
      'status What became of it',
      'requestedAt:instant When it was asked for',
      'requestedBy By whom',
      'decidedAt:instant When it was decided',
      'decidedBy By whom, never who asked',
      'proposal:json All of it',
    ),
    rows: () =>
      mapped(store.proposalRowsIn(db, range), ({ id, kind, subject, status, requested_at, body }) => {
        const proposal = JSON.parse(body);
        const { requestedBy, decidedAt = null, decidedBy = null } = proposal;
        return {
          ...{ id, kind, subject, status, requestedAt: requested_at, requestedBy, decidedAt, decidedBy },
          proposal: redaction.deep(proposal),
        };
      }),
  };
}

function cases({ db, range, redaction }: TableSource): Table {
  return {
    name: 'cases',
    describes: 'Cases that were open or changed in the range, with what was decided.',
    columns: columns(
      'id Case',
      'status Where it stands',
      'openedAt:instant When it opened',
      'updatedAt:instant When it last changed',
      'case:json All of it: findings, contractors, notes, decisions',
    ),
    rows: () =>
      mapped(store.caseRowsIn(db, range), ({ id, status, opened_at, updated_at, body }) => ({
        ...{ id, status, openedAt: opened_at, updatedAt: updated_at },
        case: redaction.deep(JSON.parse(body)),
      })),
  };
}

function findings({ db, range, redaction }: TableSource): Table {
  return {
    name: 'findings',
    describes: 'Contradictions that stood or changed in the range, with the arithmetic that they rest on.',
    columns: columns(
      'id Finding',
      'rule Rule',
      'title What it sees',
      'scope `contractor` or `place`',
      'subject Whom or what it judges',
      'severity Severity',
      'outcome What became of it',
      'from:instant When the contradiction began',
      'to:instant When it ended; null while it goes on',
      'foundAt:instant When it was first found',
      'updatedAt:instant When it last changed',
      'reason In words',
      'arithmetic:json The figures that it rests on',
      'spans:json Ids of the spans that it rests on',
      'finding:json All of it',
    ),
    rows: () =>
      mapped(store.findingRowsIn(db, range), ({ id, body }) => {
        const finding = redaction.deep(JSON.parse(body));
        const { rule, title, scope, subject, severity, outcome, from, to, foundAt, updatedAt } = finding;
        const { reason, arithmetic, spans: restsOn } = finding;
        return {
          ...{ id, rule, title, scope, subject, severity, outcome, from, to, foundAt, updatedAt },
          ...{ reason, arithmetic, spans: restsOn, finding },
        };
      }),
  };
}

function triage({ db, range, redaction }: TableSource): Table {
  return {
    name: 'triage',
    describes:
      'What people did to the findings and cases of the pack, step after step until the pack was made: who took them on, what was decided and why.',
    columns: columns(
      'about `finding` or `case`',
      'subject Finding or case',
      'version:integer Which step',
      'at:instant When',
      'by By whom; `farhand` when nobody did it and the judgement changed',
      'status What it became: `new`, `investigating` or `resolved`; null when it stayed',
      'decision `confirmed`, `benign`, `false-positive` or `inconclusive`; null when nothing was decided',
      'reason Why it was decided so',
      'step:json All of it: notes and assignees too',
    ),
    rows: () =>
      mapped(store.triageRowsIn(db, range), ({ about, subject, version, body }) => {
        const step = redaction.deep(JSON.parse(body));
        const { at, by, status = null, decision = null, reason = null } = step;
        return { about, subject, version, at, by, status, decision, reason, step };
      }),
  };
}

function findingVersions({ db, range, redaction }: TableSource): Table {
  return {
    name: 'finding-versions',
    describes: 'What findings said when, version after version, as far as they changed in the range.',
    columns: columns(
      'id:integer Version',
      'finding Finding',
      'at:instant Since when it said so',
      'body:json What it said',
    ),
    rows: () =>
      mapped(store.findingVersionRowsIn(db, range), ({ id, finding, at, body }) => ({
        ...{ id, finding, at },
        body: redaction.deep(JSON.parse(body)),
      })),
  };
}

function declarationVersions({ db, range, redaction }: TableSource): Table {
  return {
    name: 'declaration-versions',
    describes: 'What contractors had declared when, version after version, up to the end of the range.',
    columns: columns(
      'id:integer Version',
      'contractor Contractor',
      'knownFrom:instant Since when it was known',
      'declaration:json What was declared; null when that was taken back',
      'actor Who brought it',
      'assumed:flag True when nothing older was kept, so that the moment is a guess',
    ),
    rows: () =>
      mapped(store.declarationVersionRowsIn(db, range), (row) => ({
        id: row.id,
        contractor: row.contractor,
        knownFrom: row.known_from,
        declaration: redaction.deep(json(row.declaration)),
        actor: redaction.text(row.actor),
        assumed: row.assumed === 1,
      })),
  };
}

function spans({ db, range, redaction }: TableSource): Table {
  return {
    name: 'spans',
    describes: 'What was true of the endpoints in the range: claimed by the agent, or seen by the collector.',
    columns: columns(
      'id:integer Span',
      'endpoint Endpoint',
      'contractor Contractor',
      'kind Kind of fact',
      'source `agent` or `collector`',
      'from:instant Since when, in the collector’s time',
      'to:instant Until when; null while it goes on',
      'fromRaw:instant The agent’s own time of that',
      'epoch Spool in whose evidence it stands',
      'seq:integer Number in it',
      'fact:json The fact',
    ),
    rows: () =>
      mapped(store.spanRowsIn(db, range), (row) => ({
        ...{
          id: row.id,
          endpoint: row.endpoint,
          contractor: row.contractor,
          kind: row.kind,
          source: row.source,
        },
        ...{ from: row.from, to: row.to, fromRaw: row.from_raw, epoch: row.epoch, seq: row.seq },
        fact: redaction.deep(JSON.parse(row.fact)),
      })),
  };
}

function intelVersions({ db, range }: TableSource): Table {
  return {
    name: 'intel-versions',
    describes: 'Which databases of places and networks answered when addresses of the range were looked up.',
    columns: columns(
      'version Databases and their dates',
      'first:instant Earliest span that they told of',
      'last:instant Latest span that they told of',
      'lookups:integer Spans that they told of',
    ),
    rows: async function* () {
      for (const { version, first, last, lookups } of await store.intelVersionsIn(db, range))
        yield { version, first, last, lookups };
    },
  };
}

function json(text: string | null): object | null {
  return text === null ? null : JSON.parse(text);
}
