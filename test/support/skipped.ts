import type { Reporter } from 'vitest/node';

/** Names every test that was skipped and why, so that a run cannot look more complete than it was. */
export const skipped: Reporter = {
  onTestRunEnd(modules) {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        const reason = result.state === 'skipped' && result.note ? result.note : 'no reason given';
        console.log(`skipped: ${module.relativeModuleId} > ${test.fullName}: ${reason}`);
      }
    }
  },
};
