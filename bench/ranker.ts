// Engines and artist encodings of the ranker on tuning weeks: quality with paired differences from the
// default, training time, scoring time. Lakes are kept in .cache/study-ranker.
//   node bench/ranker.ts [30music] [world]
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Interval, bootstrapMean } from '../src/domain/index.ts';
import { TreeScorer } from '../src/native/index.ts';
import { type Artifact, ColFile } from '../src/platform/index.ts';
import {
  artistEncodings,
  defaultRankerOptions,
  engineNames,
  readRankerText,
  trainRanker,
} from '../src/ranking/index.ts';
import { presets } from '../src/simulation/index.ts';
import { JudgedLake, type RankedPoint, type Measures, measures } from './ranker/judged-lake.ts';
import { realLake, worldLake } from './world/folders.ts';

const cache = fileURLToPath(new URL('../.cache/study-ranker', import.meta.url));
/** Of the seeds of worlds the one that is for tuning. */
const world = { ...presets.test, seed: 2 };
const perListener = 500;

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const short = (x: number): string => x.toFixed(4).replace(/^(-?)0\./, '$1.');
const interval = ({ mean, low, high }: Interval): string =>
  `${short(mean)} [${short(low)}, ${short(high)}]`;

async function keptWorld(): Promise<string> {
  const folder = join(cache, 'world');
  if (existsSync(folder)) return folder;
  const making = `${folder}-${process.pid}`;
  await worldLake(making, world);
  renameSync(making, folder);
  return folder;
}

interface Trained {
  readonly ranker: Artifact;
  /** CPU seconds of training, and microseconds of scoring the candidates of a listener. */
  readonly seconds: number;
  readonly microseconds: number;
}

async function trained(
  lake: JudgedLake,
  point: RankedPoint,
  variant: Pick<typeof defaultRankerOptions, 'engine' | 'artist'>,
): Promise<Trained> {
  const { chain, featureNames, at } = point;
  const before = process.cpuUsage();
  const ranker = await trainRanker(lake.dataDir, chain.examples, featureNames, at, {
    ...defaultRankerOptions,
    ...variant,
  });
  const { user, system } = process.cpuUsage(before);
  return { ranker, seconds: (user + system) / 1e6, microseconds: scoring(ranker, point) };
}

/** Over examples of the first cut, as many as a listener has candidates at a time; median of five runs. */
function scoring(ranker: Artifact, { chain, featureNames }: RankedPoint): number {
  const scorer = new TreeScorer(readRankerText(ranker));
  const examples = chain.examples[0]?.examples as Artifact;
  const size = perListener * featureNames.length;
  const calls = Object.keys(examples.manifest.files)
    .filter((name) => name.endsWith('.col'))
    .flatMap((name) => {
      const x = ColFile.open(join(examples.path, name)).f32('x');
      const count = Math.floor(x.length / size);
      return Array.from({ length: count }, (_, i) => x.slice(i * size, (i + 1) * size));
    });
  const runs: number[] = [];
  for (let run = 0; run < 5; run++) {
    const before = process.cpuUsage();
    for (let i = 0; i < 200; i++) scorer.raw(calls[i % calls.length] as Float32Array);
    const { user, system } = process.cpuUsage(before);
    runs.push((user + system) / 200);
  }
  return runs.toSorted((a, b) => a - b)[2] as number;
}

async function study(name: string, dataDir: string): Promise<void> {
  const lake = await JudgedLake.of(dataDir);
  rmSync(join(dataDir, 'artifacts', 'ranker'), { recursive: true, force: true });
  print(`\n${name}: ${lake.users.length} listener-points of ${lake.points.length} tuning points`);
  const titles = [
    'NDCG@30',
    'new-artist NDCG',
    'adventurous, new-artist NDCG',
    'cold artists, NDCG',
  ];
  print(`\n| engine, artist | ${titles.join(' | ')} | training, CPU s | scoring, us |`);
  print(`|---|${titles.map(() => '---|').join('')}---|---|`);
  let base: Measures | null = null;
  for (const engine of engineNames)
    for (const artist of artistEncodings) {
      const runs: Trained[] = [];
      for (const point of lake.points) runs.push(await trained(lake, point, { engine, artist }));
      const found = await lake.judge(runs.map(({ ranker }) => ranker));
      const cells = measures.map((measure) => {
        const values = found[measure];
        if (base === null) {
          const own = bootstrapMean(values, lake.users);
          return `${interval(own)}, n ${own.n}`;
        }
        const against = base[measure];
        const differences = values.map((value, i) => value - (against[i] as number));
        const mean = bootstrapMean(values, lake.users).mean;
        return `${short(mean)}, ${interval(bootstrapMean(differences, lake.users))}`;
      });
      base ??= found;
      const seconds = runs.reduce((sum, run) => sum + run.seconds, 0) / runs.length;
      const microseconds = runs.reduce((sum, run) => sum + run.microseconds, 0) / runs.length;
      print(
        `| ${engine}, ${artist} | ${cells.join(' | ')} | ${seconds.toFixed(1)} | ${microseconds.toFixed(0)} |`,
      );
    }
}

mkdirSync(cache, { recursive: true });
const wanted = process.argv.slice(2);
const isWanted = (lake: string): boolean => wanted.length === 0 || wanted.includes(lake);
print(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
if (isWanted('30music')) {
  const real = await realLake(cache);
  if (real === null) print('\n30Music is not here.');
  else await study('30Music, windows 0 and 1', real);
}
if (isWanted('world')) await study(`world of seed ${world.seed}`, await keptWorld());
