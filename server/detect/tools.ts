import type { Catalog } from '../../shared/catalog/schema.ts';
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
