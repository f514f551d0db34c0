import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import { problemsOf } from '../../shared/problems.ts';
import {
  type Change,
  type Decision,
  PROPOSAL_STATUSES,
  type Proposal,
  requestSchema,
} from '../../shared/proposal.ts';
import { instant } from '../../shared/time.ts';
import { openCatalog } from '../catalog/additions-file.ts';
import { readConfig } from '../config.ts';
import { RULES } from '../detect/rules/index.ts';
import { configuredSettings } from '../detector/configured-settings.ts';
import { type Proposed, proposedChanges } from '../detector/proposed.ts';
import { openLog } from '../log.ts';
import { type By, decide, findProposal, proposals, propose } from '../store/proposals.ts';
import { openStore, type Store } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const proposal: Command = {
  usage: `farhand proposal list [--status pending|approved|rejected|ended]
farhand proposal exception --contractor id --from day --until day --reason text
                           [--tool id] [--country US] [--network cidr] [--place place] [--rule id]
farhand proposal settings <rule> --file settings.json --reason text
farhand proposal preview <id>
farhand proposal approve|reject|end <id> --reason text

An exception permits something to one contractor for a time; where it names several things, all must hold. Settings replace a
rule's own; {} gives the defaults back. Neither does anything until another person approves it. \`preview\` judges the last 30 days
anew and prints which findings would go (-), come (+) or change (~). \`end\` stops what was approved, at once.
Moments are days such as 2026-03-02 (from its start, in UTC) or full times such as 2026-03-02T14:00:00.000Z.
Everywhere: [--config file] [--data-dir folder]

Example: farhand proposal exception --contractor ada --tool anydesk --from 2026-03-02 --until 2026-03-06 --reason "support week"`,
  async run(args) {
    const { values, positionals } = optionsOf(args, OPTIONS, true);
    const [form, id] = positionals;
    const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
    await using store = await openStore(config.dataDir);
    const log = openLog('warn');
    const proposed = proposedChanges({
      db: store.db,
      rules: RULES,
      catalog: await openCatalog(config.dataDir, log),
      configured: configuredSettings(config),
      clock: Date.now,
      log,
    });
    const context = { store, proposed };
    switch (form) {
      case 'list':
        return print((await proposals(store.db, { status: statusOf(values.status) })).map(lineOf).join(''));
      case 'exception':
        return print(lineOf(await asked(context, exceptionIn(values), values.reason)));
      case 'settings':
        return print(lineOf(await asked(context, settingsIn(id, values.file), values.reason)));
      case 'preview':
        return print(await previewOf(context, named(id)));
      case 'approve':
      case 'reject':
      case 'end':
        return print(lineOf(await answered(store, named(id), { decide: form, reason: values.reason ?? '' })));
      default:
        throw new CodedError('USAGE', { reason: `there is no proposal ${form ?? ''}` });
    }
  },
};

const OPTIONS = {
  status: { type: 'string' },
  contractor: { type: 'string' },
  tool: { type: 'string' },
  country: { type: 'string' },
  network: { type: 'string' },
  place: { type: 'string' },
  rule: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  file: { type: 'string' },
  reason: { type: 'string' },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
} as const;

type Values = Readonly<Partial<Record<keyof typeof OPTIONS, string>>>;

interface Context {
  readonly store: Store;
  readonly proposed: Proposed;
}

async function asked({ store, proposed }: Context, change: unknown, reason = ''): Promise<Proposal> {
  const parsed = z.safeParse(requestSchema, { change, reason });
  if (!parsed.success) throw new CodedError('USAGE', { reason: problemsOf(parsed.error) });
  await proposed.check(parsed.data.change);
  return store.db.transaction().execute((trx) => propose(trx, parsed.data, byNow()));
}

async function answered(store: Store, id: string, decision: Decision): Promise<Proposal> {
  if (decision.reason === '') throw new CodedError('USAGE', { reason: '--reason is needed' });
  return store.db.transaction().execute((trx) => decide(trx, id, { decision, by: byNow() }));
}

async function previewOf({ store, proposed }: Context, id: string): Promise<string> {
  const found = await findProposal(store.db, id);
  if (!found) throw new CodedError('NOT_FOUND', { proposal: id });
  const changes = await proposed.preview(found.change);
  const lines = changes.map(({ change, outcome, with: would }) => {
    const more = would ? ` would become ${JSON.stringify(would)}` : '';
    return `${MARKS[change]} ${outcome.severity} ${outcome.outcome} ${outcome.rule} ${outcome.subject}: ${outcome.reason}${more}\n`;
  });
  return `${lineOf(found)}${lines.join('') || 'No finding of the last 30 days would change.\n'}`;
}

const MARKS = { same: ' ', changed: '~', removed: '-', added: '+' } as const;

function exceptionIn(values: Values): object {
  const { contractor, tool, country, network, place, rule } = values;
  const what = Object.entries({ contractor, tool, country, network, place, rule });
  const given = Object.fromEntries(what.filter(([, value]) => value !== undefined));
  return {
    kind: 'exception',
    permission: { ...given, from: momentOf(values.from), until: momentOf(values.until) },
  };
}

function settingsIn(rule: string | undefined, file: string | undefined): object {
  if (file === undefined) throw new CodedError('USAGE', { reason: '--file is needed' });
  try {
    const settings: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return { kind: 'settings', rule, settings };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : '';
    throw new CodedError('FILE_UNREADABLE', { file, reason }, { cause });
  }
}

function momentOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00.000Z` : text;
}

function statusOf(text: string | undefined): Proposal['status'] | undefined {
  const status = PROPOSAL_STATUSES.find((known) => known === text);
  if (text !== undefined && !status) throw new CodedError('USAGE', { reason: `there is no status ${text}` });
  return status;
}

function named(id: string | undefined): string {
  if (id === undefined)
    throw new CodedError('USAGE', { reason: 'name a proposal; `farhand proposal list` shows them' });
  return id;
}

function lineOf({ id, status, change, requestedBy, decidedBy, reason }: Proposal): string {
  const who = decidedBy === undefined ? requestedBy : `${requestedBy}, decided by ${decidedBy}`;
  return `${id}  ${status}  ${whatOf(change)}  (${who}: ${reason})\n`;
}

function whatOf(change: Change): string {
  if (change.kind === 'settings') return `settings of ${change.rule} ${JSON.stringify(change.settings)}`;
  const { contractor, from, until, ...what } = change.permission;
  const named = Object.entries(what).map(([name, value]) => `${name} ${value}`);
  return `exception for ${contractor}: ${named.join(', ')}, from ${from} until ${until}`;
}

function byNow(): By {
  return { ...commandLine(), at: instant(Date.now()) };
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
