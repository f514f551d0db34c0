import * as z from 'zod/mini';
import * as account from '../../shared/api/account.ts';
import * as action from '../../shared/api/action.ts';
import * as apiToken from '../../shared/api/api-token.ts';
import { asOfSchema } from '../../shared/api/as-of.ts';
import { holdSchema } from '../../shared/api/holds.ts';
import { overviewSchema, seenSchema, worldSchema } from '../../shared/api/overview.ts';
import { rosterImportedSchema, rosterPreviewSchema } from '../../shared/api/roster.ts';
import { checklistSchema, setupSchema } from '../../shared/api/setup.ts';
import * as signIn from '../../shared/api/sign-in.ts';
import * as api from '../../shared/api.ts';
import { caseSchema, riskSchema } from '../../shared/case.ts';
import { declarationSchema } from '../../shared/declaration.ts';
import { ERRORS } from '../../shared/errors.ts';
import { FACTS, factSchema } from '../../shared/facts.ts';
import { findingSchema } from '../../shared/finding.ts';
import { changeSchema, proposalSchema } from '../../shared/proposal.ts';
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
  FindingsPage: api.findingsPageSchema,
  FindingDetail: api.findingDetailSchema,
  Case: caseSchema,
  CasesPage: api.casesPageSchema,
  CaseDetail: api.caseDetailSchema,
  Risk: riskSchema,
  Proposal: proposalSchema,
  Change: changeSchema,
  Proposals: api.proposalsSchema,
  Preview: api.previewSchema,
  Contractors: api.contractorsSchema,
  ContractorDetail: api.contractorDetailSchema,
  AsOf: asOfSchema,
  Hold: holdSchema,
  Endpoints: api.endpointsSchema,
  EndpointDetail: api.endpointDetailSchema,
  PlaceRow: api.placeRowSchema,
  PlacesPage: api.placesPageSchema,
  PlaceDetail: api.placeDetailSchema,
  FeedEntry: api.feedEntrySchema,
  Overview: overviewSchema,
  OverviewSeen: seenSchema,
  World: worldSchema,
  RosterPreview: rosterPreviewSchema,
  RosterImported: rosterImportedSchema,
  CollectorSetup: setupSchema,
  Checklist: checklistSchema,
} as const;

/** The API's OpenAPI 3.1 document, written from the routes that are mounted. */
export function openApiDocument(routes: readonly Route[]): object {
  const names = new Map<z.core.$ZodType, string>(
    Object.entries(NAMED).map(([name, schema]) => [schema, name]),
  );
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route, names) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Farhand', version: '1', summary: 'What the collector tells people' },
    servers: [{ url: api.API_PREFIX }],
    paths,
    components: { schemas: namedSchemas(), securitySchemes: SECURITY },
  };
}

const SECURITY = {
  session: { type: 'apiKey', in: 'cookie', name: 'farhand_session' },
  token: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token, fhapi_…, with the scope that is needed',
  },
} as const;

function needOf({ right = 'read', personal = false }: Route): string {
  return personal ? `a session with the right ${right}` : `the right ${right}`;
}

type Names = ReadonlyMap<z.core.$ZodType, string>;

function operation(route: Route, names: Names): object {
  const { summary, open, body, upload, response } = route;
  const answer = response && { [response.mediaType]: { schema: schemaOf(response.schema, names) } };
  return {
    summary: open ? summary : `${summary}. Needs ${needOf(route)}`,
    security: open ? [] : [{ session: [] }, ...(route.personal ? [] : [{ token: [] }])],
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, names) } } },
    }),
    ...(upload && {
      requestBody: {
        required: true,
        content: Object.fromEntries(upload.map((type) => [type, { schema: { type: 'string' } }])),
      },
    }),
    responses: {
      ...(answer ? { 200: { description: 'Done', content: answer } } : { 204: { description: 'Done' } }),
      default: {
        description: `What went wrong, by code: ${Object.keys(ERRORS).length} are known`,
        content: { 'application/json': { schema: reference('Problem') } },
      },
    },
  };
}

function pathParameters({ path }: Route): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route): object[] {
  if (!query) return [];
  const { properties = {} } = z.toJSONSchema(query);
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

function schemaOf(schema: z.core.$ZodType, names: Names): object {
  const name = names.get(schema);
  return name === undefined ? z.toJSONSchema(schema) : reference(name);
}

function namedSchemas(): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: pointerTo });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $id: _, $schema: __, ...schema }]) => [name, schema]),
  );
}

function reference(name: string): object {
  return { $ref: pointerTo(name) };
}

function pointerTo(name: string): string {
  return `#/components/schemas/${name}`;
}
