import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { clashesIn, flawsOf } from '../../../shared/catalog/check.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { matcherOf, OPERATING_SYSTEMS } from '../../../shared/catalog/match.ts';
import { toolSchema, watchedPortSchema } from '../../../shared/catalog/schema.ts';
import type { ToolCategory } from '../../../shared/facts.ts';

describe('records', () => {
  test('products are valid', () => {
    const issues = CATALOG.tools.flatMap((tool) =>
      (z.safeParse(toolSchema, tool).error?.issues ?? []).map(
        (issue) => `${tool.id}: ${z.prettifyError({ issues: [issue] })}`,
      ),
    );
    expect(issues).toEqual([]);
  });

  test('ports are valid', () => {
    expect(z.safeParse(z.array(watchedPortSchema), CATALOG.ports).error?.issues ?? []).toEqual([]);
  });

  test('ids are unique', () => {
    expect(repeated(CATALOG.tools.map(({ id }) => id))).toEqual([]);
    expect(repeated(CATALOG.ports.map(({ proto, port }) => `${proto}|${port}`))).toEqual([]);
  });

  test('references lead to records', () => {
    const ids = new Set(CATALOG.tools.map(({ id }) => id));
    const named = [
      ...CATALOG.ports.flatMap(({ tool }) => (tool ? [tool] : [])),
      ...CATALOG.tools.flatMap(({ sharedWith }) => sharedWith ?? []),
    ];
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
  });

  test('the classes are as broad as we say', () => {
    expect(countOf('remote-access', 'tunnel')).toBeGreaterThanOrEqual(150);
    expect(countOf('vpn', 'mesh', 'proxy', 'anonymizer')).toBeGreaterThanOrEqual(45);
    expect(countOf('keep-awake')).toBeGreaterThanOrEqual(10);
    expect(CATALOG.tools.filter(({ linux }) => linux).length).toBeGreaterThanOrEqual(70);
    expect(CATALOG.tools.filter(({ macos }) => macos).length).toBeGreaterThanOrEqual(70);
  });

  test('a product has a trace on Linux, on macOS or in browsers, or says that it is for Windows only', () => {
    const silent = CATALOG.tools.filter(
      ({ linux, macos, extensions, note }) =>
        !linux && !macos && !extensions && !note?.includes('Windows only'),
    );
    const contradicting = CATALOG.tools.filter(
      ({ linux, macos, note }) => (linux || macos) && note?.includes('Windows only'),
    );
    expect([...silent, ...contradicting].map(({ id }) => id)).toEqual([]);
  });

  test('an unconfirmed record admits it in its sources or its note', () => {
    const admits = /knowledge/i;
    const unclear = CATALOG.tools.filter(
      ({ confidence, note, sources }) =>
        confidence === 'unconfirmed' && !admits.test(`${note ?? ''} ${sources.join(' ')}`),
    );
    expect(unclear.map(({ id }) => id)).toEqual([]);
  });

  test('programs that only reach out are never called inbound', () => {
    const clients = ['microsoft-rdp-client', 'remmina', 'freerdp', 'vnc-viewers', 'krdc', 'moonlight'];
    expect(clients.map((id) => CATALOG.tools.find((tool) => tool.id === id)?.direction)).toEqual(
      clients.map(() => 'outbound'),
    );
  });
});

describe('names', () => {
  test('no record has a flaw', () => {
    expect(CATALOG.tools.flatMap(flawsOf)).toEqual([]);
  });

  test('no name belongs to two products that do not say so', () => {
    expect(clashesIn(CATALOG)).toEqual([]);
  });

  test.each(OPERATING_SYSTEMS)('no path on %s belongs to two products', (os) => {
    expect(repeated(matcherOf(CATALOG, os).paths.map(({ path }) => path.toLowerCase()))).toEqual([]);
  });

  test('sharing is said by both', () => {
    const said = new Set(
      CATALOG.tools.flatMap(({ id, sharedWith }) => (sharedWith ?? []).map((other) => `${id} ${other}`)),
    );
    expect([...said].filter((pair) => !said.has(pair.split(' ').reverse().join(' ')))).toEqual([]);
  });

  test('macOS team ids are ten characters, and sign one vendor', () => {
    const signers = CATALOG.tools.flatMap(({ signers, vendor }) =>
      (signers ?? []).map((signer) => ({ signer, vendor })),
    );
    expect(signers.filter(({ signer }) => !/^[0-9A-Z]{10}$/.test(signer))).toEqual([]);
    expect(repeated(signers.map(({ signer }) => signer))).toEqual([]);
  });
});

describe('ports', () => {
  test('remote desktops are watched and shells are not', () => {
    const watched = CATALOG.ports.filter(({ proto }) => proto === 'tcp').map(({ port }) => port);
    expect(watched).toEqual(
      expect.arrayContaining([3389, 5900, 5905, 3283, 4000, 7070, 5938, 21115, 21116, 21117]),
    );
    expect(watched).not.toContain(22);
  });

  test('a port that names its product is one of the product’s own', () => {
    for (const { port, tool } of CATALOG.ports)
      if (tool) expect(CATALOG.tools.find(({ id }) => id === tool)?.listenPorts).toContain(port);
  });
});

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function countOf(...categories: readonly ToolCategory[]): number {
  return CATALOG.tools.filter(({ category }) => categories.includes(category)).length;
}
