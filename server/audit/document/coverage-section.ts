import { type Section, table, text } from './document.ts';
import type { EndpointCoverage, Tally } from './tally.ts';
import { counted, duration, share } from './words.ts';

const MOST_ENDPOINTS = 50;

/** Which share of the time that was due was observed: by endpoint, the worst days, and by probe. */
export function coverageSection({ coverage, worstDays, rows }: Tally): Section {
  const worst = [...coverage].toSorted(
    ([a, first], [b, second]) => part(second) - part(first) || (a < b ? -1 : 1),
  );
  const listed = worst.slice(0, MOST_ENDPOINTS);
  return {
    title: 'Coverage',
    blocks: [
      text(
        'Due is the declared working time of each endpoint, in its own time zone; all of the day where no hours were declared. Nothing is due before enrollment and after revocation.',
        'Observed: the agent ran on a machine that was awake. At rest: the machine slept or was shut down, as it proved afterwards. Unobserved: nobody knows what went on.',
        `All of it, by day, is in tables/coverage (${counted(rows.get('coverage') ?? 0, 'row')}).`,
      ),
      ...(worst.length > listed.length
        ? [
            text(
              `These are the ${MOST_ENDPOINTS} endpoints with the largest unobserved share, of ${worst.length}.`,
            ),
          ]
        : []),
      table(
        [
          { text: 'Endpoint', share: 2 },
          { text: 'Contractor', share: 1.4 },
          { text: 'Basis', share: 1.3 },
          { text: 'Days', numeric: true, share: 0.6 },
          { text: 'Due', numeric: true },
          { text: 'Observed', numeric: true },
          { text: 'At rest', numeric: true },
          { text: 'Unobserved', numeric: true, share: 1.1 },
        ],
        listed.map(([endpoint, sum]) => [
          ...[endpoint, sum.contractor, basisOf(sum), String(sum.days), duration(sum.due)],
          ...[share(sum.observed, sum.due), share(sum.resting, sum.due), share(sum.unobserved, sum.due)],
        ]),
        { none: 'Nothing was due to be observed in the range.' },
      ),
      { kind: 'heading', text: 'Worst days' },
      table(
        [
          { text: 'Day' },
          { text: 'Endpoint', share: 2 },
          { text: 'Due', numeric: true },
          { text: 'Unobserved', numeric: true },
          { text: 'Share', numeric: true },
        ],
        worstDays.map(({ day, endpoint, due, unobserved }) => [
          ...[day, endpoint, duration(due), duration(unobserved), share(unobserved, due)],
        ]),
        { none: 'On no day was anything unobserved.' },
      ),
      { kind: 'heading', text: 'By probe' },
      text(
        'For which share of the observed time each probe worked, and on how many endpoints less than all of it.',
      ),
      table(
        [
          { text: 'Probe', share: 2 },
          { text: 'Worked', numeric: true },
          { text: 'Endpoints below 100 %', numeric: true },
        ],
        probesOf([...coverage.values()]),
        { none: 'No agent named a probe.' },
      ),
    ],
  };
}

function part({ due, unobserved }: EndpointCoverage): number {
  return due === 0 ? 0 : unobserved / due;
}

function basisOf({ days, wholeDays }: EndpointCoverage): string {
  if (wholeDays === 0) return 'declared hours';
  return wholeDays === days ? 'whole day' : 'both';
}

function probesOf(all: readonly EndpointCoverage[]): readonly (readonly string[])[] {
  const names = [...new Set(all.flatMap(({ probes }) => [...probes.keys()]))].toSorted();
  return names.map((name) => {
    const named = all.filter(({ probes }) => probes.has(name));
    const worked = named.reduce((sum, { probes }) => sum + (probes.get(name) ?? 0), 0);
    const observed = named.reduce((sum, one) => sum + one.observed, 0);
    const below = named.filter((one) => (one.probes.get(name) ?? 0) < one.observed);
    return [name, share(worked, observed), String(below.length)];
  });
}
