import { defineConfig } from 'vitest/config';
import { skipped } from './test/support/skipped.ts';

const CONSOLE = 'test/console/**/*.test.{ts,tsx}';

/** Two projects, as two scripts run them: `house` is everything but the console, `console` is the console in a browser. */
export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }], skipped],
    maxWorkers: 2,
    projects: [
      project({ name: 'house', include: ['test/**/*.test.{ts,tsx}'], exclude: [CONSOLE] }),
      project({
        name: 'console',
        include: [CONSOLE],
        exclude: [],
        globalSetup: ['test/support/console-build.ts'],
      }),
    ],
  },
});

interface Project {
  readonly name: string;
  readonly include: string[];
  readonly exclude: string[];
  readonly globalSetup?: string[];
}

function project(own: Project) {
  return { test: { ...own, testTimeout: 30_000, hookTimeout: 60_000, env: { NO_COLOR: '1' } } };
}
