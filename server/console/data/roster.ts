import { type RosterPreview, rosterImportedSchema, rosterPreviewSchema } from '../../../shared/api/roster.ts';
import { API_PREFIX } from '../../../shared/api.ts';
import { answer, parsed, search } from './api.ts';

export const ROSTER_CSV = `${API_PREFIX}/roster.csv`;

export async function previewRoster(file: File): Promise<RosterPreview> {
  const path = `/roster/preview${search(nameOf(file))}`;
  return parsed(await send(path, file), rosterPreviewSchema, path);
}

/** Imports what the preview showed, or nothing. */
export async function importRoster(file: File, { sha256, plan }: RosterPreview) {
  const path = `/roster${search({ ...nameOf(file), sha256, plan })}`;
  return parsed(await send(path, file), rosterImportedSchema, path);
}

function nameOf({ name }: File) {
  return { format: name.toLowerCase().endsWith('.json') ? 'json' : 'csv', file: name.slice(0, 200) };
}

function send(path: string, file: File): Promise<Response> {
  const type = nameOf(file).format === 'json' ? 'application/json' : 'text/csv';
  return answer(path, { method: 'POST', body: file, headers: { 'content-type': type } });
}
