import type { Route } from '../route.ts';
import { advisoryRoutes } from './advisories.ts';
import { caseRoutes } from './cases.ts';
import { collectorRoutes } from './collector.ts';
import { contractorRoutes } from './contractors.ts';
import { endpointRoutes } from './endpoints.ts';
import { feedRoutes } from './feed.ts';
import { findingRoutes } from './findings.ts';
import { overviewRoutes } from './overview.ts';
import { placeRoutes } from './places.ts';
import { proposalRoutes } from './proposals.ts';
import { rosterRoutes } from './roster.ts';
import { sessionRoutes } from './session.ts';
import { statusRoutes } from './status.ts';

/** All there is under `/api/v1`. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...statusRoutes,
  ...overviewRoutes,
  ...findingRoutes,
  ...caseRoutes,
  ...contractorRoutes,
  ...endpointRoutes,
  ...placeRoutes,
  ...proposalRoutes,
  ...advisoryRoutes,
  ...rosterRoutes,
  ...collectorRoutes,
  ...feedRoutes,
];
