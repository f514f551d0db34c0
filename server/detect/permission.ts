import type { Exception } from '../../shared/exception.ts';
import { inNetwork } from '../../shared/ip.ts';
import type { Match } from './rule.ts';
import type { Timeline } from './timeline.ts';

interface Against {
  readonly rule: string;
  readonly timeline: Timeline;
  readonly contractors: readonly string[];
}

/**
 * The exception that makes a match expected. It must permit everything that the match concerns, for the whole time of the
 * match, and every contractor in it needs one: somebody else's permission excuses nobody.
 */
export function permitting(
  match: Match,
  exceptions: readonly Exception[],
  against: Against,
): Exception | undefined {
  if (exceptions.length === 0) return undefined;
  const until = match.to ?? against.timeline.now;
  const inForce = exceptions.filter(({ from, until: end }) => from <= match.from && until <= end);
  const found = against.contractors.map((contractor) =>
    inForce.find((exception) => exception.contractor === contractor && permits(exception, match, against)),
  );
  return found.every((exception) => exception !== undefined) ? found[0] : undefined;
}

function permits(exception: Exception, match: Match, { rule, timeline }: Against): boolean {
  const { tools = [], addresses = [], country } = match.concerns ?? {};
  const all = (values: readonly string[], permitted: (value: string) => boolean) =>
    values.length > 0 && values.every(permitted);
  const { tool, network } = exception;
  return (
    (exception.rule === undefined || exception.rule === rule) &&
    (tool === undefined || all(tools, (used) => used === tool)) &&
    (exception.country === undefined || exception.country === country) &&
    (network === undefined || all(addresses, (address) => inNetwork(address, network))) &&
    (exception.place === undefined || exception.place === timeline.subject)
  );
}
