// Daily item vectors against a full retrain, and what a daily run costs. Worlds are kept in .cache.
//   node bench/daily.ts [tune|quality|cost]...
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type Interval } from '../src/domain/index.ts';
import { type DailyOptions, defaultDaily } from '../src/features/index.ts';
import { presets } from '../src/simulation/index.ts';
import { JudgedWorld } from './daily/quality.ts';
import { daily, dayMs, trainedBefore } from './daily/world.ts';

const judged = { ...presets.test, listeners: 2500, tracks: 8000, playsTarget: 400_000 };
/** Another world: nothing is chosen on the judged one. */
const tuning = { ...judged, seed: 2 };

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const digits = (x: number): string => x.toFixed(4);
const interval = ({ mean, low, high }: Interval): string =>
  `${digits(mean)} [${digits(low)}, ${digits(high)}]`;
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;

async function tune(): Promise<void> {
  const world = await JudgedWorld.of(tuning);
  const retrained = await world.byPool(await world.trained());
  print(
    '\n| epochs | learning rate | negatives | NDCG@30 held out | of truth | against retrain (truth) | cosine |',
  );
  print('| --- | --- | --- | --- | --- | --- | --- |');
  const row = (name: string, scores: typeof retrained, cosine: string): boolean =>
    print(
      `| ${name} | ${digits(world.mean(scores.heldOut).mean)} | ${digits(world.mean(scores.truth).mean)} | ${interval(world.difference(scores.truth, retrained.truth))} | ${cosine} |`,
    );
  row('retrain | | ', retrained, '');
  row('retrain, other seed | | ', await world.byPool(await world.trained(2)), '');
  const stale = await world.carried({ ...defaultDaily }, 0);
  row('no days | | ', await world.byPool(stale.vectors), '');
  for (const [epochs, learningRate] of [
    [3, 0.01],
    [5, 0.01],
    [10, 0.01],
    [20, 0.01],
    [10, 0.005],
    [20, 0.005],
    [5, 0.025],
  ] as const) {
    const minLearningRate = learningRate / 10;
    const options: DailyOptions = {
      ...defaultDaily,
      leastCosine: 0,
      epochs,
      learningRate,
      minLearningRate,
    };
    const { vectors, learned } = await world.carried(options);
    const cosine = learned.map(({ manifest }) => (manifest.counts['cosine'] ?? 0).toFixed(3));
    row(
      `${epochs} | ${learningRate} | ${options.negativeSample}`,
      await world.byPool(vectors),
      cosine.join(' '),
    );
  }
}

async function quality(seed: number): Promise<void> {
  const world = await JudgedWorld.of({ ...judged, seed });
  world.forgetRetrained();
  const dailyChain = await world.byChain('daily');
  const { vectors, learned } = await world.carried(defaultDaily);
  const cosine = learned.map(({ manifest }) => (manifest.counts['cosine'] ?? 0).toFixed(3));
  print(
    `\nWorld ${seed}: ${world.users.length} listeners; cosine of the anchors after each day: ${cosine.join(' ')}`,
  );
  const pool = {
    daily: await world.byPool(vectors),
    retrain: await world.byPool(await world.trained()),
    stale: await world.byPool((await world.carried(defaultDaily, 0)).vectors),
  };
  const chain = { daily: dailyChain, retrain: await world.byChain('retrain') };
  print('| lists | NDCG@30 against | daily | retrain | daily minus retrain | share |');
  print('| --- | --- | --- | --- | --- | --- |');
  for (const [name, a, b] of [
    ['pool query', pool.daily, pool.retrain],
    ['pool query, no days', pool.stale, pool.retrain],
    ['chain, accurate', chain.daily, chain.retrain],
  ] as const)
    for (const against of ['heldOut', 'truth'] as const) {
      const difference = world.difference(a[against], b[against]);
      const base = world.mean(b[against]).mean;
      print(
        `| ${name} | ${against === 'truth' ? 'the truth' : 'held-out plays'} | ${digits(world.mean(a[against]).mean)} | ${digits(base)} | ${interval(difference)} | ${percent(difference.mean, base)} |`,
      );
    }
}

async function cost(): Promise<void> {
  const config = {
    ...presets.test,
    seed: 3,
    listeners: 4000,
    tracks: 15_000,
    weeks: 9,
    playsTarget: 900_000,
  };
  print('\n| history | day | events | tracks | CPU s | wall s |');
  print('| --- | --- | --- | --- | --- | --- |');
  const at = config.endsAt - 2 * dayMs;
  for (const [weeks, days] of [
    [8, 0.5],
    [8, 1],
    [8, 2],
    [4, 1],
  ] as const) {
    const name = `cost-${weeks}-${days}`;
    const base = await trainedBefore(name, config, [at, at + days * dayMs], at - weeks * 7 * dayMs);
    const { dataDir, parts } = base;
    const figures: { cpu: number; wall: number; events: number; tracks: number }[] = [];
    let ingested: string | null = null;
    for (let run = 0; run < 3; run++) {
      // every run ingests, as the first does
      if (ingested !== null)
        rmSync(join(dataDir, 'lake', 'bronze', `ingest_id=${ingested}`), { recursive: true });
      for (const folder of ['lake/day', 'artifacts/item2vec-day'])
        rmSync(join(dataDir, folder), { recursive: true, force: true });
      const before = process.cpuUsage();
      const report = await daily(dataDir, parts[0] as string, config.endsAt);
      const { user, system } = process.cpuUsage(before);
      ({ ingested } = report);
      const { events = 0, tracksTouched = 0 } = report.day ?? {};
      figures.push({
        cpu: (user + system) / 1e6,
        wall: report.seconds,
        events,
        tracks: tracksTouched,
      });
    }
    const middle = figures.toSorted((a, b) => a.cpu - b.cpu)[1];
    if (middle === undefined) continue;
    print(
      `| ${weeks} weeks | ${days} d | ${middle.events} | ${middle.tracks} | ${middle.cpu.toFixed(2)} | ${middle.wall.toFixed(2)} |`,
    );
  }
}

/** Judged worlds; all are reported. */
const seeds = [1, 4, 5];
const studies = {
  tune,
  quality: async () => {
    for (const seed of seeds) await quality(seed);
  },
  cost,
};
const wanted = process.argv.slice(2);
print(`${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} CPUs, Node ${process.version}`);
for (const [name, study] of Object.entries(studies))
  if (wanted.length === 0 || wanted.includes(name)) await study();
