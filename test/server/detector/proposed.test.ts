import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RULES } from '../../../server/detect/rules/index.ts';
import { proposedChanges } from '../../../server/detector/proposed.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { openWorld, type World } from './world.ts';

const NOW = '2026-03-02T16:00:00.000Z';
const STORY = [
  {
    contractor: { id: 'ada', countries: ['US'], timezone: 'America/Chicago', approvedTools: ['teamviewer'] },
  },
  { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-01-02T14:00:00.000Z' } },
  {
    at: '2026-03-02T15:10:00.000Z',
    endpoint: 'laptop-1',
    began: { kind: 'tool', tool: 'anydesk', category: 'remote-access', state: 'running', signs: [] },
  },
];

let world: World;
beforeEach(async () => {
  world = await openWorld(NOW);
  await world.tell(STORY);
});
afterEach(() => world[Symbol.asyncDispose]());

function proposed() {
  const log = pino({ level: 'silent' });
  return proposedChanges({ db: world.store.db, rules: RULES, catalog: CATALOG, clock: () => world.now, log });
}

function told(changes: Awaited<ReturnType<ReturnType<typeof proposed>['preview']>>) {
  return changes.map(({ change, outcome, with: would }) => ({
    change,
    rule: outcome.rule,
    would: would?.outcome,
  }));
}

test('an exception that would excuse a finding shows that it would be expected', async () => {
  const changes = await proposed().preview({
    kind: 'exception',
    permission: {
      contractor: 'ada',
      tool: 'anydesk',
      from: '2026-03-01T00:00:00.000Z',
      until: '2026-03-09T00:00:00.000Z',
    },
  });
  expect(told(changes)).toContainEqual({
    change: 'changed',
    rule: 'unapproved-remote-tool',
    would: 'expected',
  });
});

test('an exception for another time changes nothing', async () => {
  const changes = await proposed().preview({
    kind: 'exception',
    permission: {
      contractor: 'ada',
      tool: 'anydesk',
      from: '2026-04-01T00:00:00.000Z',
      until: '2026-04-09T00:00:00.000Z',
    },
  });
  expect(changes).toEqual([]);
});

test('settings show the findings of their own rule that would go', async () => {
  const changes = await proposed().preview({
    kind: 'settings',
    rule: 'unapproved-remote-tool',
    settings: { approvedForAll: ['anydesk'] },
  });
  expect(told(changes)).toEqual([{ change: 'removed', rule: 'unapproved-remote-tool', would: undefined }]);
});

test('a preview stops when whoever asked has left', async () => {
  const stopped = AbortSignal.abort();
  const change = { kind: 'settings', rule: 'unapproved-remote-tool', settings: {} } as const;
  await expect(proposed().preview(change, stopped)).rejects.toThrow();
});
