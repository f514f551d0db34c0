import * as z from 'zod/mini';
import * as account from '../../shared/api/account.ts';
import * as action from '../../shared/api/action.ts';
import * as apiToken from '../../shared/api/api-token.ts';
import { asOfSchema } from '../../shared/api/as-of.ts';
import { contractorLabelsSchema, contractorsSchema } from '../../shared/api/contractors.ts';
import * as desk from '../../shared/api/desk.ts';
import { endpointsSchema, fleetRowSchema, fleetSchema } from '../../shared/api/endpoints.ts';
import { exportSchema, exportsSchema } from '../../shared/api/exports.ts';
import * as queue from '../../shared/api/findings.ts';
import { holdSchema } from '../../shared/api/holds.ts';
import { overviewSchema, seenSchema, worldSchema } from '../../shared/api/overview.ts';
import { placeGraphSchema, placeSummarySchema, placesPageSchema } from '../../shared/api/places.ts';
import { proposalDetailSchema, proposalRowSchema, proposalsSchema } from '../../shared/api/proposals.ts';
import { rosterImportedSchema, rosterPreviewSchema } from '../../shared/api/roster.ts';
import { ruleDetailSchema, ruleRowSchema, rulesSchema } from '../../shared/api/rules.ts';
import * as schedule from '../../shared/api/schedules.ts';
import { checklistSchema, setupSchema } from '../../shared/api/setup.ts';
import * as signIn from '../../shared/api/sign-in.ts';
import * as timeline from '../../shared/api/timeline.ts';
import { madeTokenSchema, newTokenSchema, tokenRowSchema, tokensSchema } from '../../shared/api/tokens.ts';
import * as work from '../../shared/api/triage.ts';
import * as api from '../../shared/api.ts';
import { caseSchema, riskSchema } from '../../shared/case.ts';
import { declarationSchema } from '../../shared/declaration.ts';
import { ERRORS } from '../../shared/errors.ts';
import { FACTS, factSchema } from '../../shared/facts.ts';
import { findingSchema } from '../../shared/finding.ts';
import { packScopeSchema } from '../../shared/pack.ts';
import { changeSchema, proposalSchema } from '../../shared/proposal.ts';
import { stepSchema, triageChangeSchema, triageSchema } from '../../shared/triage.ts';
import { VERSION } from '../../shared/version.ts';
import { EXAMPLES } from './openapi-examples.ts';
import { type Operation, operationOf, tagOf } from './openapi-operation.ts';
import { INTRODUCTION, TAGS } from './openapi-words.ts';
import type { Route } from './route.ts';

/** Schemas with a name of their own in the document. */
const NAMED = {
  Problem: api.problemSchema,
  SignIn: api.signInSchema,
  Session: api.sessionSchema,
  SignInOptions: signIn.signInOptionsSchema,
  PasswordSignIn: signIn.passwordSignInSchema,
  NewPassword: signIn.newPasswordSchema,
  Sessions: signIn.sessionsSchema,
  Account: account.accountSchema,
  Accounts: account.accountsSchema,
  NewAccount: account.newAccountSchema,
  AccountChange: account.accountChangeSchema,
  MadeLink: account.madeLinkSchema,
  ApiToken: apiToken.apiTokenSchema,
  ApiTokens: apiToken.apiTokensSchema,
  NewApiToken: apiToken.newApiTokenSchema,
  MadeApiToken: apiToken.madeApiTokenSchema,
  Action: action.actionSchema,
  ActionsPage: action.actionsPageSchema,
  Status: api.statusSchema,
  Fact: factSchema,
  Egress: FACTS.egress.schema,
  Platform: FACTS.platform.schema,
  Agent: FACTS.agent.schema,
  Span: api.spanSchema,
  Declaration: declarationSchema,
  ContractorRow: api.contractorRowSchema,
  EndpointRow: api.endpointRowSchema,
  Gap: api.gapSchema,
  LedgerRow: api.ledgerRowSchema,
  GapsPage: api.gapsPageSchema,
  EndpointGaps: api.endpointGapsSchema,
  Silences: api.silencesSchema,
  RuleDoc: api.ruleDocSchema,
  Finding: findingSchema,
  Triage: triageSchema,
  TriageStep: stepSchema,
  TriageChange: triageChangeSchema,
  TriageRequest: work.triageRequestSchema,
  TriageState: work.triageStateSchema,
  BulkTriage: work.bulkTriageSchema,
  BulkResult: work.bulkResultSchema,
  SavedFilter: desk.savedFilterSchema,
  SavedFilters: desk.savedFiltersSchema,
  SearchResult: desk.searchResultSchema,
  FindingRow: queue.findingRowSchema,
  FindingCounts: queue.findingCountsSchema,
  FindingsPage: queue.findingsPageSchema,
  FindingDetail: api.findingDetailSchema,
  Case: caseSchema,
  CasesPage: api.casesPageSchema,
  CaseDetail: api.caseDetailSchema,
  Risk: riskSchema,
  Proposal: proposalSchema,
  Change: changeSchema,
  ProposalRow: proposalRowSchema,
  Proposals: proposalsSchema,
  ProposalDetail: proposalDetailSchema,
  Preview: api.previewSchema,
  Contractors: contractorsSchema,
  ContractorLabels: contractorLabelsSchema,
  ContractorDetail: api.contractorDetailSchema,
  FleetRow: fleetRowSchema,
  Endpoints: endpointsSchema,
  Fleet: fleetSchema,
  TokenRow: tokenRowSchema,
  Tokens: tokensSchema,
  NewToken: newTokenSchema,
  MadeToken: madeTokenSchema,
  RuleRow: ruleRowSchema,
  Rules: rulesSchema,
  RuleDetail: ruleDetailSchema,
  AsOf: asOfSchema,
  Timeline: timeline.timelineSchema,
  LaneRow: timeline.laneRowSchema,
  Segment: timeline.segmentSchema,
  Uncovered: timeline.uncoveredSchema,
  SegmentSpans: timeline.segmentSpansSchema,
  Hours: timeline.hoursSchema,
  HourCell: timeline.hourCellSchema,
  ContractorPlaces: timeline.contractorPlacesSchema,
  ObservedPlace: timeline.observedPlaceSchema,
  Hold: holdSchema,
  EndpointDetail: api.endpointDetailSchema,
  PlaceRow: api.placeRowSchema,
  PlaceSummary: placeSummarySchema,
  PlacesPage: placesPageSchema,
  PlaceGraph: placeGraphSchema,
  PlaceDetail: api.placeDetailSchema,
  PackScope: packScopeSchema,
  Export: exportSchema,
  Exports: exportsSchema,
  Schedule: schedule.scheduleSchema,
  Schedules: schedule.schedulesSchema,
  ScheduleSettings: schedule.scheduleSettingsSchema,
  ScheduleRun: schedule.scheduleRunSchema,
  ScheduleChange: schedule.scheduleChangeSchema,
  SchedulePreview: schedule.schedulePreviewSchema,
  FeedEntry: api.feedEntrySchema,
  FeedReset: api.feedResetSchema,
  Overview: overviewSchema,
  OverviewSeen: seenSchema,
  World: worldSchema,
  RosterPreview: rosterPreviewSchema,
  RosterImported: rosterImportedSchema,
  CollectorSetup: setupSchema,
  Checklist: checklistSchema,
} as const;

export interface OpenApi {
  readonly openapi: string;
  readonly info: object;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** The API's OpenAPI 3.1 document, written from the routes that are mounted. What is not NAMED is called after its operation. */
export function openApiDocument(routes: readonly Route[]): OpenApi {
  const names = new Map<z.core.$ZodType, string>(
    Object.entries(NAMED).map(([name, schema]) => [schema, name]),
  );
  const refer = (schema: z.core.$ZodType, unnamed: string) => {
    const name = names.get(schema) ?? unnamed;
    names.set(schema, name);
    return { $ref: pointerTo(name) };
  };
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route, refer) };
  }
  const words = [...new Set(routes.map(tagOf))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Farhand',
      version: VERSION,
      summary: 'What the collector tells people, and what they may tell it',
      description: INTRODUCTION.map(([title, text]) => `## ${title}\n\n${text}`).join('\n\n'),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: api.API_PREFIX }],
    security: [{ session: [] }, { token: [] }],
    tags: words.map((name) => ({ name, description: TAGS[name] ?? '' })),
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas: namedSchemas(names) },
    'x-error-codes': Object.fromEntries(
      Object.entries(ERRORS).map(([code, { http, retry, hint }]) => [code, { http, retry, hint }]),
    ),
  };
}

const SECURITY_SCHEMES = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-farhand_session',
    description: 'Set by a sign-in; without TLS, as on loopback, it is called `farhand_session`',
  },
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'fhapi_…',
    description: 'An API token, for programs',
  },
} as const;

function namedSchemas(names: ReadonlyMap<z.core.$ZodType, string>): Readonly<Record<string, object>> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: pointerTo, unrepresentable: 'any' });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $id: _, $schema: __, ...schema }]) => [
      name,
      name in EXAMPLES ? { ...schema, examples: [EXAMPLES[name]] } : schema,
    ]),
  );
}

function pointerTo(name: string): string {
  return `#/components/schemas/${name}`;
}
