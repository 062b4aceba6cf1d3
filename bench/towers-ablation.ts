// What each part of the two towers' training is worth: recall@500 of the source alone, a part changed
// at a time, on tuning weeks of real sessions and of a world.
//   node bench/towers-ablation.ts [real] [world]
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import { type Interval, bootstrapMean } from '../src/domain/index.ts';
import {
  type SourceFigures,
  intervalText,
  judgeSource,
  tuningPoints,
} from '../src/evaluation/index.ts';
import { eventSpans, refine } from '../src/lake/index.ts';
import { type TowersOptions, defaultTowers } from '../src/retrieval/index.ts';
import { presets } from '../src/simulation/index.ts';
import { realLake, worldLake } from './world/folders.ts';

const cache = fileURLToPath(new URL('../.cache/study-frontier', import.meta.url));
const seeds = [1, 2];
const { params, moments } = defaultTowers;

const trained = (changes: Readonly<Record<string, string | number>>): Partial<TowersOptions> => ({
  params: { ...params, ...changes },
});

/** A part changed at a time. */
const variants: Readonly<Record<string, Partial<TowersOptions>>> = {
  'the default': {},
  'no logQ correction': trained({ correction: 'none' }),
  'logQ on the positive too (2019)': trained({ correction: 'classic' }),
  'logQ of both kinds together': trained({ correction: 'mixture' }),
  'in-batch negatives alone': trained({ uniform: 0 }),
  'twice the uniform negatives': trained({ uniform: 1024 }),
  '5 mined negatives a pair, ranks 101-500': { minedNegatives: 5 },
  'no skips as hard negatives': { moments: { ...moments, negativesPerMoment: 0 } },
  'triplet, all negatives': trained({ loss: 'triplet', tripletNegatives: 'all' }),
  'triplet, hardest negative': trained({ loss: 'triplet' }),
  'triplet, all, pairs weigh the same': {
    ...trained({ loss: 'triplet', tripletNegatives: 'all' }),
    moments: { ...moments, pairWeights: 'even' },
  },
  'pairs weigh the same (no dwell, no saves)': { moments: { ...moments, pairWeights: 'even' } },
  'no tempo, energy and key': { moments: { ...moments, attributes: false } },
  'half the epochs': trained({ epochs: Math.round(params.epochs / 2) }),
};

async function ablate(name: string, dataDir: string): Promise<void> {
  const silver = await refine({ dataDir });
  const base = { ...chainOptions(await openWorkspace(dataDir)), recipe: 'towers' as const };
  const points = tuningPoints(eventSpans(silver), base.labelDays);
  const print = (line: string): boolean => process.stdout.write(`${line}\n`);
  let first: readonly SourceFigures[] = [];
  for (const [title, towers] of Object.entries(variants)) {
    const runs: SourceFigures[] = [];
    const started = performance.now();
    for (const seed of seeds) {
      const seeded = { ...towers, params: { ...params, ...towers.params, seed } };
      const options = { ...base, tuning: { towers: seeded } };
      runs.push(await judgeSource(dataDir, silver, points, options, 'two_tower'));
    }
    const seconds = (performance.now() - started) / 1000 / seeds.length;
    if (first.length === 0) {
      first = runs;
      print(
        `\n${name}: ${runs[0]?.users.length} listener-points, mean of seeds ${seeds.join(', ')}\n`,
      );
      print('| towers | recall@500 | - the default | NDCG@30 | - the default | s |');
      print('| --- | --- | --- | --- | --- | --- |');
    }
    const cells = (['recall', 'ndcg'] as const).flatMap((figure) => [
      intervalText(mean(runs, figure)),
      runs === first ? '' : intervalText(mean(runs, figure, first)),
    ]);
    print(`| ${[title, ...cells, seconds.toFixed(0)].join(' | ')} |`);
  }
}

/** Over seeds per listener first, then over listeners; less another's, if given. */
function mean(
  runs: readonly SourceFigures[],
  figure: 'recall' | 'ndcg',
  less: readonly SourceFigures[] = [],
): Interval {
  const users = runs[0]?.users ?? [];
  const of = (some: readonly SourceFigures[], i: number): number =>
    some.reduce((sum, run) => sum + (run[figure][i] ?? Number.NaN), 0) / Math.max(1, some.length);
  return bootstrapMean(
    users.map((_, i) => of(runs, i) - of(less, i)),
    users,
  );
}

const wanted = process.argv.slice(2);
const isWanted = (study: string): boolean => wanted.length === 0 || wanted.includes(study);
mkdirSync(cache, { recursive: true });
process.stdout.write(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`);
const real = isWanted('real') ? await realLake(cache) : null;
if (real !== null) await ablate('30Music, windows 0 and 1', real);
if (isWanted('world')) {
  const dataDir = mkdtempSync(join(tmpdir(), 'deepcuts-ablation-'));
  try {
    await worldLake(dataDir, { ...presets.test, seed: 2 });
    await ablate('world `test`, seed 2, the week before the last', dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
