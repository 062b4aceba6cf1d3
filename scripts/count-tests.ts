// Adds up what the test runners counted: `count-tests.ts CARGO_LOG VITEST_JSON SUITES_LOG`. Fails if
// anything failed, if nothing ran, or if a suite that runs anywhere was skipped.
import { readFileSync } from 'node:fs';

const [cargoLog = '', vitestJson = '', suitesLog = ''] = process.argv.slice(2);
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

/** The others take small disks and control groups, which not every machine lets one make. */
const required = new Set(['kill', 'clock', 'twice']);
for (const [, suite = '', tries, , equal, , , result] of readFileSync(suitesLog, 'utf8').matchAll(
  /^\| (kill|disk|clock|twice|memory) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (ok|FAULT|skipped) \|$/gm,
)) {
  passed += Number(equal);
  failed += result === 'FAULT' ? Math.max(1, Number(tries) - Number(equal)) : 0;
  if (result === 'skipped') skipped++;
  else required.delete(suite);
}
failed += required.size;
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0;
