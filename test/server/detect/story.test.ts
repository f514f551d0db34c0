import { describe, expect, it } from 'vitest';
import { parseStory, storyFrom, timelinesOf } from '../../../server/detect/story.ts';
import { CodedError } from '../../../shared/errors.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const at = (time: string) => ({ at: `2026-03-02T${time}:00.000Z`, endpoint: 'laptop-1' });
const TOOL = { kind: 'tool', tool: 'anydesk', category: 'remote-access', state: 'running', signs: [] };
const EGRESS = { kind: 'egress', ip: '198.51.100.7', country: 'US', networkClass: 'residential' };

function refusal(lines: readonly (object | string)[]): CodedError {
  try {
    parseStory(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  throw new Error('the story was accepted');
}

describe('a story', () => {
  it('turns observations into spans, open ones included', () => {
    const { spans, now } = storyFrom([
      ADA,
      LAPTOP,
      { ...at('15:00'), began: TOOL },
      { ...at('15:30'), began: TOOL },
      {
        ...at('16:00'),
        noted: { kind: 'activity', hour: '2026-03-02T15:00:00.000Z', local: 2, remote: 44, locked: 0 },
      },
    ]);
    expect(
      spans.map(({ kind, from, to, source }) => [kind, from.slice(11, 16), to?.slice(11, 16), source]),
    ).toEqual([
      ['tool', '15:00', '15:30', 'agent'],
      ['tool', '15:30', undefined, 'agent'],
      ['activity', '15:00', '16:00', 'agent'],
    ]);
    expect(now).toBe('2026-03-02T16:00:00.000Z');
  });

  it('lets an endpoint speak from one address at a time', () => {
    const { visits, spans } = storyFrom([
      ADA,
      LAPTOP,
      { ...at('15:00'), began: EGRESS },
      { ...at('17:00'), began: { ...EGRESS, ip: '2001:db8::1:2' } },
    ]);
    expect(spans.map(({ to, source }) => [to?.slice(11, 16), source])).toEqual([
      ['17:00', 'collector'],
      [undefined, 'collector'],
    ]);
    expect(visits.map(({ place }) => place)).toEqual(['egress:198.51.100.7', 'egress:2001:db8::/64']);
  });

  it('has the lookup fill in an address of which it tells nothing else', () => {
    const lines = [
      ADA,
      LAPTOP,
      { ...at('15:00'), began: { kind: 'egress', ip: '198.51.100.7' } },
      { ...at('16:00'), began: { ...EGRESS, ip: '198.51.100.8' } },
    ];
    const { spans } = storyFrom(lines, (ip) => ({ kind: 'egress', ip, country: 'DE', networkClass: 'vpn' }));
    expect(spans.map(({ fact }) => fact.kind === 'egress' && fact.country)).toEqual(['DE', 'US']);
  });

  it('places the public peers of logins as the collector would', () => {
    const login = { kind: 'session', user: 'ada', method: 'ssh', startedAt: '2026-03-02T15:00:00.000Z' };
    const lines = [
      ADA,
      LAPTOP,
      { ...at('15:00'), began: { ...login, from: '203.0.113.40' } },
      { ...at('15:05'), began: { ...login, from: '192.168.1.4' } },
      { ...at('16:00'), ended: { ...login, from: '203.0.113.40' } },
    ];
    const { spans } = storyFrom(lines, (ip) => ({
      kind: 'egress',
      ip,
      country: 'PL',
      networkClass: 'hosting',
    }));
    expect(spans.filter(({ kind }) => kind === 'peer')).toMatchObject([
      {
        source: 'collector',
        from: '2026-03-02T15:00:00.000Z',
        to: '2026-03-02T16:00:00.000Z',
        fact: { kind: 'peer', ip: '203.0.113.40', by: 'session', country: 'PL', networkClass: 'hosting' },
      },
    ]);
    expect(storyFrom(lines).spans.filter(({ kind }) => kind === 'peer')).toEqual([]);
  });

  it('tells of a place where else its visitors were', () => {
    const network = {
      kind: 'network',
      interface: 'eth0',
      medium: 'wired',
      gateway: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    };
    const timelines = timelinesOf(
      storyFrom([ADA, LAPTOP, { ...at('15:00'), began: EGRESS }, { ...at('15:00'), began: network }]),
    );
    const gateway = `gateway:${network.gateway}`;
    const places = timelines.flatMap((timeline) =>
      timeline.scope === 'place' ? [[timeline.subject, [...timeline.alsoAt('ada')]]] : [],
    );
    expect(places).toEqual([
      ['egress:198.51.100.7', [gateway]],
      [gateway, ['egress:198.51.100.7']],
    ]);
  });

  it('is read at the moment that it names', () => {
    const story = storyFrom([
      ADA,
      LAPTOP,
      { ...at('15:00'), began: TOOL },
      { now: '2026-03-09T00:00:00.000Z' },
    ]);
    expect(timelinesOf(story).map(({ now }) => now)).toEqual(['2026-03-09T00:00:00.000Z']);
  });

  it.each([
    ['what is no JSON', [ADA, '', '{"at":'], { line: 3, reason: 'not JSON' }],
    ['a line of no kind', [{ hello: 1 }], { line: 1 }],
    ['an unknown endpoint', [ADA, { ...at('15:00'), began: TOOL }], { line: 2 }],
    ['an unknown contractor', [LAPTOP], { line: 1 }],
    ['a contractor told twice', [ADA, ADA], { line: 2 }],
    ['an array', ['[]'], { line: 1 }],
    ['null', ['null'], { line: 1 }],
  ])('is refused for %s, with the line', (_, lines, context) => {
    const error = refusal(lines);
    expect(error.code).toBe('STORY_INVALID');
    expect(error.context).toMatchObject(context);
  });

  it('names the field that is wrong', () => {
    const wrong = { ...at('15:00'), began: { ...TOOL, state: 'sleeping' } };
    expect(refusal([ADA, LAPTOP, wrong]).context['reason']).toContain('began.state');
    const nonsense = { at: '2026-13-45T00:00:00.000Z', endpoint: 'laptop-1', began: TOOL };
    expect(refusal([ADA, LAPTOP, nonsense]).context['reason']).toContain('at: no such moment');
  });
});
