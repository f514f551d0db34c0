import type { Route } from '../route.ts';
import { advisoryRoutes } from './advisories.ts';
import { asOfRoutes } from './as-of.ts';
import { caseRoutes } from './cases.ts';
import { contractorRoutes } from './contractors.ts';
import { endpointRoutes } from './endpoints.ts';
import { feedRoutes } from './feed.ts';
import { findingRoutes } from './findings.ts';
import { holdRoutes } from './holds.ts';
import { placeRoutes } from './places.ts';
import { proposalRoutes } from './proposals.ts';
import { savedFilterRoutes } from './saved-filters.ts';
import { searchRoutes } from './search.ts';
import { sessionRoutes } from './session.ts';
import { statusRoutes } from './status.ts';
import { triageRoutes } from './triage.ts';

/** All there is under `/api/v1`. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...statusRoutes,
  ...findingRoutes,
  ...caseRoutes,
  ...triageRoutes,
  ...contractorRoutes,
  ...asOfRoutes,
  ...endpointRoutes,
  ...placeRoutes,
  ...proposalRoutes,
  ...holdRoutes,
  ...advisoryRoutes,
  ...searchRoutes,
  ...savedFilterRoutes,
  ...feedRoutes,
];
