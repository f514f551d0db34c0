import type { Os } from '../../shared/catalog/match.ts';
import type { Traces } from '../../shared/catalog/schema.ts';

/** One name that a machine could show. */
export interface Trace {
  readonly os: Os;
  readonly field: keyof Traces;
  readonly name: string;
}

export type Cleaned = { readonly traces: readonly Trace[] } | { readonly why: string };

const HOMES = /^(?:C:\\Users\\(?:\*|[^\\]+)|%USERPROFILE%)\\/i;
const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/^%ProgramFiles\(x86\)%/i, 'C:\\Program Files (x86)'],
  [/^%ProgramFiles%/i, 'C:\\Program Files'],
  [/^%(?:ProgramData|AllUsersProfile)%/i, 'C:\\ProgramData'],
  [/^%LocalAppData%\\/i, '~/AppData/Local/'],
  [/^%AppData%\\/i, '~/AppData/Roaming/'],
  [HOMES, '~/'],
];
const APPLE = /^(?:\/Applications|\/Library|\/System|~\/Library|\/Users)\//;

/** What a word in a list says of a program, folder or file; or why nothing. */
export function cleanText(written: string): Cleaned {
  const text = written.trim().replaceAll(/^["']|["']$/g, '');
  const why = unusable(text);
  if (why) return { why };
  const path = VARIABLES.reduce((so, [variable, value]) => so.replace(variable, () => value), text);
  if (path.includes('%')) return { why: 'a variable' };
  if (path.startsWith('/') || (path.startsWith('~/') && !path.includes('AppData'))) return posix(path);
  const last = path.split(/[\\/]/).at(-1) ?? '';
  if (/\.exe$/i.test(last)) return program(last);
  if (path === last) return bare(path);
  return folder(path, last);
}

/** The same for the name of a Windows service. */
export function cleanService(written: string): Cleaned {
  const name = written.trim();
  const why = unusable(name);
  return why ? { why } : { traces: [{ os: 'windows', field: 'services', name }] };
}

function unusable(text: string): string | undefined {
  if (text === '') return 'empty';
  if (text.length > 160) return 'longer than a name';
  if (/[<>|?[\]{}^\p{Cc}]/u.test(text)) return 'a placeholder, or a pattern in another dialect';
  if (/^[0-9a-f]{32,64}$/i.test(text)) return 'a hash';
  return undefined;
}

function program(name: string): Cleaned {
  const field = name.includes('*') ? 'processPatterns' : 'processes';
  return { traces: [{ os: 'windows', field, name }] };
}

function bare(text: string): Cleaned {
  if (/^[^*]+\.app$/i.test(text)) return app(`/Applications/${text}`, text);
  return { why: text.split(' ').length > 4 ? 'prose' : 'no program of Windows, and no path' };
}

function posix(path: string): Cleaned {
  if (path.includes('*')) return { why: 'a star in a path' };
  const bundle = /([^/]+\.app)(?:\/|$)/.exec(path)?.[1];
  if (bundle) return app(path.slice(0, path.indexOf(bundle) + bundle.length), bundle);
  const os = APPLE.test(path) ? 'macos' : 'linux';
  const binary = /\/s?bin\/([^/]+)$/.exec(path)?.[1];
  const here: Trace = { os, field: 'paths', name: path.replace(/\/$/, '') };
  return { traces: binary ? [here, { os, field: 'processes', name: binary }] : [here] };
}

function app(path: string, bundle: string): Cleaned {
  return {
    traces: [
      { os: 'macos', field: 'paths', name: path },
      { os: 'macos', field: 'processes', name: bundle.slice(0, -'.app'.length) },
    ],
  };
}

function folder(path: string, last: string): Cleaned {
  const name = last === '' || last === '*' || last === '*.*' ? path.slice(0, -last.length - 1) : path;
  if (name.includes('*')) return { why: 'a star in a path' };
  if (/^C:\\Windows\\/i.test(name)) return { why: 'a path inside of Windows' };
  if (!/^C:\\|^~\//i.test(name)) return { why: 'no whole path' };
  const home = name.startsWith('~/');
  return {
    traces: [
      { os: 'windows', field: 'paths', name: home ? name.replaceAll('\\', '/') : `C:${name.slice(2)}` },
    ],
  };
}
