import * as z from 'zod';
import type { Catalog } from '../../../shared/catalog/schema.ts';
import { DAY, type Instant, instant, MINUTE, millis } from '../../../shared/time.ts';
import { defineRule } from '../rule.ts';
import type { Span } from '../timeline.ts';
import { reachableTools } from '../tools.ts';
import { declared, during, listed, moment, toolOf } from '../wording.ts';

const ADA = { contractor: { id: 'ada', approvedTools: ['anydesk'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-01-05T14:00:00.000Z' } };
const began = (tool: string, at: string) => ({
  at,
  endpoint: 'laptop-1',
  began: { kind: 'tool', tool, category: 'remote-access', state: 'running', signs: [] },
});
const ended = (tool: string, at: string) => ({
  at,
  endpoint: 'laptop-1',
  ended: { kind: 'tool', tool, state: 'running' },
});

export const severalRemoteTools = defineRule({
  id: 'several-remote-tools',
  title: 'Remote-access tools of several vendors on one endpoint',
  scope: 'contractor',
  family: 'remote-access',
  severity: 'medium',
  advisories: ['us-2022-platform-4', 'insikt-2026', 'anyrun-2025-unattended'],
  attack: ['T1219.002'],
  watches: ['tool'],
  contradicts: ['approvedTools'],
  settings: z.strictObject({
    vendors: z.int().min(2).max(10).default(2).describe('As many vendors have to run at about one time.'),
    withinMinutes: z
      .int()
      .min(0)
      .max(1_440)
      .default(15)
      .describe('Two runs count as one time when less than this lies between them.'),
    newEndpointDays: z
      .int()
      .min(0)
      .max(365)
      .default(30)
      .describe('On an endpoint enrolled for less than this the finding is high.'),
  }),
  falsePositives: [
    'One tool takes the place of another: approve the new one and remove the old one.',
    'A service provider uses a fixed pair of tools: name both in the declaration.',
  ],
  blindSpots: [
    'Two programs of one vendor count as one.',
    'Tools that take turns with longer breaks than the setting allows.',
  ],
  triage: [
    'Find out which of the tools the organization gave out; ask who set up the other one and when.',
    'See whether the second tool came soon after enrollment or after the first was found.',
    'Look for remote sessions while both ran.',
  ],
  evaluate(timeline, settings, catalog) {
    const approved = new Set(timeline.contractor.declaration?.approvedTools);
    const running = reachableTools(timeline, catalog).filter(({ fact }) => fact.state === 'running');
    return [...Map.groupBy(running, ({ endpoint }) => endpoint)].flatMap(([endpoint, spans]) => {
      const met = meetingOf(spans, { ...settings, catalog });
      const tools = [...new Set(met.spans.map(({ fact }) => fact.tool))].toSorted();
      const unapproved = tools.filter((tool) => !approved.has(tool));
      if (met.from === undefined || unapproved.length === 0) return [];
      const vendors = [...new Set(tools.map((tool) => vendorOf(tool, catalog)))].toSorted();
      const period = { from: met.from, ...(met.to === undefined ? {} : { to: met.to }) };
      const enrolledAt = timeline.endpoints.find(({ id }) => id === endpoint)?.enrolledAt;
      const enrolledFor = enrolledAt === undefined ? undefined : millis(met.from) - millis(enrolledAt);
      return [
        {
          key: endpoint,
          severity:
            enrolledFor !== undefined && enrolledFor < settings.newEndpointDays * DAY ? 'high' : 'medium',
          reason: `Remote-access tools of ${vendors.length} vendors (${listed(vendors)}) ran within ${settings.withinMinutes} minutes of each other on ${endpoint} ${during(period)}; ${listed(unapproved)} ${unapproved.length === 1 ? 'is' : 'are'} not approved.`,
          arithmetic: [
            { label: 'approved tools', value: declared([...approved]) },
            { label: 'observed tools', value: tools.join(', ') },
            { label: 'vendors', value: `${vendors.length} of at least ${settings.vendors}` },
            { label: 'times they met', value: String(met.times) },
            { label: 'endpoint enrolled', value: enrolledAt === undefined ? 'unknown' : moment(enrolledAt) },
          ],
          spans: met.spans.map(({ id }) => id),
          ...period,
          concerns: { tools: unapproved },
        },
      ];
    });
  },
  examples: [
    {
      name: 'A second vendor beside the approved one, long after enrollment',
      story: [
        ADA,
        LAPTOP,
        began('anydesk', '2026-03-02T15:00:00.000Z'),
        began('teamviewer', '2026-03-02T15:10:00.000Z'),
      ],
      expect: [{ subject: 'ada', key: 'laptop-1', severity: 'medium' }],
    },
    {
      name: 'A second vendor ten minutes after the first ended, in the first days',
      story: [
        ADA,
        { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-01T14:00:00.000Z' } },
        began('anydesk', '2026-03-02T15:00:00.000Z'),
        ended('anydesk', '2026-03-02T15:20:00.000Z'),
        began('teamviewer', '2026-03-02T15:30:00.000Z'),
        ended('teamviewer', '2026-03-02T15:40:00.000Z'),
      ],
      expect: [{ key: 'laptop-1', severity: 'high' }],
    },
    {
      name: 'Two vendors hours apart',
      story: [
        ADA,
        LAPTOP,
        began('anydesk', '2026-03-02T15:00:00.000Z'),
        ended('anydesk', '2026-03-02T15:20:00.000Z'),
        began('teamviewer', '2026-03-02T19:00:00.000Z'),
      ],
      expect: [],
    },
    {
      name: 'A pair that was agreed to',
      story: [
        { contractor: { id: 'ada', approvedTools: ['anydesk', 'teamviewer'] } },
        LAPTOP,
        began('anydesk', '2026-03-02T15:00:00.000Z'),
        began('teamviewer', '2026-03-02T15:10:00.000Z'),
      ],
      expect: [],
    },
  ],
});

/** When and how often tools of enough vendors ran at one time. */
interface Meeting {
  readonly times: number;
  /** Undefined when they never met. */
  readonly from?: Instant;
  /** Undefined while they still meet. */
  readonly to?: Instant;
  readonly spans: readonly Span<'tool'>[];
}

interface Asked {
  readonly vendors: number;
  readonly withinMinutes: number;
  readonly catalog: Catalog;
}

/** Goes through the spans in order of `from` and remembers of each vendor the one that lasts longest. */
function meetingOf(spans: readonly Span<'tool'>[], asked: Asked): Meeting {
  const latest = new Map<string, { readonly span: Span<'tool'>; readonly end: number }>();
  const met = new Map<string, Span<'tool'>>();
  let [times, from, to] = [0, '', Number.NEGATIVE_INFINITY];
  for (const span of spans) {
    const began = millis(span.from);
    const end = endMs(span);
    for (const [vendor, other] of latest) {
      if (other.end < began - asked.withinMinutes * MINUTE) latest.delete(vendor);
    }
    const vendor = vendorOf(span.fact.tool, asked.catalog);
    if (end >= (latest.get(vendor)?.end ?? 0)) latest.set(vendor, { span, end });
    if (latest.size > MOST_VENDORS) latest.delete(shortest(latest));
    if (latest.size < asked.vendors) continue;
    // It lasts while as many vendors as the rule asks for are there.
    const ends = [...latest.values()].map((other) => other.end).toSorted((a, b) => b - a);
    to = Math.max(to, ends[asked.vendors - 1] ?? Number.POSITIVE_INFINITY, began);
    if (times === 0) from = span.from;
    times += 1;
    for (const other of latest.values()) met.set(other.span.id, other.span);
  }
  if (times === 0) return { times, spans: [] };
  return { times, from, ...(Number.isFinite(to) && { to: instant(to) }), spans: [...met.values()] };
}

/** An endpoint may claim any number of tools that nobody knows; so many at one time say everything. */
const MOST_VENDORS = 20;

function shortest(latest: ReadonlyMap<string, { readonly end: number }>): string {
  const [first = ''] = [...latest].toSorted(([, a], [, b]) => a.end - b.end).map(([vendor]) => vendor);
  return first;
}

function endMs(span: Span): number {
  return span.to === undefined ? Number.POSITIVE_INFINITY : millis(span.to);
}

function vendorOf(tool: string, catalog: Catalog): string {
  return toolOf(catalog, tool)?.vendor ?? tool;
}
