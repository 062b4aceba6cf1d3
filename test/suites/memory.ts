// npm run suite:memory -- [--stage NAME]... [--times N] [--seed N]
import { calmly, underHardship } from './shared/hardship.ts';
import { type SuiteOptions, chosen, suiteOptions } from './shared/options.ts';
import { Prepared } from './shared/prepared.ts';
import { Scratch } from './shared/scratch.ts';
import { stages } from './shared/stages.ts';
import { type SuiteResult, type Tally, report, tallied } from './shared/tally.ts';
import { MemoryGroup } from './memory/memory-group.ts';

/** What the program may use, in MB: from less than Node itself needs to plenty. */
const limits = [48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 512];
const early = ['world', 'ingest', 'refine', 'gold', 'two-tower', 'ranker'];
const wanted = new Set([...early, 'shards', 'sunday', 'publish', 'daily', 'export']);
const preload = `--import=${new URL('memory/join-group.ts', import.meta.url).href}`;

/** Stages in less and less memory; of `shards` the workers alone are held. */
export async function memorySuite(options: SuiteOptions): Promise<SuiteResult> {
  using scratch = new Scratch('memory');
  const prepared = new Prepared(scratch);
  const tried = stages.filter(({ name }) => wanted.has(name));
  const tallies: Tally[] = [];
  for (const stage of chosen(tried, options))
    tallies.push(
      await tallied(stage.name, async (tally) => {
        using group = MemoryGroup.make(stage.name.replaceAll(/\W/g, '-'));
        if (group === null) {
          tally.skipped = 'no control group of memory may be made here (it takes root on Linux)';
          return;
        }
        const calm = await calmly(prepared, stage, null);
        const held = stage.name === 'shards' ? 'worker' : 'main';
        for (const megabytes of spread(limits, options.times ?? limits.length)) {
          group.hold(megabytes);
          const environment = {
            NODE_OPTIONS: preload,
            SUITE_GROUP: group.members,
            SUITE_GROUP_OF: held,
          };
          const hardship = {
            name: `${megabytes} MB for the ${held} (${group.kind})`,
            dataDir: null,
            run: (dataDir: string, args: readonly string[]) =>
              prepared.launch(dataDir, args, environment).ended,
            codes: ['memory.short', 'shards.killed', 'system.killed'],
            mayDie: true,
          };
          await underHardship(prepared, stage, calm, hardship, tally);
        }
      }),
    );
  return { suite: 'memory', hit: 'refused', tallies };
}

/** `count` of the limits, evenly. */
function spread(all: readonly number[], count: number): number[] {
  const step = (all.length - 1) / Math.max(1, count - 1);
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, i) => all[Math.round(i * step)] as number,
  );
}

if (import.meta.main)
  process.exitCode = report(await memorySuite(suiteOptions(process.argv.slice(2))));
