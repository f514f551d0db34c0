import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADDITIONS_FILE, parseAdditions, withAdditions } from '../shared/catalog/additions.ts';
import { CATALOG } from '../shared/catalog/index.ts';
import type { Catalog } from '../shared/catalog/schema.ts';
import { CodedError, codedError } from '../shared/errors.ts';

/** The catalog that this agent brings, with what was put into its data folder. Throws CATALOG_INVALID or FILE_UNREADABLE. */
export function readCatalog(dataDir: string): Catalog {
  const path = join(dataDir, ADDITIONS_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return CATALOG;
    throw new CodedError('FILE_UNREADABLE', { file: path }, { cause });
  }
  return withAdditions(CATALOG, parseAdditions(text)).catalog;
}

/** The same for an agent that runs: a bad file is told, and what it brings itself is still looked for. */
export function usableCatalog(dataDir: string, tell: (error: CodedError) => void): Catalog {
  try {
    return readCatalog(dataDir);
  } catch (error) {
    tell(codedError(error));
    return CATALOG;
  }
}
