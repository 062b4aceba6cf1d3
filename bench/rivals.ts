// Other open weekly recipes run beside ours on the same splits, by the same judge: ListenBrainz's.
//   node bench/rivals.ts [weekly] [fold-in] [training]
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import { bootstrapMean } from '../src/domain/index.ts';
import {
  type MetricName,
  evaluateFoldIn,
  intervalText,
  numberText,
  tuningPoints,
} from '../src/evaluation/index.ts';
import { eventSpans, ingest, refine } from '../src/lake/index.ts';
import { chainAt } from '../src/scoring/index.ts';
import { foldInRival } from './rivals/fold-in.ts';
import { type Rival, modelName, recipeSeconds, shownMethods } from './rivals/listenbrainz.ts';
import { type WeeklyRivals, weeklyRivals } from './rivals/weekly.ts';
import { realLake } from './world/folders.ts';

const cache = fileURLToPath(new URL('../.cache/study-frontier', import.meta.url));
const pairs = fileURLToPath(new URL('../../shared/data/nowplaying_persbias/', import.meta.url));
/** Of the published protocol. */
const foldInSeed = 6_547_893;

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const tableHead = (titles: readonly string[]): boolean =>
  print(`\n| ${titles.join(' | ')} |\n|${' --- |'.repeat(titles.length)}`);

function printWeekly(found: WeeklyRivals): void {
  const { users, judgements, listing } = found;
  const column = (name: string, metric: MetricName): number[] =>
    (judgements.get(name) ?? []).map((judgement) => judgement[metric]);
  const mean = (name: string, metric: MetricName): number =>
    bootstrapMean(column(name, metric), users).mean;
  const lead = (ours: string, name: string, metric: MetricName): string => {
    const theirs = column(name, metric);
    const gaps = column(ours, metric).map((value, i) => value - (theirs[i] as number));
    return ours === name ? '' : intervalText(bootstrapMean(gaps, users));
  };
  print(`\n30Music, windows 0 and 1: ${users.length} listener-points`);
  tableHead([
    'method',
    'NDCG@30',
    'HR@30',
    'new-artist NDCG',
    'new artists',
    'percentile - habit',
    'artists',
    '`accurate` - it, NDCG@30',
    '`balanced` - it, NDCG@30',
    '`balanced` - it, new-artist NDCG',
    'lists, core us',
  ]);
  const shown = shownMethods(
    [...judgements.keys()].toSorted((a, b) => mean(b, 'ndcg') - mean(a, 'ndcg')),
  );
  for (const name of [...judgements.keys()].filter((one) => shown.has(one)))
    print(
      `| ${[
        name,
        intervalText(bootstrapMean(column(name, 'ndcg'), users)),
        numberText(mean(name, 'hr'), 3),
        numberText(mean(name, 'newArtistNdcg'), 4),
        numberText(mean(name, 'newArtistShare'), 2),
        numberText(mean(name, 'percentileMinusHabit'), 3),
        numberText(mean(name, 'artists'), 1),
        lead('accurate', name, 'ndcg'),
        lead('balanced', name, 'ndcg'),
        lead('balanced', name, 'newArtistNdcg'),
        numberText(listing(name), 0),
      ].join(' | ')} |`,
    );
  for (const grid of found.grids) printGrid(grid);
}

function printGrid(rival: Rival): void {
  const { implicit, listeners, tracks, models } = rival;
  const seconds = recipeSeconds(rival);
  print(
    `\nimplicit ${implicit}: ${listeners} listeners, ${tracks} tracks; all eight models and the chosen ` +
      `one again ${seconds.toFixed(1)} core seconds, ${((1000 * seconds) / listeners).toFixed(1)} core ` +
      'ms a listener',
  );
  tableHead(['model', 'RMSE', 'fit, core s', 'lists, core s']);
  for (const model of models.filter(({ ofRecipe }) => ofRecipe))
    print(
      `| ${[
        modelName(model),
        numberText(model.rmse ?? Number.NaN, 4),
        model.trainingSeconds.toFixed(1),
        model.listingSeconds.toFixed(2),
      ].join(' | ')} |`,
    );
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'deepcuts-rivals-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Core time of everything our chain trains at the last tuning point, from plays already refined. */
async function printTraining(): Promise<void> {
  await inFolder(async (folder) => {
    const dataDir = await realLake(folder);
    if (dataDir === null) return;
    const silver = await refine({ dataDir });
    const options = chainOptions(await openWorkspace(dataDir));
    const point = tuningPoints(eventSpans(silver), options.labelDays).at(-1);
    if (point === undefined) return;
    const before = process.cpuUsage();
    const { snapshot, cuts } = await chainAt(dataDir, silver, point.at, options);
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    const listeners = snapshot.manifest.counts['listeners'] ?? Number.NaN;
    print(
      `\nTraining of ours, ${point.name}: ${seconds.toFixed(1)} core seconds for ${listeners} ` +
        `listeners, ${((1000 * seconds) / listeners).toFixed(1)} core ms each; hygiene, snapshot, ` +
        `item vectors, towers, sources as of ${1 + cuts.cuts.length} times, and the ranker.`,
    );
  });
}

async function printFoldIn(): Promise<void> {
  await inFolder(async (dataDir) => {
    const paths = ['inter.csv', 'track_ids.csv'].map((name) => join(pairs, name));
    await ingest({ dataDir, paths, format: 'interactions', now: Date.UTC(2020, 0, 1), buckets: 8 });
    const grids: Rival[] = [];
    const { judged, rows, differences } = await evaluateFoldIn({
      dataDir,
      silver: await refine({ dataDir }),
      split: 'tuning',
      chain: chainOptions(await openWorkspace(dataDir)),
      seed: foldInSeed,
      others: foldInRival(1, (grid) => grids.push(grid)),
    });
    print(`\nFold-in, validation, seed ${foldInSeed}: ${judged} listeners`);
    const figures = ['ndcg10', 'recall10', 'recall50'] as const;
    const titles = ['NDCG@10', 'Recall@10', 'Recall@50'];
    tableHead(['method', ...titles, ...titles.map((title) => `fusion - it, ${title}`)]);
    const byMerit = rows.toSorted((a, b) => b.ndcg10.mean - a.ndcg10.mean);
    const shown = shownMethods(byMerit.map(({ name }) => name));
    for (const row of rows.filter(({ name }) => shown.has(name))) {
      const gap = differences.find(({ against }) => against === row.name);
      const cells = figures.map((figure) => intervalText(row[figure]));
      const gaps = figures.map((figure) => (gap === undefined ? '' : intervalText(gap[figure])));
      print(`| ${[row.name, ...cells, ...gaps].join(' | ')} |`);
    }
    for (const grid of grids) printGrid(grid);
  });
}

const wanted = process.argv.slice(2);
const isWanted = (study: string): boolean => wanted.length === 0 || wanted.includes(study);
mkdirSync(cache, { recursive: true });
print(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
if (isWanted('weekly')) {
  const dataDir = await realLake(cache);
  if (dataDir === null) print('\n30Music is not here: skipped.');
  else printWeekly(await weeklyRivals(dataDir));
}
if (isWanted('training')) await printTraining();
if (isWanted('fold-in')) {
  if (existsSync(pairs)) await printFoldIn();
  else print('\nnowplaying_persbias is not here: skipped.');
}
