import { describe, expect, test } from 'vitest';
import { clashesIn, flawsOf } from '../../../shared/catalog/check.ts';
import type { Os } from '../../../shared/catalog/match.ts';
import type { Tool, Traces } from '../../../shared/catalog/schema.ts';

describe('flaws', () => {
  test.each<[Os, Traces, string]>([
    ['windows', { processes: ['mstsc.exe'] }, 'a name that every machine or any program has'],
    ['linux', { processes: ['SSHD'] }, 'a name that every machine or any program has'],
    ['windows', { processPatterns: ['far*.exe'] }, 'a pattern with fewer than four literal characters'],
    ['linux', { services: ['*'] }, 'a pattern with fewer than four literal characters'],
    ['linux', { processPatterns: ['farhost'] }, 'a pattern without a star'],
    ['linux', { processes: ['farhost*'] }, 'a star in an exact name'],
    ['linux', { paths: ['/opt/far*'] }, 'a star in an exact name'],
    ['linux', { interfaces: ['far*host'] }, 'a star before the end'],
    ['linux', { processes: ['bin/farhost'] }, 'a name with a path'],
    ['windows', { processes: ['farhost'] }, 'no program of Windows'],
    ['windows', { paths: ['\\FarHost'] }, 'a path that is neither absolute nor in a home folder'],
    ['linux', { paths: ['opt/far'] }, 'a path that is neither absolute nor in a home folder'],
    ['windows', { paths: ['C:\\Program Files'] }, 'a folder that every machine has'],
    ['linux', { paths: ['/usr/bin'] }, 'a folder that every machine has'],
    ['linux', { interfaces: ['far-hand-tunnel-0'] }, 'longer than an interface may be called'],
    ['linux', { services: ['farhost.service'] }, 'a unit with its ending'],
    ['windows', { services: ['FarHost', 'farhost'] }, 'listed twice'],
  ])('on %s, %j is %s', (os, traces, why) => {
    expect(flawsOf(tool('far', { [os]: traces })).map((flaw) => flaw.why)).toEqual([why]);
  });

  test('an everyday name may be weak', () => {
    expect(flawsOf(tool('far', { windows: { weakNames: ['client.exe'] } }))).toEqual([]);
  });

  test('case makes two names on Linux', () => {
    expect(flawsOf(tool('far', { linux: { processes: ['FarHost', 'farhost'] } }))).toEqual([]);
  });
});

describe('clashes', () => {
  const one = tool('one', { linux: { processes: ['farhost'] } });
  const other = tool('other', { linux: { processes: ['farhost'] } });

  test('a name of two products is told of both', () => {
    expect(clashesOf(one, other)).toEqual(['one other farhost', 'other one farhost']);
  });

  test('products that say that they share are at peace', () => {
    expect(clashesOf({ ...one, sharedWith: ['other'] }, { ...other, sharedWith: ['one'] })).toEqual([]);
  });

  test('a pattern that covers another’s name clashes', () => {
    const broad = tool('other', { linux: { processPatterns: ['farh*'], services: ['farhost'] } });
    expect(clashesOf(tool('one', { linux: { weakNames: ['farhost'] } }), broad)).toEqual([
      'one other farhost',
    ]);
  });

  test('two extensions with one id clash', () => {
    const extensions = ['a'.repeat(32)];
    expect(clashesOf(tool('one', { extensions }), tool('other', { extensions }))).toHaveLength(6);
  });
});

function clashesOf(...tools: readonly Tool[]): string[] {
  return clashesIn({ version: '2026.01.01', tools, ports: [] }).map(
    (clash) => `${clash.tool} ${clash.other} ${clash.name}`,
  );
}

function tool(id: string, more: Partial<Tool>): Tool {
  return {
    id,
    name: id,
    vendor: id,
    category: 'remote-access',
    direction: 'inbound',
    confidence: 'unconfirmed',
    sources: ['made up for this test'],
    ...more,
  };
}
