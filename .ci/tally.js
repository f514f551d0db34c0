import { existsSync, readFileSync } from 'node:fs';

// Plain JavaScript: it has to speak even where the repository's own Node could not be installed.
// Takes the runner's reports. One that is missing counts as a failure, as does a file that could not be loaded.
const total = { passed: 0, failed: 0, skipped: 0 };
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    console.log(`${path} is missing: a step before the tests failed.`);
    total.failed += 1;
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests + brokenFiles;
  total.skipped += report.numPendingTests + report.numTodoTests;
  if (!report.success) process.exitCode = 1;
}

const { passed, failed, skipped } = total;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
// What was skipped was not shown to work; here, everything that the tests need has been installed.
if (process.env.CI === 'true' && skipped > 0) {
  console.log('Nothing may be skipped in CI: the reasons are above.');
  process.exitCode = 1;
}
if (passed === 0 || failed > 0) process.exitCode = 1;
