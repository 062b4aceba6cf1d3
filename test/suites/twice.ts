// npm run suite:twice -- [--stage PAIR]... [--times N] [--seed N]
import { Rng } from '../../src/domain/index.ts';
import { type SuiteOptions, chosen, suiteOptions } from './shared/options.ts';
import { Prepared } from './shared/prepared.ts';
import { Scratch } from './shared/scratch.ts';
import { type SuiteResult, type Tally, report, tallied } from './shared/tally.ts';
import { pairs } from './twice/pairs.ts';
import { atOnce, inTurn } from './twice/round.ts';

const thorough = 10;
/** The second command starts at most so much later; half of the rounds start both together. */
const mostLaterMs = 1500;

/** Two commands on one data folder at once, with jitter: the result is that of one after the other. */
export async function twiceSuite(options: SuiteOptions): Promise<SuiteResult> {
  using scratch = new Scratch('twice');
  const prepared = new Prepared(scratch);
  const tallies: Tally[] = [];
  for (const [i, pair] of chosen(pairs, options).entries())
    tallies.push(
      await tallied(pair.name, async (tally) => {
        const outcomes = await inTurn(prepared, pair);
        const rng = new Rng(options.seed, i);
        for (let n = 0; n < (options.times ?? thorough); n++) {
          const later = n % 2 === 0 ? 20 : mostLaterMs;
          await atOnce(prepared, pair, outcomes, Math.floor(rng.uniform() * later), tally);
        }
      }),
    );
  return { suite: 'twice', hit: 'refused', tallies };
}

if (import.meta.main)
  process.exitCode = report(await twiceSuite(suiteOptions(process.argv.slice(2))));
