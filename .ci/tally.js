import { readFileSync } from 'node:fs';

// Plain JavaScript: it has to speak even where the repository's own Node could not be installed.
// A file that could not be loaded has no tests to fail, so it counts as one failure itself.
const report = JSON.parse(readFileSync('.cache/vitest.json', 'utf8'));
const brokenFiles = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
).length;

const passed = report.numPassedTests;
const failed = report.numFailedTests + brokenFiles;
const skipped = report.numPendingTests + report.numTodoTests;

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
// What was skipped was not shown to work; here, everything that the tests need has been installed.
if (process.env.CI === 'true' && skipped > 0) {
  console.log('Nothing may be skipped in CI: the reasons are above.');
  process.exitCode = 1;
}
if (passed === 0 || failed > 0 || !report.success) process.exitCode = 1;
