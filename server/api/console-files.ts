import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';

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

/** A file of the built console, or its page for every address that is the console's own to understand. */
export async function consoleFile(consoleDir: string, path: string): Promise<Response | undefined> {
  const file = await contentOf(consoleDir, path);
  if (file) return answer(file, path);
  if (path.startsWith(HASHED)) return undefined;
  const page = await contentOf(consoleDir, '/index.html');
  return page && answer(page, '/index.html');
}

function answer(content: Uint8Array<ArrayBuffer>, path: string): Response {
  return new Response(content, {
    headers: {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'cache-control': path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-store',
    },
  });
}

async function contentOf(consoleDir: string, path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
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
