import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineRule } from '../../../server/detect/rule.ts';
import { RULES } from '../../../server/detect/rules/index.ts';
import { unapprovedRemoteTool } from '../../../server/detect/rules/unapproved-remote-tool.ts';
import { parseStory } from '../../../server/detect/story.ts';
import { claimDirty, clearDirty, markDirty } from '../../../server/store/dirty.ts';
import { decide, propose } from '../../../server/store/proposals.ts';
import { HOUR, instant, MINUTE } from '../../../shared/time.ts';
import { contractorOf, openWorld, type World } from './world.ts';

const DECLARED = {
  countries: ['US'],
  timezone: 'America/Chicago',
  workHours: { days: ['mon'], from: '09:00', to: '17:00' },
};
const ADA = { contractor: { id: 'ada', ...DECLARED } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-01-02T14:00:00.000Z' } };
const ANYDESK = {
  at: '2026-03-02T15:10:00.000Z',
  endpoint: 'laptop-1',
  began: { kind: 'tool', tool: 'anydesk', category: 'remote-access', state: 'running', signs: [] },
};
const NOW = '2026-03-02T16:00:00.000Z';
const minute = (of: number) => instant(Date.parse(NOW) + of * MINUTE);

describe('the detector', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(NOW);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  const onlyFinding = async () => {
    const found = await world.findings();
    expect(found).toHaveLength(1);
    const [finding] = found;
    if (!finding) throw new Error('no finding');
    return finding;
  };
  const declare = (declaration: object) =>
    world.store.db
      .updateTable('contractors')
      .set({ declaration: JSON.stringify(declaration) })
      .execute();

  it('finds a contradiction, follows it to its end and tells the feed each time', async () => {
    await using detector = world.detector();
    await world.tell([ADA, LAPTOP, ANYDESK]);
    await detector.settled();
    const began = await onlyFinding();
    expect(began).toMatchObject({
      rule: 'unapproved-remote-tool',
      subject: 'ada',
      contractors: ['ada'],
      outcome: 'open',
      from: ANYDESK.at,
      to: null,
      foundAt: NOW,
      spans: ['1'],
    });

    world.now += HOUR / 2;
    await world.store.db.updateTable('spans').set({ to: '2026-03-02T16:20:00.000Z' }).execute();
    await world.mark(contractorOf('ada'));
    await detector.settled();
    expect(await onlyFinding()).toMatchObject({
      id: began.id,
      to: '2026-03-02T16:20:00.000Z',
      outcome: 'open',
      foundAt: NOW,
      updatedAt: instant(world.now),
    });
    expect(await world.feed()).toEqual([began.id, began.id]);
  });

  it('leaves a finding alone that did not change', async () => {
    await using detector = world.detector();
    await world.tell([ADA, LAPTOP, ANYDESK]);
    await detector.settled();
    const before = await onlyFinding();
    world.now += 2 * HOUR;
    await world.mark(contractorOf('ada'));
    await detector.settled();
    expect(await onlyFinding()).toEqual(before);
    expect(await world.feed()).toHaveLength(1);
    expect(await claimDirty(world.store.db, 10)).toEqual([]);
  });

  it('retracts what a changed declaration takes away, and opens it again when it is back', async () => {
    await using detector = world.detector();
    await world.tell([ADA, LAPTOP, ANYDESK]);
    await detector.settled();
    await declare({ ...DECLARED, approvedTools: ['anydesk'] });
    await world.mark(contractorOf('ada'));
    await detector.settled();
    const retracted = await onlyFinding();
    expect(retracted).toMatchObject({ outcome: 'retracted', foundAt: NOW });
    expect(retracted.outcomeReason).toContain('declaration');

    await declare(DECLARED);
    await world.mark(contractorOf('ada'));
    await detector.settled();
    const reopened = await onlyFinding();
    expect(reopened).toMatchObject({ outcome: 'open', foundAt: NOW });
    expect(reopened.outcomeReason).toBeUndefined();
  });

  it('keeps what an exception permits as expected, and names the exception', async () => {
    await using detector = world.detector();
    await world.tell([ADA, LAPTOP, ANYDESK]);
    await detector.settled();
    const { db } = world.store;
    const permission = {
      contractor: 'ada',
      tool: 'anydesk',
      from: '2026-03-01T00:00:00.000Z',
      until: '2026-03-09T00:00:00.000Z',
    };
    const asked = { actor: 'sam', source: 'test', at: NOW };
    const { id } = await propose(
      db,
      { change: { kind: 'exception', permission }, reason: 'support week' },
      asked,
    );
    await decide(db, id, {
      decision: { decide: 'approve', reason: 'agreed' },
      by: { ...asked, actor: 'kit' },
    });
    await detector.settled();
    expect(await onlyFinding()).toMatchObject({
      outcome: 'expected',
      outcomeReason: `exception ${id}: support week`,
    });

    await decide(db, id, {
      decision: { decide: 'end', reason: 'left early' },
      by: { ...asked, at: '2026-03-01T01:00:00.000Z' },
    });
    await detector.settled();
    expect(await onlyFinding()).toMatchObject({ outcome: 'open' });
  });

  it('judges by approved settings at once, and by the configured ones where this version does not know them', async () => {
    await using detector = world.detector({ settings: { 'unapproved-remote-tool': { installed: false } } });
    await world.tell([ADA, LAPTOP, ANYDESK]);
    await detector.settled();
    expect(await onlyFinding()).toMatchObject({ outcome: 'open' });
    const { db } = world.store;
    const by = { actor: 'sam', source: 'test', at: NOW };
    const approve = async (settings: Record<string, string[]>) => {
      const change = { kind: 'settings', rule: 'unapproved-remote-tool', settings } as const;
      const { id } = await propose(db, { change, reason: 'our help desk' }, by);
      await decide(db, id, {
        decision: { decide: 'approve', reason: 'agreed' },
        by: { ...by, actor: 'kit' },
      });
      await detector.settled();
    };
    await approve({ approvedForAll: ['anydesk'] });
    expect(await onlyFinding()).toMatchObject({ outcome: 'retracted' });
    await approve({ setting_of_another_version: ['anydesk'] });
    expect(await onlyFinding()).toMatchObject({ outcome: 'open' });
    expect(world.logged.map(({ msg }) => msg)).toContain(
      'approved settings of a rule are not understood, not in force',
    );
  });

  it('judges what is true of a machine by the declaration of whoever has it now', async () => {
    await using detector = world.detector();
    await world.tell([{ contractor: { id: 'unclaimed', ...DECLARED } }, { ...ADA }, LAPTOP, ANYDESK]);
    const { db } = world.store;
    await db.updateTable('endpoints').set({ contractor: 'unclaimed' }).execute();
    await world.mark(contractorOf('ada'), contractorOf('unclaimed'));
    await detector.settled();
    expect(await onlyFinding()).toMatchObject({ subject: 'unclaimed', outcome: 'open' });
    await db.updateTable('endpoints').set({ contractor: 'ada' }).execute();
    await world.mark(contractorOf('ada'), contractorOf('unclaimed'));
    await detector.settled();
    const outcomes = (await world.findings()).map(({ subject, outcome }) => `${subject} ${outcome}`);
    expect(outcomes.toSorted()).toEqual(['ada open', 'unclaimed retracted']);
  });

  it('judges after a restart what was marked while it was away', async () => {
    {
      await using detector = world.detector();
      await detector.settled();
    }
    await world.tell([ADA, LAPTOP, ANYDESK]);
    expect(await world.findings()).toEqual([]);
    await using detector = world.detector();
    await detector.settled();
    expect((await onlyFinding()).outcome).toBe('open');
  });

  it('judges everybody when it starts, marked or not', async () => {
    await world.tell([ADA, LAPTOP, ANYDESK]);
    await world.store.db.deleteFrom('dirty_subjects').execute();
    await using detector = world.detector();
    await detector.settled();
    expect((await onlyFinding()).rule).toBe('unapproved-remote-tool');
  });

  it('judges everybody again every hour, for what nobody marked', async () => {
    await using detector = world.detector();
    await world.tell([ADA, LAPTOP, ANYDESK]);
    await detector.settled();
    await declare({ ...DECLARED, approvedTools: ['anydesk'] });
    await detector.settled();
    expect((await onlyFinding()).outcome).toBe('open');
    world.now += HOUR;
    await detector.settled();
    expect((await onlyFinding()).outcome).toBe('retracted');
  });

  it('finds what only the passing of time makes a contradiction', async () => {
    await using detector = world.detector();
    const egress = { kind: 'egress', ip: '198.51.100.7', country: 'PL', networkClass: 'residential' };
    await world.tell([ADA, LAPTOP, { at: '2026-03-02T15:50:00.000Z', endpoint: 'laptop-1', began: egress }]);
    await detector.settled();
    expect(await world.findings()).toEqual([]);
    world.now += 21 * MINUTE;
    await detector.settled();
    expect(await onlyFinding()).toMatchObject({ rule: 'undeclared-country', key: 'PL', severity: 'high' });
  });

  it('sets a subject aside that cannot be judged, says so once, and goes on with the others', async () => {
    const bob = { contractor: { id: 'bob', ...DECLARED } };
    const laptop = { endpoint: { ...LAPTOP.endpoint, id: 'laptop-2', contractor: 'bob' } };
    await world.tell([ADA, LAPTOP, ANYDESK]);
    await world.store.db.updateTable('contractors').set({ declaration: '{broken' }).execute();
    await using detector = world.detector();
    await world.tell([bob, laptop, { ...ANYDESK, endpoint: 'laptop-2' }]);
    await detector.settled();
    await world.mark(contractorOf('ada'));
    await detector.settled();
    expect((await onlyFinding()).subject).toBe('bob');
    const errors = () => world.logged.filter(({ level }) => level === 50);
    expect(errors()).toMatchObject([{ msg: 'subject could not be judged, set aside', subject: 'ada' }]);

    world.now += MINUTE;
    await detector.settled();
    expect(errors()).toHaveLength(1);
    await world.store.db
      .updateTable('contractors')
      .set({ declaration: null })
      .where('id', '=', 'ada')
      .execute();
    world.now += 2 * MINUTE;
    await detector.settled();
    expect((await world.findings()).map(({ subject }) => subject)).toContain('ada');
    expect(await claimDirty(world.store.db, 10)).toEqual([]);
  });

  it('calls a rule that throws undetermined, and keeps what it had found', async () => {
    let broken = false;
    const touchy = defineRule({
      ...unapprovedRemoteTool,
      id: 'touchy',
      settings: z.strictObject({}),
      evaluate(timeline) {
        if (broken) throw new Error('touched');
        return timeline.spans('tool').map(({ id, from }) => ({
          ...{ key: 'touched', reason: 'It was touched.', arithmetic: [], spans: [id], from },
        }));
      },
    });
    await using detector = world.detector({ rules: [touchy, ...RULES] });
    await world.tell([ADA, LAPTOP, ANYDESK]);
    await detector.settled();
    broken = true;
    for (const _ of [1, 2]) {
      await world.mark(contractorOf('ada'));
      await detector.settled();
    }
    const of = async (rule: string) =>
      (await world.findings())
        .filter((finding) => finding.rule === rule)
        .map(({ key, outcome }) => [key, outcome]);
    expect((await of('touchy')).toSorted()).toEqual([
      ['touched', 'open'],
      ['undetermined', 'undetermined'],
    ]);
    expect(await of('unapproved-remote-tool')).toEqual([['anydesk', 'open']]);
    expect(world.logged.filter(({ msg }) => msg.startsWith('rule failed'))).toHaveLength(1);

    broken = false;
    await world.mark(contractorOf('ada'));
    await detector.settled();
    expect((await of('touchy')).toSorted()).toEqual([
      ['touched', 'open'],
      ['undetermined', 'retracted'],
    ]);
  });

  it('keeps a mark that grew while it was judged, behind those who wait', async () => {
    const { db } = world.store;
    await markDirty(db, NOW, [contractorOf('ada')]);
    const claims = await claimDirty(db, 1);
    await markDirty(db, minute(1), [contractorOf('grace')]);
    await markDirty(db, minute(2), [contractorOf('ada')]);
    await db.transaction().execute(async (trx) => clearDirty(trx, claims, minute(3)));
    expect(await claimDirty(db, 10)).toEqual([
      { ...contractorOf('grace'), mark: 1 },
      { ...contractorOf('ada'), mark: 2 },
    ]);
  });

  it('leaves findings alone whose evidence lies before the window', async () => {
    await using detector = world.detector();
    const ended = {
      at: NOW,
      endpoint: 'laptop-1',
      ended: { kind: 'tool', tool: 'anydesk', state: 'running' },
    };
    await world.tell([ADA, LAPTOP, ANYDESK, ended]);
    await detector.settled();
    const before = await onlyFinding();
    world.now += 40 * 24 * HOUR;
    await world.mark(contractorOf('ada'));
    await detector.settled();
    expect(await onlyFinding()).toEqual(before);
  });
});

describe('late delivery', () => {
  const story = parseStory(readFileSync(new URL('../../stories/laptop-farm.jsonl', import.meta.url), 'utf8'));
  const settledFindings = async (world: World) =>
    (await world.findings())
      .filter(({ outcome }) => outcome !== 'retracted')
      .map(({ foundAt: _f, updatedAt: _u, spans, ...finding }) => ({ ...finding, spans: spans.length }));

  it('gives the same findings in whatever order the evidence comes in', async () => {
    await using whole = await openWorld(story.now);
    await using once = whole.detector();
    await whole.keep(story, story.spans);
    await once.settled();
    const wanted = await settledFindings(whole);
    const open = wanted.filter(({ outcome }) => outcome === 'open').map(({ rule }) => rule);
    expect(open).toEqual(expect.arrayContaining(['shared-egress', 'unapproved-remote-tool']));

    const orders = fc.array(fc.nat(), { minLength: story.spans.length, maxLength: story.spans.length });
    await fc.assert(
      fc.asyncProperty(orders, async (weights) => {
        const spans = story.spans
          .map((span, index) => ({ span, weight: weights[index] ?? 0 }))
          .toSorted((a, b) => a.weight - b.weight)
          .map(({ span }) => span);
        await using world = await openWorld(story.now);
        await using detector = world.detector();
        const third = Math.ceil(spans.length / 3);
        for (let at = 0; at < spans.length; at += third) {
          await world.keep(story, spans.slice(at, at + third));
          await detector.settled();
        }
        expect(await settledFindings(world)).toEqual(wanted);
      }),
      { numRuns: 4, seed: 20260522 },
    );
  });

  it('joins the contractors of a shared place in one finding', async () => {
    await using world = await openWorld(story.now);
    await using detector = world.detector();
    await world.keep(story, story.spans);
    await detector.settled();
    const place = (await world.findings()).find(({ scope }) => scope === 'place');
    expect(place).toMatchObject({ severity: 'critical', contractors: ['cole', 'dana', 'finn'] });
    const joined = await world.store.db
      .selectFrom('finding_contractors')
      .select('contractor')
      .where('finding', '=', place?.id ?? '')
      .orderBy('contractor')
      .execute();
    expect(joined.map(({ contractor }) => contractor)).toEqual(['cole', 'dana', 'finn']);
  });
});
