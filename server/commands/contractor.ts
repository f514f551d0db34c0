import { writeFileSync } from 'node:fs';
import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { readConfig } from '../config.ts';
import { reportHtml } from '../retention/report-html.ts';
import { signerIn } from '../retention/signer.ts';
import { appendAction } from '../store/actions.ts';
import { erase } from '../store/erase.ts';
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
go, and the payloads of evidence, whose seals stay; the endpoints are revoked. What tells of other people too stays, and so does the action
log with the id: it is the record of who did what. Signed tombstones say how much went.
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
    const signer = signerIn(dataDir, by.at);
    const erased = await store.db.transaction().execute((trx) => erase(trx, id, { reason, by, signer }));
    return print(
      erased.outcome === 'asked'
        ? `${id} is erased when another person says so too.`
        : `${id} is erased: ${JSON.stringify(erased.rows)}`,
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
