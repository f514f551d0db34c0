import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '.cache/lab';

/** Writes what a run saw where it stays until the next of that name. Gives where. */
export function keepReport(name: string, report: object): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}.json`);
  writeFileSync(path, JSON.stringify(report, null, 1));
  return path;
}
