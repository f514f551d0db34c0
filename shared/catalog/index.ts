import { REMOTE_ACCESS } from './remote-access.ts';
import type { Catalog } from './schema.ts';

export const CATALOG: Catalog = { version: '2026.11.22', tools: [...REMOTE_ACCESS], ports: [] };
