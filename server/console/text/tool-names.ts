import { CATALOG } from '../../../shared/catalog/index.ts';

export const TOOL_NAMES: ReadonlyMap<string, string> = new Map(
  CATALOG.tools.map(({ id, name }) => [id, name]),
);
