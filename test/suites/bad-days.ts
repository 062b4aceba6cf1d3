// npm run suite:bad-days -- [--times N] [--seed N]: all suites, one table.
import { clockSuite } from './clock.ts';
import { diskSuite } from './disk.ts';
import { killSuite } from './kill.ts';
import { memorySuite } from './memory.ts';
import { suiteOptions } from './shared/options.ts';
import { type SuiteResult, report, summaryTable } from './shared/tally.ts';
import { twiceSuite } from './twice.ts';

const options = suiteOptions(process.argv.slice(2));
const results: SuiteResult[] = [];
for (const suite of [killSuite, diskSuite, clockSuite, twiceSuite, memorySuite])
  results.push(await suite(options));
const codes = results.map(report);
process.stdout.write(`\n${summaryTable(results)}\n`);
process.exitCode = codes.includes(1) ? 1 : Math.max(...codes);
