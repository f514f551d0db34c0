/** What the planted files import. */
export const TARGETS = {
  'shared/x.ts': 'export const x = 1;\n',
  'agent/x.ts': 'export const x = 1;\n',
  'server/x.ts': 'export const x = 1;\n',
  'server/detect/x.ts': 'export const x = 1;\n',
  'server/console/x.ts': 'export const x = 1;\n',
  'server/collector.ts': 'export const x = 1;\n',
  'test/x.ts': 'export const x = 1;\n',
};

/** As near to the fences as is allowed. */
export const CLEAN: Readonly<Record<string, string>> = {
  'shared/clean.ts': `import * as z from 'zod/mini';
import { x } from './x.ts';

export const schema = z.literal(x);
export const later = (at: string) => new Date(Date.parse(at) + x);
`,
  'shared/catalog/clean.ts': `import { x } from '../x.ts';

export const y = [x] as const;
`,
  'agent/clean.ts': `import { platform } from 'node:os';
import { x } from '../shared/x.ts';

export const y = () => [x, platform(), Date.now()];
`,
  'agent/spool.ts': `import { DatabaseSync } from 'node:sqlite';

export const y = DatabaseSync;
`,
  'agent/host/clean.ts': `import { execFile } from 'node:child_process';

export const y = execFile;
`,
  'agent/config.ts': 'export const y = process.env;\n',
  'server/commands/start.ts': `import { spawn } from 'node:child_process';
import { x } from '../collector.ts';

export const y = () => console.log(spawn, x);
`,
  'server/main.ts': `import { x } from './collector.ts';

console.log(x, process.env);
`,
  'server/store/clean.ts': `import { sql } from 'kysely';

export const y = sql;
`,
  'server/clean.ts': `import { x } from './detect/x.ts';

export async function y(run: Promise<void>): Promise<number> {
  try {
    await run;
  } catch {
    // Nobody waits for it anymore.
  }
  return x;
}
`,
  'server/detect/rules/clean.ts': `import { z } from 'zod';
import { x } from '../../../shared/x.ts';
import { x as own } from '../x.ts';

export const y = () => z.literal([x, own]);
`,
  'server/console/views/clean.ts': `import { useState } from 'react';
import { x } from '../../../shared/x.ts';
import { x as own } from '../x.ts';

export const y = () => [useState, x, own];
`,
  'test/clean.test.ts': `import { expect, test } from 'vitest';

// TODO(the parser comes first): more of it.
test('one is one', () => {
  const one: unknown = 1;
  expect(one as number).toBe(1);
});
`,
};
