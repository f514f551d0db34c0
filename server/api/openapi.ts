import * as z from 'zod/mini';
import { asOfSchema } from '../../shared/api/as-of.ts';
import * as desk from '../../shared/api/desk.ts';
import * as queue from '../../shared/api/findings.ts';
import { holdSchema } from '../../shared/api/holds.ts';
import * as work from '../../shared/api/triage.ts';
import * as api from '../../shared/api.ts';
import { caseSchema, riskSchema } from '../../shared/case.ts';
import { declarationSchema } from '../../shared/declaration.ts';
import { ERRORS } from '../../shared/errors.ts';
import { FACTS, factSchema } from '../../shared/facts.ts';
import { findingSchema } from '../../shared/finding.ts';
import { changeSchema, proposalSchema } from '../../shared/proposal.ts';
import { stepSchema, triageChangeSchema, triageSchema } from '../../shared/triage.ts';
import type { Route } from './route.ts';

/** Schemas with a name of their own in the document. */
const NAMED = {
  Problem: api.problemSchema,
  SignIn: api.signInSchema,
  Session: api.sessionSchema,
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
    components: { schemas: namedSchemas() },
  };
}

type Names = ReadonlyMap<z.core.$ZodType, string>;

function operation(route: Route, names: Names): object {
  const { summary, open, body, response } = route;
  const answer = response && { [response.mediaType]: { schema: schemaOf(response.schema, names) } };
  return {
    summary: open ? summary : `${summary}. Needs a session`,
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, names) } } },
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
