import { expect, test } from 'vitest';
import { readConfig } from '../../../server/config.ts';
import { examine } from '../../../server/doctor/examine.ts';
import { openLog } from '../../../server/log.ts';
import { reportHtml } from '../../../server/retention/report-html.ts';
import { signerIn } from '../../../server/retention/signer.ts';
import { asOf } from '../../../server/store/as-of.ts';
import { erase } from '../../../server/store/erase.ts';
import { heldAbout } from '../../../server/store/held.ts';
import { placeHold, releaseHold } from '../../../server/store/holds.ts';
import { openStore } from '../../../server/store/store.ts';
import { ANYDESK, began } from '../../support/raw-agent.ts';
import { telling } from '../../support/telling.ts';
import { tempDir } from '../../support/temp-dir.ts';

const AT = '2026-03-02T14:00:00.000Z';
const LATER = '2026-03-05T14:00:00.000Z';
const by = (actor: string) => ({ actor, source: 'cli', at: LATER });

test('two people erase a person, not under a hold, and what is left verifies and says so', async () => {
  using folder = tempDir();
  await using store = await openStore(folder.path);
  const { db } = store;
  const signer = signerIn(folder.path, AT);
  await using laptop = await telling(store, { at: AT });
  await laptop.tell([began(ANYDESK)], AT);
  const asks = (actor: string) => erase(db, 'ada', { reason: 'they asked', by: by(actor), signer });

  const { id } = await placeHold(db, { scope: 'contractor', subject: 'ada', reason: 'matter' }, by('iris'));
  await expect(asks('iris')).rejects.toMatchObject({ code: 'LEGAL_HOLD' });
  await releaseHold(db, id, { reason: 'over', by: by('iris') });
  await releaseHold(db, id, { reason: 'over', by: by('otto') });

  expect(reportHtml('ada', await heldAbout(db, 'ada'))).toContain('anydesk');
  expect(await asks('iris')).toEqual({ outcome: 'asked' });
  await expect(asks('iris')).rejects.toMatchObject({ code: 'FOUR_EYES' });
  expect(await asks('otto')).toMatchObject({ outcome: 'erased', rows: { evidence: 1, spans: 1 } });

  const text = reportHtml('ada', await heldAbout(db, 'ada'));
  expect([text.includes('anydesk'), text.includes('contractor.erase')]).toEqual([false, true]);
  expect(await asOf(db, 'ada', AT)).toMatchObject({
    complete: false,
    spans: [],
    note: expect.stringContaining('erased'),
  });
  const config = readConfig({ env: {}, flags: { dataDir: folder.path } });
  const examined = await examine({ db, config, now: Date.parse(LATER), log: openLog('silent'), all: true });
  const verdicts = Object.fromEntries(examined.map(({ check, verdict }) => [check, verdict]));
  expect(verdicts).toMatchObject({ evidence: 'fine', tombstones: 'fine', 'action log': 'fine' });
});
