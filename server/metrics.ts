import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SEVERITIES } from '../shared/finding.ts';
import { millis, SECOND } from '../shared/time.ts';
import { VERSION } from '../shared/version.ts';
import type { Clock } from './clock.ts';
import type { Ingest } from './ingest/ingest.ts';
import { metricCounts } from './store/metric-counts.ts';
import { unfinishedRuns } from './store/schedule-runs.ts';
import { listSchedules } from './store/schedules.ts';
import type { Store } from './store/store.ts';

/** What the collector tells Prometheus. */
export interface Metrics {
  /** In Prometheus' text format. */
  text(running: { readonly feedReaders: number }): Promise<string>;
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** After the family's name, in histograms. */
  readonly suffix?: string;
}

export function collectorMetrics(options: {
  readonly store: Store;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly commits: CommitMeter;
}): Metrics {
  const { store, dataDir, clock, commits } = options;
  const startedAt = Date.now() - performance.now();
  return {
    async text({ feedReaders }) {
      const { connected, batches, dirty, findings } = await metricCounts(store.db);
      const oldest = dirty.since === null ? 0 : Math.max(0, clock() - millis(dirty.since)) / SECOND;
      const gauge = (name: string, help: string, value: number) =>
        ({ name, type: 'gauge', help, samples: [{ value }] }) as const;
      const families: readonly Family[] = [
        {
          ...{ name: 'farhand_build_info', type: 'gauge', help: 'Always 1, with the version.' },
          samples: [{ value: 1, labels: { version: VERSION } }],
        },
        gauge('process_start_time_seconds', 'When the collector started.', startedAt / SECOND),
        gauge('process_resident_memory_bytes', 'Memory of the collector.', process.memoryUsage.rss()),
        gauge('farhand_endpoints_connected', 'Endpoints that are connected now.', connected),
        {
          ...{
            name: 'farhand_batches_committed_total',
            type: 'counter',
            help: 'Sealed batches ever stored.',
          },
          samples: [{ value: batches }],
        },
        {
          ...{ name: 'farhand_commit_seconds', type: 'histogram' },
          help: 'How long what agents sent waited until it was durable; acknowledgements wait as long.',
          samples: commits.samples(),
        },
        gauge('farhand_subjects_dirty', 'Subjects that wait to be judged again.', dirty.count),
        gauge('farhand_subjects_dirty_oldest_seconds', 'How long the first of them has waited.', oldest),
        {
          ...{
            name: 'farhand_findings_open',
            type: 'gauge',
            help: 'Findings that contradict a declaration now.',
          },
          samples: SEVERITIES.map((severity) => ({
            value: findings.get(severity) ?? 0,
            labels: { severity },
          })),
        },
        gauge('farhand_feed_readers', 'Consoles and programs that follow the feed.', feedReaders),
        gauge('farhand_database_bytes', 'Size of the database with its log.', databaseBytes(dataDir)),
        ...(await scheduleFamilies(store)),
      ];
      return families.map(familyText).join('');
    },
  };
}

async function scheduleFamilies({ db }: Store): Promise<readonly Family[]> {
  const all = await listSchedules(db);
  const labels = ({ id, settings }: (typeof all)[number]) => ({ schedule: id, name: settings.name });
  const moments = (of: 'succeededAt' | 'nextDue') =>
    all.flatMap((one) =>
      one[of] === null ? [] : [{ value: millis(one[of]) / SECOND, labels: labels(one) }],
    );
  const unfinished = await Promise.all(
    all.map(async (one) => ({ value: await unfinishedRuns(db, one.id), labels: labels(one) })),
  );
  return [
    {
      ...{ name: 'farhand_export_last_success_timestamp_seconds', type: 'gauge' },
      ...{ help: 'When a schedule last wrote a pack.', samples: moments('succeededAt') },
    },
    {
      ...{ name: 'farhand_export_next_due_timestamp_seconds', type: 'gauge' },
      ...{
        help: 'When a schedule is due next.',
        samples: all.some((one) => one.settings.enabled) ? moments('nextDue') : [],
      },
    },
    {
      ...{
        name: 'farhand_export_failures_total',
        type: 'counter',
        help: 'Attempts of a schedule that failed.',
      },
      samples: all.map((one) => ({ value: one.failures, labels: labels(one) })),
    },
    {
      ...{ name: 'farhand_export_unfinished', type: 'gauge' },
      ...{ help: 'Due times of a schedule whose pack is not there yet.', samples: unfinished },
    },
  ];
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface CommitMeter {
  /** The same, with its commits measured. */
  of(ingest: Ingest): Ingest;
  samples(): readonly Sample[];
}

export function commitMeter(): CommitMeter {
  const counts = BUCKETS.map(() => 0);
  let [count, sum] = [0, 0];
  return {
    of: (ingest) => ({
      async commit(work) {
        const began = performance.now();
        const result = await ingest.commit(work);
        const seconds = (performance.now() - began) / SECOND;
        count += 1;
        sum += seconds;
        for (const [index, most] of BUCKETS.entries())
          if (seconds <= most) counts[index] = (counts[index] ?? 0) + 1;
        return result;
      },
      [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose](),
    }),
    samples: () => [
      ...BUCKETS.map((le, index) => ({
        suffix: '_bucket',
        labels: { le: String(le) },
        value: counts[index] ?? 0,
      })),
      { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
      { suffix: '_sum', value: sum },
      { suffix: '_count', value: count },
    ],
  };
}

function databaseBytes(dataDir: string): number {
  const path = join(dataDir, 'collector.sqlite');
  return [path, `${path}-wal`].reduce(
    (sum, each) => sum + (statSync(each, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(({ suffix = '', labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
