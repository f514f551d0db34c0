import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { matcherOf, type Os, type TraceKind } from '../../../shared/catalog/match.ts';
import { type Tool, type Traces, toolSchema, watchedPortSchema } from '../../../shared/catalog/schema.ts';
import type { ToolCategory } from '../../../shared/facts.ts';

const SYSTEMS: readonly Os[] = ['linux', 'macos', 'windows'];

/** Programs that an operating system runs for everyone, or names that any program could have. */
const EVERYDAY_NAMES = new Set(
  [
    ...['ssh', 'sshd', 'sshd-session', 'ssh-agent', 'sudo', 'bash', 'sh', 'zsh', 'cmd.exe', 'powershell.exe'],
    ...['python', 'python3', 'perl', 'node', 'java', 'javaw.exe', 'ruby', 'electron', 'mono'],
    ...['svchost.exe', 'explorer.exe', 'dwm.exe', 'mstsc.exe', 'rdpclip.exe', 'msra.exe', 'rundll32.exe'],
    ...[
      'tstheme.exe',
      'rdpinput.exe',
      'conhost.exe',
      'lsass.exe',
      'services.exe',
      'msiexec.exe',
      'wscript.exe',
    ],
    ...['firefox', 'firefox.exe', 'firefox.real', 'chrome', 'chrome.exe', 'code', 'code.exe', 'teams.exe'],
    ...['launchd', 'systemd', 'systemd-inhibit', 'caffeinate', 'xdotool', 'ydotool', 'gnome-session-inhibit'],
    ...[
      'networkmanager',
      'charon',
      'pppd',
      'nc',
      'ncat',
      'socat',
      'plink.exe',
      'putty.exe',
      '7z.exe',
      'tar.exe',
    ],
    ...[
      'agent',
      'agent.exe',
      'client',
      'client.exe',
      'client32',
      'client32.exe',
      'connect.exe',
      'host',
      'host.exe',
    ],
    ...[
      'helper',
      'helper.exe',
      'service',
      'service.exe',
      'server',
      'server.exe',
      'daemon',
      'gui',
      'gui.exe',
      'ui',
    ],
    ...[
      'setup.exe',
      'update',
      'updater',
      'update.exe',
      'main',
      'app',
      'app.exe',
      'proxy',
      'tunnel',
      'vpn',
      'vpn.exe',
    ],
    ...[
      'vpnsvc.exe',
      'level',
      'level.exe',
      'dd.exe',
      'rhost.exe',
      'remote access',
      'remote access.exe',
      'hydra.exe',
    ],
    ...['remote', 'remote.exe', 'viewer', 'viewer.exe', 'session', 'session_win.exe', 'support.exe', 'xvnc'],
  ].map((name) => name.toLowerCase()),
);

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
    expect(countOf('remote-access')).toBeGreaterThanOrEqual(70);
    expect(countOf('vpn', 'mesh', 'proxy', 'anonymizer')).toBeGreaterThanOrEqual(40);
    expect(countOf('tunnel')).toBeGreaterThanOrEqual(10);
    expect(countOf('keep-awake')).toBeGreaterThanOrEqual(10);
    expect(CATALOG.tools.filter(({ linux }) => linux).length).toBeGreaterThanOrEqual(70);
    expect(CATALOG.tools.filter(({ macos }) => macos).length).toBeGreaterThanOrEqual(70);
  });

  test('a product has a trace on Linux or macOS, or says that it is for Windows only', () => {
    const silent = CATALOG.tools.filter(
      ({ linux, macos, note }) => !linux && !macos && !note?.includes('Windows only'),
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
  test('everyday names are weak', () => {
    const strong = everyTrace().flatMap(({ tool, traces }) =>
      [...(traces.processes ?? []), ...(traces.processPatterns ?? [])]
        .filter((name) => EVERYDAY_NAMES.has(name.toLowerCase()))
        .map((name) => `${tool.id}: ${name}`),
    );
    expect(strong).toEqual([]);
  });

  test.each(SYSTEMS)('no name on %s belongs to two products that do not say so', (os) => {
    const matcher = matcherOf(CATALOG, os);
    const unsaid = CATALOG.tools.flatMap((tool) =>
      namesOf(tool[os]).flatMap(([kind, name]) =>
        [...matcher.match(kind, name), ...(os === 'linux' ? matcher.match(kind, name.slice(0, 15)) : [])]
          .filter((hit) => hit.tool !== tool && !tool.sharedWith?.includes(hit.tool.id))
          .map((hit) => `${tool.id} and ${hit.tool.id}: ${kind} ${name}`),
      ),
    );
    expect(unsaid).toEqual([]);
  });

  test.each(SYSTEMS)('no path on %s belongs to two products', (os) => {
    expect(repeated(matcherOf(CATALOG, os).paths.map(({ path }) => path.toLowerCase()))).toEqual([]);
  });

  test('sharing is said by both', () => {
    const said = new Set(
      CATALOG.tools.flatMap(({ id, sharedWith }) => (sharedWith ?? []).map((other) => `${id} ${other}`)),
    );
    expect([...said].filter((pair) => !said.has(pair.split(' ').reverse().join(' ')))).toEqual([]);
  });

  test.each(SYSTEMS)('no product on %s lists a name twice', (os) => {
    const twice = CATALOG.tools.flatMap((tool) =>
      repeated(namesOf(tool[os]).map(([kind, name]) => fold(os, `${kind} ${name}`))).map(
        (key) => `${tool.id}: ${key}`,
      ),
    );
    expect(twice).toEqual([]);
  });

  test('patterns have four literal characters, and stars stand where they may', () => {
    const bad = everyTrace().flatMap(({ tool, traces }) => [
      ...[
        ...(traces.processPatterns ?? []),
        ...[...(traces.services ?? []), ...(traces.packages ?? [])].filter((name) => name.includes('*')),
        ...(traces.interfaces ?? []).filter((name) => name.includes('*')),
      ]
        .filter((pattern) => pattern.replaceAll('*', '').length < 4 || !pattern.includes('*'))
        .map((pattern) => `${tool.id}: ${pattern}`),
      ...(traces.interfaces ?? [])
        .filter((name) => name.slice(0, -1).includes('*'))
        .map((name) => `${tool.id}: ${name}`),
      ...[...(traces.processes ?? []), ...(traces.weakNames ?? []), ...(traces.paths ?? [])]
        .filter((name) => name.includes('*'))
        .map((name) => `${tool.id}: ${name}`),
    ]);
    expect(bad).toEqual([]);
  });

  test('Windows programs are written with .exe or .bin, and others without path', () => {
    const odd = everyTrace().flatMap(({ tool, os, traces }) =>
      [...(traces.processes ?? []), ...(traces.weakNames ?? [])]
        .filter((name) => /[\\/]/.test(name) || (os === 'windows' && !/\.(exe|bin)$/i.test(name)))
        .map((name) => `${tool.id}: ${name}`),
    );
    expect(odd).toEqual([]);
  });

  test('paths are absolute or begin in a home folder, and name no folder that everyone has', () => {
    const bad = everyTrace().flatMap(({ tool, os, traces }) =>
      (traces.paths ?? [])
        .filter((path) => !(os === 'windows' ? /^(C:\\|~\/).+/ : /^~\/[^/]+|^\/[^/]+\/.+/).test(path))
        .map((path) => `${tool.id}: ${path}`),
    );
    expect(bad).toEqual([]);
  });

  test('Linux interfaces fit the kernel’s 15 characters', () => {
    const long = CATALOG.tools
      .flatMap(({ linux }) => linux?.interfaces ?? [])
      .filter((name) => name.length > 15);
    expect(long).toEqual([]);
  });

  test('units are written without .service', () => {
    const units = CATALOG.tools.flatMap(({ linux }) => linux?.services ?? []);
    expect(units.filter((unit) => unit.endsWith('.service'))).toEqual([]);
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

function everyTrace(): { tool: Tool; os: Os; traces: Traces }[] {
  return CATALOG.tools.flatMap((tool) =>
    SYSTEMS.flatMap((os) => {
      const traces = tool[os];
      return traces ? [{ tool, os, traces }] : [];
    }),
  );
}

function fold(os: Os, name: string): string {
  return os === 'linux' ? name : name.toLowerCase();
}

function namesOf(traces: Traces | undefined): (readonly [TraceKind, string])[] {
  const of = (kind: TraceKind, names: readonly string[] = []) => names.map((name) => [kind, name] as const);
  return [
    ...of('process', traces?.processes),
    ...of('process', traces?.processPatterns),
    ...of('process', traces?.weakNames),
    ...of('session-process', traces?.sessionProcesses),
    ...of('service', traces?.services),
    ...of('package', traces?.packages),
    ...of('interface', traces?.interfaces),
  ];
}
