// What each stage and each source of the default chain is worth: one left out at a time, paired
// differences from the whole chain, on tuning weeks of real sessions and of a world, and how far each
// stage goes from popularity to the oracle there. Figures are kept in .cache/study-ablations, a file a
// variant and point; a study that was stopped goes on from them.
//   node bench/ablations.ts [real] [world] [way] [--seeds N]
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import { type Interval, bootstrapMean } from '../src/domain/index.ts';
import { intervalText, recipeDigest, tuningPoints } from '../src/evaluation/index.ts';
import { eventSpans, refine } from '../src/lake/index.ts';
import { kernelVersion } from '../src/native/index.ts';
import { digestJson } from '../src/platform/index.ts';
import { defaultExampleOptions, defaultRankerOptions } from '../src/ranking/index.ts';
import { presets } from '../src/simulation/index.ts';
import { type ChainOptions } from '../src/scoring/index.ts';
import { AblationPoint, type FigureName, type Figures, figureNames } from './ablations/figures.ts';
import { type Variant, variants, whole } from './ablations/variants.ts';
import { judgeByTruth, truthTable } from '../test/support/oracle.ts';
import { SimulatedWeek } from '../test/support/simulated-week.ts';
import { keptWorldLake, realLake } from './world/folders.ts';

const kept = fileURLToPath(new URL('../.cache/study-ablations', import.meta.url));
const shared = fileURLToPath(new URL('../.cache/study-frontier', import.meta.url));
const worldSeed = 2;

const { values: given, positionals: wanted } = parseArgs({
  options: { seeds: { type: 'string', default: '3' } },
  allowPositionals: true,
});
/** Of examples and ranker; figures are means over them, listener by listener. */
const seeds = Array.from({ length: Number(given.seeds) }, (_, i) => i + 1);

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Figures of every variant by seed, all points joined in one order. */
type Board = ReadonlyMap<Variant, readonly Figures[]>;

async function judgeAll(name: string, dataDir: string, world: string | null): Promise<Board> {
  const silver = await refine({ dataDir });
  const options = chainOptions(await openWorkspace(dataDir));
  const all = new Map<Variant, Figures[]>();
  for (const point of tuningPoints(eventSpans(silver), options.labelDays)) {
    let opened: AblationPoint | null = null;
    for (const [i, seed] of seeds.entries())
      for (const variant of [whole, ...variants]) {
        const bySeed = all.get(variant) ?? [];
        all.set(variant, bySeed);
        const file = join(kept, `${name}-${keyOf(variant, point.name, { ...options, seed })}.json`);
        if (!existsSync(file)) {
          const started = performance.now();
          opened ??= await AblationPoint.at(dataDir, silver, point, options, world);
          write(file, await opened.figures(variant, seed));
          const seconds = ((performance.now() - started) / 1000).toFixed(0);
          process.stderr.write(`${name}, ${point.name}: ${variant.name} ${seed}, ${seconds} s\n`);
        }
        bySeed[i] = joined(bySeed[i], read(file));
      }
  }
  return all;
}

/** Names everything that decides figures besides the data. */
function keyOf(
  { name, options, use, balanced }: Variant,
  point: string,
  chain: ChainOptions,
): string {
  const digest = recipeDigest(options === undefined ? chain : options(chain));
  const { onRound: _, ...ranker } = defaultRankerOptions;
  const used = [use === undefined ? null : name, { ...balanced }];
  return digestJson([
    kernelVersion(),
    point,
    digest,
    { ...defaultExampleOptions },
    { ...ranker },
    used,
  ]).slice(0, 16);
}

/** JSON has no NaN: null stands for it. */
function read(file: string): Figures {
  const { users, values } = JSON.parse(readFileSync(file, 'utf8')) as Figures;
  return { users, values: mapped(values, (column) => column.map((x) => x ?? Number.NaN)) };
}

function write(file: string, figures: Figures): void {
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(figures));
  renameSync(`${file}.${process.pid}`, file);
}

function mapped(
  values: Figures['values'],
  change: (column: readonly number[], name: FigureName) => readonly number[],
): Figures['values'] {
  return Object.fromEntries(
    figureNames.map((name) => [name, change(values[name], name)]),
  ) as unknown as Figures['values'];
}

function joined(before: Figures | undefined, { users, values }: Figures): Figures {
  if (before === undefined) return { users, values };
  return {
    users: [...before.users, ...users],
    values: mapped(values, (column, name) => [...before.values[name], ...column]),
  };
}

function printTable(title: string, all: Board, hasTruth: boolean): void {
  const base = all.get(whole) as readonly Figures[];
  const users = base[0]?.users ?? [];
  const names = figureNames.filter((name) => hasTruth || !name.endsWith('truth'));
  const row = (first: string, textOf: (name: FigureName) => string): boolean =>
    print(`| ${[first, ...names.map(textOf)].join(' | ')} |`);
  const less = (name: FigureName, some: readonly Figures[], others: readonly Figures[]): string => {
    const other = meanOf(name, others);
    const gaps = meanOf(name, some).map((value, i) => value - (other[i] as number));
    return differenceText(bootstrapMean(gaps, users));
  };
  print(`\n${title}: ${users.length} listener-points, mean of seeds ${seeds.join(', ')}\n`);
  row('variant', (name) => name);
  row('---', () => '---');
  row(whole.name, (name) => intervalText(bootstrapMean(meanOf(name, base), users)));
  if (base.length > 1)
    row('the same, seed 2 - seed 1', (name) => less(name, base.slice(1, 2), base.slice(0, 1)));
  for (const [variant, bySeed] of all)
    if (variant !== whole) row(variant.name, (name) => less(name, bySeed, base));
}

/** A value for each listener and point. */
function meanOf(name: FigureName, bySeed: readonly Figures[]): number[] {
  return (bySeed[0]?.values[name] ?? []).map(
    (_, i) =>
      bySeed.reduce((sum, { values }) => sum + (values[name][i] ?? Number.NaN), 0) / bySeed.length,
  );
}

/** Bold where the interval excludes 0; `=` where no listener's figure changed. */
function differenceText(difference: Interval): string {
  const { mean, low, high } = difference;
  if (mean === 0 && low === 0 && high === 0) return '=';
  const text = intervalText(difference);
  return low > 0 || high < 0 ? `**${text}**` : text;
}

const worldTitle = `world \`test\`, seed ${worldSeed}, the week before the last`;

async function printWorld(dataDir: string): Promise<void> {
  printTable(worldTitle, await judgeAll('world', dataDir, join(dataDir, 'world')), true);
}

async function printWay(dataDir: string): Promise<void> {
  const silver = await refine({ dataDir });
  const { labelDays } = chainOptions(await openWorkspace(dataDir));
  for (const { at, until } of tuningPoints(eventSpans(silver), labelDays)) {
    const simulated = await SimulatedWeek.at(dataDir, silver, at);
    const { listeners, stages } = await judgeByTruth(simulated, silver, at, until);
    print(`\n${worldTitle}: ${listeners} listeners\n\n${truthTable(stages)}`);
  }
}

const isWanted = (study: string): boolean => wanted.length === 0 || wanted.includes(study);
mkdirSync(kept, { recursive: true });
print(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
if (isWanted('real')) {
  const real = await realLake(shared);
  if (real === null) print('\n30Music is not here: skipped.');
  else printTable('30Music, windows 0 and 1', await judgeAll('real', real, null), false);
}
if (isWanted('world') || isWanted('way')) {
  const dataDir = await keptWorldLake(kept, { ...presets.test, seed: worldSeed });
  if (isWanted('way')) await printWay(dataDir);
  if (isWanted('world')) await printWorld(dataDir);
}
