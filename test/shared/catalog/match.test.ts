import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { matcherOf, type Os, type TraceKind } from '../../../shared/catalog/match.ts';
import type { Catalog, Tool, Traces } from '../../../shared/catalog/schema.ts';

const SYSTEMS: readonly Os[] = ['linux', 'macos', 'windows'];
const KINDS: readonly TraceKind[] = [
  'process',
  'service',
  'package',
  'interface',
  'extension',
  'native-host',
];

describe('exact names', () => {
  test('Windows and macOS compare without case, Linux with', () => {
    const catalog = catalogOf(tool('far', { processes: ['FarHost'] }));
    expect(idsOf(catalog, 'windows', 'FARHOST')).toEqual(['far']);
    expect(idsOf(catalog, 'macos', 'farhost')).toEqual(['far']);
    expect(idsOf(catalog, 'linux', 'farhost')).toEqual([]);
    expect(idsOf(catalog, 'linux', 'FarHost')).toEqual(['far']);
  });

  test('a name of one kind does not match another kind', () => {
    const matcher = matcherOf(catalogOf(tool('far', { services: ['farhost'] })), 'linux');
    expect(matcher.match('service', 'farhost')).toHaveLength(1);
    expect(matcher.match('process', 'farhost')).toEqual([]);
  });

  test('a name that is part of a longer one does not match', () => {
    const catalog = catalogOf(tool('far', { processes: ['farhost'] }));
    expect(idsOf(catalog, 'linux', 'farhost-helper')).toEqual([]);
    expect(idsOf(catalog, 'linux', 'my-farhost')).toEqual([]);
  });

  test('a weak name says so', () => {
    const matcher = matcherOf(catalogOf(tool('far', { weakNames: ['client'] })), 'linux');
    expect(matcher.match('process', 'client').map(({ weak }) => weak)).toEqual([true]);
  });

  test('a product that is found twice is one hit, the strong one', () => {
    const catalog = catalogOf(tool('far', { weakNames: ['farhost'], processPatterns: ['farh*'] }));
    expect(matcherOf(catalog, 'linux').match('process', 'farhost')).toMatchObject([{ weak: false }]);
  });
});

describe('patterns', () => {
  test('the product that knows the exact name has it alone', () => {
    const catalog = catalogOf(
      tool('general', { services: ['FarTunnel$*'] }),
      tool('own', { services: ['FarTunnel$Own'] }),
    );
    const matcher = matcherOf(catalog, 'windows');
    expect(matcher.match('service', 'FarTunnel$Own').map((hit) => hit.tool.id)).toEqual(['own']);
    expect(matcher.match('service', 'FarTunnel$Other').map((hit) => hit.tool.id)).toEqual(['general']);
  });

  test.each([
    ['far*', 'farhost', true],
    ['far*', 'far', true],
    ['far*', 'a-farhost', false],
    ['*host', 'farhost', true],
    ['far*host', 'farhost', true],
    ['farho*host', 'farhost', false],
    ['far*mid*host', 'far-mid-mid-host', true],
    ['far*mid*host', 'far-host-mid', false],
    ['far.host*', 'farxhost', false],
    ['far (*)', 'far (a1b2)', true],
    ['far*', 'far\nhost', true],
  ])('%s against %j is %s', (pattern, name, expected) => {
    const catalog = catalogOf(tool('far', { services: [pattern] }));
    expect(matcherOf(catalog, 'windows').match('service', name)).toHaveLength(expected ? 1 : 0);
  });

  test('a name of a megabyte against many stars is answered at once', () => {
    const catalog = catalogOf(tool('far', { services: ['far*a*a*a*a*a*a*b'] }));
    const started = performance.now();
    expect(matcherOf(catalog, 'windows').match('service', `far${'a'.repeat(1_000_000)}`)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('names that Linux cut at 15 characters', () => {
  const catalog = catalogOf(
    tool('long', { processes: ['far-hand-remote-desktop-host'] }),
    tool('weak', { weakNames: ['far-hand-remotely-weak'] }),
    tool('glob', { processPatterns: ['far-glob*-host', '*-tail-only'] }),
  );

  test('a cut name finds the longer one', () => {
    expect(idsOf(catalog, 'linux', 'far-hand-remote')).toEqual(['long', 'weak']);
  });

  test('a cut weak name stays weak', () => {
    const hits = matcherOf(catalog, 'linux').match('process', 'far-hand-remote');
    expect(hits.map(({ tool, weak }) => [tool.id, weak])).toEqual([
      ['long', false],
      ['weak', true],
    ]);
  });

  test('a cut name finds a pattern that its beginning fits, and none that begins with a star', () => {
    expect(idsOf(catalog, 'linux', 'far-glob-123456')).toEqual(['glob']);
    expect(idsOf(catalog, 'linux', 'some-tail-only-')).toEqual([]);
  });

  test('shorter and longer beginnings find nothing', () => {
    expect(idsOf(catalog, 'linux', 'far-hand-remot')).toEqual([]);
    expect(idsOf(catalog, 'linux', 'far-hand-remote-')).toEqual([]);
  });

  test('other systems and other kinds of name are not cut', () => {
    expect(idsOf(catalog, 'macos', 'far-hand-remote')).toEqual([]);
    const services = catalogOf(tool('long', { services: ['far-hand-remote-desktop-host'] }));
    expect(matcherOf(services, 'linux').match('service', 'far-hand-remote')).toEqual([]);
  });
});

describe('the whole catalog', () => {
  test('every long Linux process name is found by what the kernel keeps of it', () => {
    const matcher = matcherOf(CATALOG, 'linux');
    const long = CATALOG.tools.flatMap((tool) =>
      (tool.linux?.processes ?? []).filter((name) => name.length > 15).map((name) => ({ tool, name })),
    );
    expect(long.length).toBeGreaterThan(3);
    for (const { tool, name } of long)
      expect(matcher.match('process', name.slice(0, 15)).map((hit) => hit.tool.id)).toContain(tool.id);
  });

  test.each(SYSTEMS)('500 programs on %s are compared within a millisecond', (os) => {
    const matcher = matcherOf(CATALOG, os);
    const names = Array.from(
      { length: 500 },
      (_, index) => `${index % 2 ? 'svchost' : 'chrome'}-${index}.exe`,
    );
    const took = Array.from({ length: 200 }, () => {
      const started = performance.now();
      for (const name of names) matcher.match('process', name);
      return performance.now() - started;
    });
    // The quickest of many: a busy machine interrupts the others.
    expect(Math.min(...took)).toBeLessThan(1);
  });

  test.each(SYSTEMS)('whatever a name is, matching on %s answers and never throws', (os) => {
    const matcher = matcherOf(CATALOG, os);
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.oneof(
          fc.string(),
          fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
          fc.constantFrom('__proto__', 'constructor', '', '*'),
        ),
        (kind, name) => {
          const ids = matcher.match(kind, name).map((hit) => hit.tool.id);
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
    );
  });

  test('ports and products are found by number and by id', () => {
    const matcher = matcherOf(CATALOG, 'linux');
    expect(matcher.port('tcp', 3389)?.name).toBe('RDP');
    expect(matcher.port('tcp', 22)).toBeUndefined();
    expect(matcher.tool('anydesk')?.vendor).toBe('AnyDesk Software');
    expect(matcher.tool('__proto__')).toBeUndefined();
  });

  test.each(SYSTEMS)('extensions and native messaging hosts are the same on %s', (os) => {
    const matcher = matcherOf(CATALOG, os);
    const [extension] = matcher.match('extension', 'inomeogfingihgjfjlpeplalcfajhgai');
    expect(extension).toMatchObject({ weak: false, tool: { id: 'chrome-remote-desktop' } });
    const [host] = matcher.match('native-host', 'com.google.chrome.remote_assistance');
    expect(host?.tool.id).toBe('chrome-remote-desktop');
    expect(matcher.extensions).toContain('inomeogfingihgjfjlpeplalcfajhgai');
    expect(matcher.nativeHosts).toContain('com.google.chrome.remote_desktop');
  });

  test('paths are those of the system alone', () => {
    const paths = matcherOf(CATALOG, 'linux').paths.map(({ path }) => path);
    expect(paths).toContain('/opt/teamviewer');
    expect(paths.filter((path) => path.includes('\\'))).toEqual([]);
  });
});

function idsOf(catalog: Catalog, os: Os, process: string): string[] {
  return matcherOf(catalog, os)
    .match('process', process)
    .map((hit) => hit.tool.id);
}

function catalogOf(...tools: readonly Tool[]): Catalog {
  return { version: '2026.01.01', tools, ports: [] };
}

function tool(id: string, traces: Traces): Tool {
  return {
    id,
    name: id,
    vendor: id,
    category: 'remote-access',
    direction: 'inbound',
    linux: traces,
    macos: traces,
    windows: traces,
    confidence: 'unconfirmed',
    sources: ['made up for this test'],
  };
}
