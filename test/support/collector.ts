import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collector, type CollectorOptions, startCollector } from '../../server/collector.ts';
import { type Config, readConfig } from '../../server/config.ts';
import { openLog } from '../../server/log.ts';

export interface TestCollector extends Collector {
  readonly dataDir: string;
}

/** A real collector on a free port of loopback with a data folder of its own, gone after the test. */
export async function testCollector(
  options: Partial<Omit<CollectorOptions, 'config'>> & {
    readonly config?: Partial<Config>;
    readonly keep?: boolean;
  } = {},
): Promise<TestCollector> {
  const dataDir = options.config?.dataDir ?? temporaryFolder();
  const config = { ...readConfig({ env: {}, flags: { port: '0', dataDir } }), ...options.config };
  const collector = await startCollector({ log: openLog('silent'), ...options, config });
  return {
    ...collector,
    dataDir,
    async [Symbol.asyncDispose]() {
      await collector[Symbol.asyncDispose]();
      if (!options.keep) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'farhand-'));
}
