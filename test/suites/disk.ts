// npm run suite:disk -- [--stage NAME]... [--times N] [--seed N]
import { join } from 'node:path';
import { Rng } from '../../src/domain/index.ts';
import { SmallDisk, cannotMount } from './disk/small-disk.ts';
import { failAndRepeat, roomy } from './disk/try.ts';
import { type SuiteOptions, chosen, suiteOptions } from './shared/options.ts';
import { Prepared } from './shared/prepared.ts';
import { Scratch } from './shared/scratch.ts';
import { stages } from './shared/stages.ts';
import { type SuiteResult, type Tally, report, tallied } from './shared/tally.ts';

const thorough = 12;
const megabytes = 128;
const names = ['world', 'ingest', 'refine', 'shards', 'sunday', "sunday's publish", 'publish'];
const wanted = new Set([...names, 'rollback', 'daily', 'export']);

/** Stages on disks that are full after more and more bytes, and on a read-only one. */
export async function diskSuite(options: SuiteOptions): Promise<SuiteResult> {
  using scratch = new Scratch('disk');
  const prepared = new Prepared(scratch);
  const tried = stages.filter(({ name }) => wanted.has(name));
  const skipped = cannotMount(scratch.path);
  const tallies: Tally[] = [];
  for (const [i, stage] of chosen(tried, options).entries())
    tallies.push(
      await tallied(stage.name, async (tally) => {
        tally.skipped = skipped;
        if (skipped !== null) return;
        using disk = new SmallDisk(join(scratch.path, `disk-${i}`), megabytes);
        const calm = await roomy(prepared, stage, disk);
        const times = options.times ?? thorough;
        const rng = new Rng(options.seed, i);
        for (let n = 0; n < times; n++) {
          // from a full disk to a little less than what is needed
          const share = n === 0 ? 0 : (n - 1 + rng.uniform()) / (times - 1);
          const failure = Math.floor(share * calm.bytes);
          await failAndRepeat(prepared, stage, calm, { disk, failure }, tally);
        }
        await failAndRepeat(prepared, stage, calm, { disk, failure: 'read-only' }, tally);
      }),
    );
  return { suite: 'disk', hit: 'refused', tallies };
}

if (import.meta.main)
  process.exitCode = report(await diskSuite(suiteOptions(process.argv.slice(2))));
