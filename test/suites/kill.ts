// npm run suite:kill -- [--stage NAME]... [--times N] [--seed N]
import { Rng } from '../../src/domain/index.ts';
import { type SuiteOptions, chosen, suiteOptions } from './shared/options.ts';
import { Prepared } from './shared/prepared.ts';
import { Scratch } from './shared/scratch.ts';
import { type SuiteResult, type Tally, report, tallied } from './shared/tally.ts';
import { chooseDeaths } from './kill/points.ts';
import { stages } from './shared/stages.ts';
import { killAndRepeat } from './kill/try.ts';
import { undisturbed } from './kill/undisturbed.ts';

const thorough = 24;
const mostRounds = 4;

/** Every stage killed with SIGKILL at many points and repeated. */
export async function killSuite(options: SuiteOptions): Promise<SuiteResult> {
  using scratch = new Scratch('kill');
  const prepared = new Prepared(scratch);
  const tallies: Tally[] = [];
  for (const [i, stage] of chosen(stages, options).entries())
    tallies.push(
      await tallied(stage.name, async (tally) => {
        const calm = await undisturbed(prepared, stage);
        const rng = new Rng(options.seed, i);
        const times = options.times ?? thorough;
        // a point that the command never came to is made up for by another
        for (let round = 0; tally.hit < times && round < mostRounds; round++)
          for (const point of chooseDeaths(calm, times - tally.hit, rng))
            await killAndRepeat(prepared, stage, calm, point, tally);
        if (tally.hit < times) tally.faults.push(`only ${tally.hit} of ${times} could be killed`);
      }),
    );
  return { suite: 'kill', hit: 'killed', tallies };
}

if (import.meta.main)
  process.exitCode = report(await killSuite(suiteOptions(process.argv.slice(2))));
