// How far the simulated world may be believed: its statistics beside published ones, and the order of
// methods on it beside their order on real sessions. Slow results are kept in .cache/study-world.
//   node bench/world.ts [statistics] [order] [--test]
// Without --test the order is that of the tuning windows and of the world that was repaired by them.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Interval, bootstrapMean } from '../src/domain/index.ts';
import { lookAtTest } from '../src/evaluation/index.ts';
import { refine } from '../src/lake/index.ts';
import { type WorldConfig, generateWorld, presets } from '../src/simulation/index.ts';
import { realLake, worldLake } from './world/folders.ts';
import { type Scores, keptScores, recipeOf, scoreMethods } from './world/methods.ts';
import { type Agreement, orderAgreement } from './world/order.ts';
import { published, tolerance } from './world/published.ts';
import { type Statistics, realHabits, statisticsOf } from './world/statistics.ts';

const docs = fileURLToPath(new URL('../docs', import.meta.url));
const cache = fileURLToPath(new URL('../.cache/study-world', import.meta.url));
/** As thin as the real windows: a handful of plays a track, weeks of listening. */
const thin = { ...presets.test, listeners: 4000, tracks: 40_000, weeks: 4, playsTarget: 160_000 };
const repairedSeed = 2;

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const short = (x: number, digits = 3): string =>
  Math.abs(x) < 1 ? x.toFixed(digits).replace(/^(-?)0\./, '$1.') : x.toFixed(1);
const interval = ({ mean, low, high }: Interval): string =>
  `${short(mean, 4)} [${short(low, 4)}, ${short(high, 4)}]`;

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'deepcuts-study-world-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measured(config: WorldConfig): Promise<Statistics> {
  return inFolder(async (folder) => {
    const world = join(folder, 'world');
    await generateWorld(config, world, {});
    return statisticsOf(world, config);
  });
}

async function statistics(): Promise<void> {
  const [lifelike, test, demo] = [
    await measured(presets.lifelike),
    await measured(presets.test),
    await measured(presets.demo),
  ];
  print(
    `\n| statistic | published | \`lifelike\` | ratio | within ${100 * tolerance} % |` +
      ' `test` | `demo` | source |',
  );
  print('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const { statistic: key, title, value, source } of published) {
    const ratio = lifelike[key] / value;
    const within = Math.abs(ratio - 1) <= tolerance ? 'yes' : 'no';
    const cells = [title, short(value), short(lifelike[key]), ratio.toFixed(2), within];
    print(`| ${[...cells, short(test[key]), short(demo[key]), source].join(' | ')} |`);
  }
  const real = await realLake(cache);
  if (real === null) return;
  const habits = await realHabits(await refine({ dataDir: real }));
  print(
    `\n30Music, five windows: ${habits.listensPerDay.toFixed(2)} listens a listener and day with ` +
      `any, ${short(habits.repeats)} repeats of listeners with 50 to 99 listens in a window.`,
  );
}

/** The scores of the test points; the look is written to the ledger. */
async function lookedAt(dataDir: string, ledger: string): Promise<Scores> {
  const recipe = await recipeOf(dataDir);
  return lookAtTest(
    { ledger, protocol: 'order of methods', recipe, now: new Date() },
    (look) => scoreMethods(dataDir, look),
    ({ users, ndcg }) =>
      Object.entries(ndcg).map(([method, values]) => ({
        protocol: 'order of methods',
        recipe,
        judged: users.length,
        method,
        figures: [['NDCG@30', bootstrapMean(values, users)]],
      })),
  );
}

async function order(test: boolean): Promise<void> {
  const real = await realLake(cache);
  if (real === null) {
    print('\n30Music is not here: no order.');
    return;
  }
  const windows = test ? 'test' : 'tuning';
  const kept = join(cache, `real-${windows}-${await recipeOf(real)}.json`);
  const onReal = await keptScores(kept, () =>
    test ? lookedAt(real, join(docs, 'ledger.md')) : scoreMethods(real, 'tuning'),
  );
  const seed = test ? presets.test.seed : repairedSeed;
  const worlds = [
    { name: 'thin', config: { ...thin, seed } },
    { name: 'test', config: { ...presets.test, seed } },
  ];
  for (const { name, config } of worlds) {
    const onWorld = await inFolder(async (dataDir) => {
      await worldLake(dataDir, config);
      return lookedAt(dataDir, join(dataDir, 'ledger.md'));
    });
    const found = orderAgreement(onReal, onWorld);
    print(
      `\n${windows} windows (${onReal.users.length} listener-windows) against world \`${name}\``,
    );
    print(`of seed ${seed} (${onWorld.users.length} listeners)`);
    printMethods(found, onReal, onWorld);
    printAgreement(found);
  }
}

function printMethods({ methods }: Agreement, real: Scores, world: Scores): void {
  const mean = (scores: Scores, name: string): Interval =>
    bootstrapMean(scores.ndcg[name] ?? [], scores.users);
  const rows = methods.map((name) => ({ name, real: mean(real, name), world: mean(world, name) }));
  print('\n| method | NDCG@30, 30Music | NDCG@30, world |');
  print('| --- | --- | --- |');
  for (const row of rows.toSorted((a, b) => b.real.mean - a.real.mean))
    print(`| ${row.name} | ${interval(row.real)} | ${interval(row.world)} |`);
}

function printAgreement({ pairs, clear, same, sure, opposite }: Agreement): void {
  print(
    `\n${clear.length} of ${pairs} pairs are clear on real data; the world has ${same} in the same ` +
      `order (${((100 * same) / clear.length).toFixed(1)} %), ${sure} of them with an interval ` +
      `without 0, and ${opposite} surely in the other order.`,
  );
  for (const { first, second, real, world } of clear)
    if (world.mean <= 0)
      print(`- ${first} above ${second}: real ${interval(real)}, world ${interval(world)}`);
}

mkdirSync(cache, { recursive: true });
const wanted = process.argv.slice(2);
const isWanted = (study: string): boolean =>
  wanted.includes(study) || wanted.every((word) => word.startsWith('--'));
print(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
if (isWanted('statistics')) await statistics();
if (isWanted('order')) await order(wanted.includes('--test'));
