import * as z from 'zod';
import type { Catalog } from '../../shared/catalog/schema.ts';
import { slugSchema } from '../../shared/ids.ts';
import type { ContractorTimeline, Span } from './timeline.ts';
import { toolOf } from './wording.ts';

/**
 * Remote-access tools by which someone elsewhere could act on the endpoint. One that the catalog does not know counts: an agent
 * may carry a newer catalog.
 */
export function reachableTools(timeline: ContractorTimeline, catalog: Catalog): readonly Span<'tool'>[] {
  return timeline
    .spans('tool')
    .filter(
      ({ fact }) => fact.category === 'remote-access' && toolOf(catalog, fact.tool)?.direction !== 'outbound',
    );
}

/** The setting of rules about tools: what the organization itself uses or permits. */
export function approvedForAll(description: string) {
  return z.array(slugSchema).max(50).default([]).describe(description);
}

/** Catalog ids of tools that this contractor may use. */
export function agreedTools(
  timeline: ContractorTimeline,
  settings: { readonly approvedForAll: readonly string[] },
): ReadonlySet<string> {
  return new Set([...(timeline.contractor.declaration?.approvedTools ?? []), ...settings.approvedForAll]);
}
