// npm run suite:disk -- [--stage NAME]... [--times N] [--seed N]
import { join } from 'node:path';
import { Rng } from '../../src/domain/index.ts';
import { dataOn, fullDisk, readOnlyDisk } from './disk/hardships.ts';
import { SmallDisk, cannotMount } from './disk/small-disk.ts';
import { calmly, underHardship } from './shared/hardship.ts';
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
        let needed = 0;
        const calm = await calmly(prepared, stage, dataOn(disk), (when) => {
          needed += when === 'before' ? disk.freeBytes : -disk.freeBytes;
        });
        const times = options.times ?? thorough;
        const rng = new Rng(options.seed, i);
        for (let n = 0; n < times; n++) {
          // from no room at all to a little less than what is needed
          const share = n === 0 ? 0 : (n - 1 + rng.uniform()) / (times - 1);
          const full = fullDisk(prepared, disk, Math.floor(share * needed));
          await underHardship(prepared, stage, calm, full, tally);
        }
        await underHardship(prepared, stage, calm, readOnlyDisk(prepared, disk), tally);
      }),
    );
  return { suite: 'disk', hit: 'refused', tallies };
}

if (import.meta.main)
  process.exitCode = report(await diskSuite(suiteOptions(process.argv.slice(2))));
