import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** Name and text of every story beside. */
export const STORIES: readonly (readonly [name: string, text: string])[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => [basename(file, '.jsonl'), readFileSync(join(FOLDER, file), 'utf8')]);
