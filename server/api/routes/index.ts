import type { Route } from '../route.ts';
import { accountRoutes } from './accounts.ts';
import { actionRoutes } from './actions.ts';
import { advisoryRoutes } from './advisories.ts';
import { apiTokenRoutes } from './api-tokens.ts';
import { asOfRoutes } from './as-of.ts';
import { caseRoutes } from './cases.ts';
import { contractorRoutes } from './contractors.ts';
import { endpointRoutes } from './endpoints.ts';
import { exportRoutes } from './exports.ts';
import { feedRoutes } from './feed.ts';
import { findingRoutes } from './findings.ts';
import { holdRoutes } from './holds.ts';
import { oidcRoutes } from './oidc.ts';
import { overviewRoutes } from './overview.ts';
import { passwordRoutes } from './password.ts';
import { placeRoutes } from './places.ts';
import { proposalRoutes } from './proposals.ts';
import { rosterRoutes } from './roster.ts';
import { ruleRoutes } from './rules.ts';
import { savedFilterRoutes } from './saved-filters.ts';
import { scheduleRoutes } from './schedules.ts';
import { searchRoutes } from './search.ts';
import { sessionRoutes } from './session.ts';
import { setupRoutes } from './setup.ts';
import { statusRoutes } from './status.ts';
import { tokenRoutes } from './tokens.ts';
import { triageRoutes } from './triage.ts';

/** All there is under `/api/v1`. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...passwordRoutes,
  ...oidcRoutes,
  ...accountRoutes,
  ...apiTokenRoutes,
  ...actionRoutes,
  ...statusRoutes,
  ...overviewRoutes,
  ...findingRoutes,
  ...caseRoutes,
  ...triageRoutes,
  ...contractorRoutes,
  ...asOfRoutes,
  ...endpointRoutes,
  ...placeRoutes,
  ...proposalRoutes,
  ...ruleRoutes,
  ...tokenRoutes,
  ...holdRoutes,
  ...advisoryRoutes,
  ...exportRoutes,
  ...scheduleRoutes,
  ...rosterRoutes,
  ...setupRoutes,
  ...searchRoutes,
  ...savedFilterRoutes,
  ...feedRoutes,
];
