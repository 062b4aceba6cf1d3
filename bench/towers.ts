// The crate's two towers against torch on the CPU, one thread each: speed, and recall@500 of tracks that
// a held-out listener had not played.
//   node bench/towers.ts [seeds] [epochs]
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import { Rng } from '../src/domain/index.ts';
import { encodeTowers, setThreads, trainTowers, untrainedTowers } from '../src/native/index.ts';
import { peerPython, runPeer } from './peers/environment.ts';

interface Point {
  readonly cpuSeconds: number;
  readonly pairs: number;
  readonly recall: readonly number[];
}

const [seeds = 3, epochs = 4] = process.argv.slice(2).map(Number);
const cache = fileURLToPath(new URL('../.cache', import.meta.url));
const data = fileURLToPath(new URL('../../shared/data', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'deepcuts-towers-'));
const base = {
  dimensions: 64,
  hidden: 128,
  temperature: 0.07,
  batch: 512,
  uniform: 512,
  learningRate: 0.001,
  tableLearningRate: 0.02,
};
setThreads(1);

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;

function prepared(name: string, args: readonly string[]): string {
  const folder = join(cache, `towers-${name}`);
  if (!existsSync(join(folder, 'tower-examples.col'))) {
    mkdirSync(folder, { recursive: true });
    const script = fileURLToPath(new URL('peers/towers_data.py', import.meta.url));
    execFileSync(peerPython('core'), [script, ...args, folder], { stdio: 'inherit' });
  }
  return folder;
}

const filesOf = (folder: string) => ({
  tracks: join(folder, 'tower-tracks.col'),
  examples: join(folder, 'tower-examples.col'),
});

/** CPU seconds and pairs of one training; the towers lie in `work`. */
async function ours(folder: string, seed: number, rounds: number): Promise<Point> {
  const towers = join(work, 'towers.col');
  const before = process.cpuUsage();
  const stats = await trainTowers({ ...base, seed, epochs: rounds }, filesOf(folder), towers);
  const { user, system } = process.cpuUsage(before);
  const point = { cpuSeconds: (user + system) / 1e6, pairs: stats.pairs * rounds, recall: [] };
  const held = join(folder, 'held-out.col');
  if (!existsSync(held)) return point;
  const vectors = [join(work, 'listeners.col'), join(work, 'tracks.col')] as const;
  await encodeTowers(towers, 'listener', held, vectors[0]);
  await encodeTowers(towers, 'track', filesOf(folder).tracks, vectors[1]);
  const judged = runPeer('torch', 'towers.py', ['judge', folder, ...vectors]);
  return { ...point, recall: (judged as { readonly result: readonly number[] }).result };
}

function theirs(folder: string, seed: number, rounds: number, most: number): readonly Point[] {
  const initial = join(work, 'initial.f32');
  writeFileSync(initial, untrainedTowers({ ...base, seed }, filesOf(folder)));
  const args = ['train', folder, JSON.stringify(base), initial, rounds, seed, most].map(String);
  return (runPeer('torch', 'towers.py', args) as { readonly result: readonly Point[] }).result;
}

/** 95 % interval of the mean, 2,000 bootstrap draws over listeners. */
function interval(values: readonly number[]): readonly [number, number] {
  const rng = new Rng(1);
  const means = Array.from({ length: 2000 }, () =>
    mean(values.map(() => values[Math.floor(rng.uniform() * values.length)] as number)),
  ).toSorted((a, b) => a - b);
  return [means[50] as number, means[1949] as number];
}

const rate = (point: Point): string => (point.pairs / point.cpuSeconds).toFixed(0);
const ratio = (a: Point, b: Point): string =>
  (a.pairs / a.cpuSeconds / (b.pairs / b.cpuSeconds)).toFixed(1);
process.stdout.write(
  `${cpus()[0]?.model}, torch 2.15.0 (one thread), Node ${process.version}; node bench/towers.ts ${seeds} ${epochs}\n\n`,
);

const large = prepared('synthetic', ['synthetic', '200000', '50000']);
const fast = await ours(large, 1, 1);
const slow = theirs(large, 1, 1, 20_000)[0] as Point;
process.stdout.write(
  '| data | crate pairs/s/core | torch pairs/s/core | ratio |\n|---|---|---|---|\n',
);
process.stdout.write(
  `| synthetic, 200k pairs, 50k tracks | ${rate(fast)} | ${rate(slow)} | ${ratio(fast, slow)} |\n`,
);

if (existsSync(join(data, '30music_sessions'))) {
  const folder = prepared('real', ['real', data]);
  const found: { readonly own: readonly Point[]; readonly peer: readonly Point[] }[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const own: Point[] = [];
    for (let e = 1; e <= epochs; e++) own.push(await ours(folder, seed, e));
    found.push({ own, peer: theirs(folder, seed, epochs, 0) });
  }
  const last = (points: readonly Point[]): Point => points.at(-1) as Point;
  const total = (side: 'own' | 'peer'): Point => ({
    cpuSeconds: found.reduce((sum, run) => sum + last(run[side]).cpuSeconds, 0),
    pairs: found.reduce((sum, run) => sum + last(run[side]).pairs, 0),
    recall: [],
  });
  const perListener = (side: 'own' | 'peer'): readonly number[] =>
    last(found[0]?.own ?? []).recall.map((_, i) =>
      mean(found.map((run) => last(run[side]).recall[i] as number)),
    );
  const [a, b] = [perListener('own'), perListener('peer')];
  const gaps = a.map((value, i) => value - (b[i] as number));
  const goal = mean(b) * 0.99;
  const reached = (side: 'own' | 'peer'): string => {
    const points = last(found[0]?.own ?? []).recall.length > 0 ? epochs : 0;
    for (let e = 0; e < points; e++) {
      const at = found.map((run) => run[side][e] as Point);
      if (mean(at.map((point) => mean(point.recall))) >= goal)
        return mean(at.map((point) => point.cpuSeconds)).toFixed(2);
    }
    return 'not reached';
  };
  process.stdout.write(
    `| 30Music, ${last(found[0]?.own ?? []).pairs / epochs} pairs | ${rate(total('own'))} | ${rate(total('peer'))} | ${ratio(total('own'), total('peer'))} |\n`,
  );
  const [low, high] = interval(gaps);
  process.stdout.write(
    `\n| ${gaps.length} held-out listeners, ${seeds} seeds, ${epochs} epochs | crate | torch |\n|---|---|---|\n` +
      `| recall@500 | ${mean(a).toFixed(4)} | ${mean(b).toFixed(4)} |\n` +
      `| CPU s to 99 % of torch's recall | ${reached('own')} | ${reached('peer')} |\n\n` +
      `Paired difference of recall@500 per listener: ${mean(gaps).toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]\n`,
  );
} else process.stdout.write('\n30Music is not here: no recall.\n');
rmSync(work, { recursive: true });
