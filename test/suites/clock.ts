// npm run suite:clock -- [--stage CASE]... [--times N] [--seed N]
import { Rng } from '../../src/domain/index.ts';
import { cases } from './clock/cases.ts';
import { type SuiteOptions, chosen, suiteOptions } from './shared/options.ts';
import { Prepared } from './shared/prepared.ts';
import { Scratch } from './shared/scratch.ts';
import { type SuiteResult, type Tally, report, tallied } from './shared/tally.ts';

const thorough = 8;

/** Commands whose clock jumps a day or thirty years, either way, from one to the next. */
export async function clockSuite(options: SuiteOptions): Promise<SuiteResult> {
  using scratch = new Scratch('clock');
  const prepared = new Prepared(scratch);
  const tallies: Tally[] = [];
  for (const [i, each] of chosen(cases, options).entries())
    tallies.push(
      await tallied(each.name, async (tally) => {
        const rng = new Rng(options.seed, i);
        for (let round = 0; round < (options.times ?? thorough); round++)
          await each.try(prepared, rng, tally, round);
      }),
    );
  return { suite: 'clock', hit: 'wrong clock', tallies };
}

if (import.meta.main)
  process.exitCode = report(await clockSuite(suiteOptions(process.argv.slice(2))));
