import { first } from './0001-first.ts';
import { views } from './0002-views.ts';
import { judging } from './0003-judging.ts';
import { trust } from './0004-trust.ts';
import { ledger } from './0006-ledger.ts';
import { lean } from './0007-lean.ts';
import { places } from './0008-places.ts';
import { cases } from './0009-cases.ts';
import { proposals } from './0010-proposals.ts';
import { accounts } from './0011-accounts.ts';
import { triage } from './0012-triage.ts';
import { history } from './0016-history.ts';

/** Forward only, in this order; the position is the schema's version. */
export const MIGRATIONS: readonly (readonly string[])[] = [
  first,
  views,
  judging,
  trust,
  ledger,
  lean,
  places,
  cases,
  proposals,
  accounts,
  triage,
  history,
];
