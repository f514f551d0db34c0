import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ADDITIONS_FILE, parseAdditions, withAdditions } from '../../shared/catalog/additions.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import type { Catalog, Tool } from '../../shared/catalog/schema.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Log } from '../log.ts';

/** Our catalog, with what the operator added. Throws CATALOG_INVALID or FILE_UNREADABLE. */
export async function openCatalog(dataDir: string, log?: Log): Promise<Catalog> {
  const path = join(dataDir, ADDITIONS_FILE);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new CodedError('FILE_UNREADABLE', { file: path, reason: cause.message }, { cause });
  });
  if (text === undefined) return CATALOG;
  const { catalog, leftOut } = withAdditions(CATALOG, parseAdditions(text));
  log?.info(
    { catalog: catalog.version, added: catalog.tools.length - CATALOG.tools.length },
    'catalog extended',
  );
  if (leftOut.length > 0)
    log?.warn({ records: leftOut }, 'added records left out, the catalog has their ids or names');
  return catalog;
}

/** Replaces the operator's additions, whole or not at all. Answers the path. */
export async function writeAdditions(dataDir: string, tools: readonly Tool[]): Promise<string> {
  const path = join(dataDir, ADDITIONS_FILE);
  const version = createHash('sha256').update(JSON.stringify(tools)).digest('hex').slice(0, 8);
  const text = `${JSON.stringify({ version, tools }, null, 2)}\n`;
  parseAdditions(text);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const passing = `${path}.${process.pid}.new`;
  try {
    await using file = await open(passing, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
    await rename(passing, path);
  } catch (cause) {
    await rm(passing, { force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('FILE_UNREADABLE', { file: path, reason }, { cause });
  }
  return path;
}
