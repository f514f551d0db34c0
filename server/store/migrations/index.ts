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
import { contractor } from './0013-contractor.ts';
import { fleet } from './0014-fleet.ts';
import { audit } from './0015-audit.ts';
import { history } from './0016-history.ts';
import { overview } from './0017-overview.ts';
import { placesByVisitor } from './0018-places.ts';
import { schedules } from './0019-schedules.ts';

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
  contractor,
  fleet,
  audit,
  history,
  overview,
  placesByVisitor,
  schedules,
];
