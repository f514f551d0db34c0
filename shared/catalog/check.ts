import { EVERYDAY_NAMES } from './everyday-names.ts';
import { matcherOf, OPERATING_SYSTEMS, type Os, type TraceKind } from './match.ts';
import type { Catalog, Tool, Traces } from './schema.ts';

/** One thing in a record that would accuse the wrong machine, or never match. */
export interface Flaw {
  readonly tool: string;
  readonly what: string;
  readonly why: string;
}

/** A name that leads to two products which do not say that they share it. */
export interface Clash {
  readonly tool: string;
  readonly other: string;
  readonly os: Os;
  readonly kind: TraceKind;
  readonly name: string;
}

const LITERALS = 4;
/** The kernel's limit without the closing zero. */
const LINUX_INTERFACE = 15;
const GENERAL_FOLDERS = new Set([
  ...[
    'c:\\program files',
    'c:\\program files (x86)',
    'c:\\programdata',
    'c:\\windows',
    'c:\\windows\\system32',
  ],
  ...['c:\\users', 'c:\\temp', 'c:\\windows\\syswow64', 'c:\\windows\\temp', '~/appdata', '~/downloads'],
  ...['/usr/bin', '/usr/local/bin', '/usr/sbin', '/usr/lib', '/usr/share', '/usr/local', '/etc/systemd'],
  ...['/library/launchdaemons', '/library/launchagents', '/library/application support', '~/library'],
  ...['~/.config', '~/.local', '~/.cache', '/var/lib', '/var/log', '/system/library', '/library/preferences'],
]);

/** What is wrong with one record by itself. The schema is checked before. */
export function flawsOf(tool: Tool): readonly Flaw[] {
  return OPERATING_SYSTEMS.flatMap((os) => {
    const traces = tool[os];
    return traces ? flawsOn(os, traces).map(({ what, why }) => ({ tool: tool.id, what, why })) : [];
  });
}

/** Names that belong to two products, `only` of these where it is given. */
export function clashesIn(catalog: Catalog, only: readonly Tool[] = catalog.tools): readonly Clash[] {
  return OPERATING_SYSTEMS.flatMap((os) => {
    const matcher = matcherOf(catalog, os);
    return only.flatMap((tool) =>
      namesOf(tool, os).flatMap(({ kind, name }) =>
        [
          ...matcher.match(kind, name),
          ...(os === 'linux' && name.length > 15 ? matcher.match(kind, name.slice(0, 15)) : []),
        ]
          .filter((hit) => hit.tool.id !== tool.id && !tool.sharedWith?.includes(hit.tool.id))
          .map((hit) => ({ tool: tool.id, other: hit.tool.id, os, kind, name })),
      ),
    );
  });
}

function namesOf(tool: Tool, os: Os): readonly { readonly kind: TraceKind; readonly name: string }[] {
  const traces: Traces = tool[os] ?? {};
  const of = (kind: TraceKind, names: readonly string[] = []) => names.map((name) => ({ kind, name }));
  return [
    ...of('process', traces.processes),
    ...of('process', traces.processPatterns),
    ...of('process', traces.weakNames),
    ...of('session-process', traces.sessionProcesses),
    ...of('service', traces.services),
    ...of('package', traces.packages),
    ...of('interface', traces.interfaces),
    ...of('extension', tool.extensions),
    ...of('native-host', tool.nativeHosts),
  ];
}

type Found = Omit<Flaw, 'tool'>;

function flawsOn(os: Os, traces: Traces): readonly Found[] {
  const { processes = [], processPatterns = [], weakNames = [], services = [], packages = [] } = traces;
  const { paths = [], interfaces = [] } = traces;
  const globs = [...services, ...packages, ...interfaces].filter((name) => name.includes('*'));
  return [
    ...found([...processes, ...processPatterns], isEveryday, 'a name that every machine or any program has'),
    ...found([...processPatterns, ...globs], isBroad, 'a pattern with fewer than four literal characters'),
    ...found(processPatterns, (name) => !name.includes('*'), 'a pattern without a star'),
    ...found([...processes, ...weakNames, ...paths], (name) => name.includes('*'), 'a star in an exact name'),
    ...found(interfaces, (name) => name.slice(0, -1).includes('*'), 'a star before the end'),
    ...found(
      [...processes, ...processPatterns, ...weakNames],
      (name) => /[\\/]/.test(name),
      'a name with a path',
    ),
    ...found(
      os === 'windows' ? [...processes, ...weakNames] : [],
      (name) => !/\.(exe|bin)$/i.test(name),
      'no program of Windows',
    ),
    ...found(paths, (path) => !isAbsolute(os, path), 'a path that is neither absolute nor in a home folder'),
    ...found(paths, (path) => GENERAL_FOLDERS.has(path.toLowerCase()), 'a folder that every machine has'),
    ...found(
      os === 'linux' ? interfaces : [],
      (name) => name.length > LINUX_INTERFACE,
      'longer than an interface may be called',
    ),
    ...found(os === 'linux' ? services : [], (name) => name.endsWith('.service'), 'a unit with its ending'),
    ...Object.values(traces).flatMap((names) =>
      found(names ?? [], (name, at) => firstAt(os, names ?? [], name) !== at, 'listed twice'),
    ),
  ];
}

function found(
  names: readonly string[],
  isWrong: (name: string, at: number) => boolean,
  why: string,
): readonly Found[] {
  return names.filter(isWrong).map((what) => ({ what, why }));
}

function isEveryday(name: string): boolean {
  if (!name.includes('*')) return EVERYDAY_NAMES.has(name.toLowerCase());
  return [...EVERYDAY_NAMES].some((everyday) => covers(name.toLowerCase(), everyday));
}

/** Whether a pattern could mean this name, by what stands before its first and after its last star. */
function covers(pattern: string, name: string): boolean {
  const head = pattern.slice(0, pattern.indexOf('*'));
  const tail = pattern.slice(pattern.lastIndexOf('*') + 1);
  return name.length >= head.length + tail.length && name.startsWith(head) && name.endsWith(tail);
}

/** `.exe` says nothing: every program of Windows ends so. */
function isBroad(pattern: string): boolean {
  return pattern.replace(/\.exe$/i, '').replaceAll('*', '').length < LITERALS;
}

function isAbsolute(os: Os, path: string): boolean {
  return (os === 'windows' ? /^(?:C:\\|~\/)./ : /^(?:~\/[^/]+|\/[^/]+\/.)/).test(path);
}

function firstAt(os: Os, names: readonly string[], name: string): number {
  const fold = (text: string) => (os === 'linux' ? text : text.toLowerCase());
  return names.findIndex((other) => fold(other) === fold(name));
}
