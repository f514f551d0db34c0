import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip as zlibGzip } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Files under here carry a hash of their content in their names. */
const HASHED = '/assets/';

/** Less is not worth the trouble. */
const WORTH_COMPRESSING = 1_024;
const COMPRESSIBLE: ReadonlySet<string> = new Set(['.css', '.js', '.json', '.svg']);

/** Answers a path of the console; `encodings` is what the browser says that it accepts. */
export type ConsoleFiles = (path: string, encodings: string) => Promise<Response | undefined>;

/** Files of the built console, and its page for every address that is the console's own to understand. */
export function consoleFiles(consoleDir: string): ConsoleFiles {
  // What is under `assets` never changes, so each is compressed once.
  const compressed = new Map<string, Promise<Content>>();
  const gzipped = (path: string, content: Content): Promise<Content> => {
    const known = compressed.get(path);
    if (known) return known;
    const made = gzip(content).then((buffer) => new Uint8Array(buffer));
    compressed.set(path, made);
    return made;
  };
  return async (path, encodings) => {
    const file = await contentOf(consoleDir, path);
    if (file) {
      const worth = path.startsWith(HASHED) && COMPRESSIBLE.has(extname(path));
      if (!worth || file.byteLength < WORTH_COMPRESSING) return answer(file, path);
      const vary = { vary: 'accept-encoding' };
      if (!/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(encodings)) return answer(file, path, vary);
      return answer(await gzipped(path, file), path, { ...vary, 'content-encoding': 'gzip' });
    }
    if (path.startsWith(HASHED)) return undefined;
    const page = await contentOf(consoleDir, '/index.html');
    return page && answer(page, '/index.html');
  };
}

type Content = Uint8Array<ArrayBuffer>;

const gzip = promisify(zlibGzip);

function answer(content: Content, path: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(content, {
    headers: {
      ...headers,
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'cache-control': path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-store',
    },
  });
}

async function contentOf(consoleDir: string, path: string): Promise<Content | undefined> {
  const root = resolve(consoleDir);
  const file = join(root, decoded(path));
  if (!file.startsWith(root + sep) || file.includes('\0')) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}
