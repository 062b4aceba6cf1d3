// Adds up what the test runners counted: `count-tests.ts CARGO_LOG VITEST_JSON`. Fails if anything failed
// or if nothing ran.
import { readFileSync } from 'node:fs';

const [cargoLog = '', vitestJson = ''] = process.argv.slice(2);
let [passed, failed, skipped] = [0, 0, 0];
for (const [, p, f, i] of readFileSync(cargoLog, 'utf8').matchAll(
  /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm,
)) {
  passed += Number(p);
  failed += Number(f);
  skipped += Number(i);
}
if (passed === 0) failed++;
const report = JSON.parse(readFileSync(vitestJson, 'utf8')) as {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
};
passed += report.numPassedTests;
failed += Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
skipped += report.numPendingTests;
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0;
