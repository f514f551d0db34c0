import { FACTS, type Fact, factKey } from '../../shared/facts.ts';
import { placesOf } from '../../shared/place.ts';
import type { Instant } from '../../shared/time.ts';
import { notedPeriod } from './noted-period.ts';
import type { StoryObservation } from './story.ts';
import type { Endpoint, Span, Visit } from './timeline.ts';

interface Opening {
  readonly index: number;
  readonly key: string;
}

/**
 * Turns observations into spans, the way ingest does: a second `began` of one key ends the first, and since an endpoint speaks
 * from one address at a time, a new egress ends the one before. Only the order within one endpoint counts.
 */
export function spansOf(
  observations: readonly StoryObservation[],
  endpoints: ReadonlyMap<string, Endpoint>,
): readonly Span[] {
  return [...Map.groupBy(observations, ({ endpoint }) => endpoint)].flatMap(([id, ofEndpoint]) =>
    spansOfOne(ofEndpoint, { endpoint: id, contractor: endpoints.get(id)?.contractor ?? id }),
  );
}

/** The stays at places that spans tell of. */
export function visitsOf(spans: readonly Span[]): readonly (Visit & { readonly place: string })[] {
  return spans.flatMap(({ id, contractor, endpoint, from, to, fact }) => {
    const networkClass = fact.kind === 'egress' ? fact.networkClass : 'unknown';
    return placesOf(fact).map((place) => {
      const visit = { span: id, place, contractor, endpoint, from, networkClass };
      return to === undefined ? visit : { ...visit, to };
    });
  });
}

function spansOfOne(
  observations: readonly StoryObservation[],
  owner: Pick<Span, 'endpoint' | 'contractor'>,
): readonly Span[] {
  const spans: Span[] = [];
  const open = new Map<string, Opening>();
  const end = (opening: Opening | undefined, at: Instant) => {
    const span = opening && spans[opening.index];
    if (!opening || !span) return;
    spans[opening.index] = { ...span, to: at < span.from ? span.from : at };
    open.delete(opening.key);
  };
  for (const observation of observations) {
    const { at } = observation;
    const key = factKey(observation.fact);
    if (observation.change === 'ended') {
      end(open.get(key), at);
      continue;
    }
    const { change, fact } = observation;
    if (change === 'began') {
      end(open.get(key), at);
      if (fact.kind === 'egress')
        end(
          [...open.values()].find((kept) => kept.key.startsWith('egress|')),
          at,
        );
      open.set(key, { index: spans.length, key });
    }
    const span = { id: `${owner.endpoint}:${spans.length + 1}`, ...owner, key, from: at, ...whatOf(fact) };
    spans.push(change === 'noted' ? { ...span, ...notedPeriod(fact, at) } : span);
  }
  return spans;
}

function whatOf(fact: Fact): Pick<Span, 'kind' | 'source' | 'fact'> {
  return { kind: fact.kind, source: FACTS[fact.kind].source, fact };
}
