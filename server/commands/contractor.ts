import { writeFileSync } from 'node:fs';
import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { collectorKeys } from '../audit/collector-keys.ts';
import { readConfig } from '../config.ts';
import { erase } from '../retention/erase.ts';
import { reportHtml } from '../retention/report-html.ts';
import { appendAction } from '../store/actions.ts';
import { askErasure } from '../store/erasures.ts';
import { heldAbout } from '../store/held.ts';
import { openStore } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const contractor: Command = {
  usage: `farhand contractor report <id> --out file.html|file.json
farhand contractor erase <id> --reason text

"report" writes everything held about one person, and how long it is kept, to hand over. "erase" removes it: the first call asks, and it
happens when another person calls it too. Refused under a legal hold. Label, declarations, spans, findings and cases of this person alone
go, and the payloads of evidence, whose seals stay, also of machines that are another's now, for the time when they were this person's;
machines and enrollment tokens are revoked. What tells of other people too stays, and so do the action log and exceptions with the id: they
are the record of who did and permitted what. Audit packs and backups that were made before are not changed. Signed tombstones say how much
went. It may be stopped at any moment: the collector, or another call, goes on.
Everywhere: [--config file] [--data-dir folder]

Example: farhand contractor report ada --out ada.html`,
  async run(args) {
    const { values, positionals } = optionsOf(args, OPTIONS, true);
    const [form, id] = positionals;
    if (id === undefined) throw new CodedError('USAGE', { reason: 'name a contractor' });
    const { dataDir, retention } = readConfig({
      file: values.config,
      flags: { dataDir: values['data-dir'] },
    });
    await using store = await openStore(dataDir);
    const by = { ...commandLine(), at: instant(Date.now()) };
    if (form === 'report') {
      const { out } = values;
      if (!out?.match(/\.(html|json)$/))
        throw new CodedError('USAGE', { reason: '--out file.html or file.json' });
      const report = await store.db.transaction().execute(async (trx) => {
        await appendAction(trx, { ...by, action: 'contractor.report', subject: id, detail: { out } });
        return { at: by.at, 'kept for days': [retention], ...(await heldAbout(trx, id)) };
      });
      const text = out.endsWith('.json') ? `${JSON.stringify(report, null, 2)}\n` : reportHtml(id, report);
      writeFileSync(out, text, { mode: 0o600 });
      return print(`${out} holds what is held about ${id}.`);
    }
    if (form !== 'erase') throw new CodedError('USAGE', { reason: `there is no contractor ${form ?? ''}` });
    const { reason = '' } = values;
    if (reason === '') throw new CodedError('USAGE', { reason: '--reason is needed' });
    const asked = await store.db.transaction().execute((trx) => askErasure(trx, id, { reason, by }));
    if (!asked.approved) return print(`${id} is erased when another person says so too.`);
    const signer = collectorKeys(dataDir, by.at);
    const came = await erase({ store, clock: Date.now, signer }, id);
    return print(
      came === 'done'
        ? `${id} is erased.`
        : `${id} is under a legal hold: the erasure goes on when that is released.`,
    );
  },
};

const OPTIONS = {
  out: { type: 'string' },
  reason: { type: 'string' },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
} as const;

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
