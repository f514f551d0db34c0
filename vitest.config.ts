import { defineConfig } from 'vitest/config';
import { skipped } from './test/support/skipped.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }], skipped],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: { NO_COLOR: '1' },
  },
});
