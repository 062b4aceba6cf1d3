// 26 weeks of a world in which people hear what they are given: popularity bias, coverage and saves
// under several ways to make lists. Each arm is its own world from the same seed; an arm that was
// stopped goes on.
//   node bench/live.ts [ARM...] [--weeks N] [--svg FILE]
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import { deliveryWeek, gini, popularityPercentiles, weekStart } from '../src/domain/index.ts';
import { type Lists, baselineLists, chainLists, readCatalogue } from '../src/evaluation/index.ts';
import { ingest, newestEvent, refine, snapshotFiles } from '../src/lake/index.ts';
import { type Artifact, ColFile } from '../src/platform/index.ts';
import { type ListParams, settings } from '../src/playlist/index.ts';
import { chainAt, modelSetFor, openModelSet } from '../src/scoring/index.ts';
import { LiveWorld, type WorldConfig, generateWorld, presets } from '../src/simulation/index.ts';
import { type Panel, plotSvg } from './plot.ts';

const folder = fileURLToPath(new URL('../.cache/study-live', import.meta.url));
const config: WorldConfig = {
  ...presets.test,
  seed: 1,
  listeners: 400,
  tracks: 3000,
  weeks: 8,
  ahead: 26,
  playsTarget: 60_000,
};

/** How an arm makes its lists: by popularity, or by the chain with a setting's numbers. */
const arms: Readonly<Record<string, ListParams | null>> = {
  balanced: settings.balanced,
  'balanced, no exploration': { ...settings.balanced, explorationSlots: 0 },
  'balanced, no correction': { ...settings.balanced, popularityMargin: null },
  accurate: settings.accurate,
  'recent popularity': null,
};

/** What a week's lists are like, before anybody hears them. */
interface ListStatistics {
  readonly week: string;
  readonly lists: number;
  /** Share of the recordings known then that stand in any list. */
  readonly coverage: number;
  /** Gini of places over the artists known then. */
  readonly artistGini: number;
  /** Mean popularity percentile of the listed tracks. */
  readonly percentile: number;
  readonly newArtists: number;
}

interface Row extends ListStatistics {
  readonly delivered: number;
  readonly opened: number;
  readonly played: number;
  readonly liked: number;
  readonly saved: number;
}

async function liveArm(name: string, list: ListParams | null, weeks: number): Promise<Row[]> {
  const dataDir = join(folder, name.replaceAll(/\W+/g, '-'));
  const world = join(dataDir, 'world');
  if (!existsSync(world)) {
    mkdirSync(dataDir, { recursive: true });
    await generateWorld(config, world);
  }
  await ingest({ dataDir, paths: [world], format: 'generic', now: config.endsAt, buckets: 8 });
  const live = await LiveWorld.open(world);
  const rows = readRows(dataDir, world);
  for (const row of rows) await take(dataDir, join(world, 'live', row.week));
  while (rows.length < weeks && live.nextWeek !== null) {
    const started = Date.now();
    const { lists, statistics } = await listsOf(dataDir, list);
    if (statistics.week !== live.nextWeek)
      throw new Error(`${statistics.week} is not the next week`);
    mkdirSync(join(dataDir, 'statistics'), { recursive: true });
    writeFileSync(
      join(dataDir, 'statistics', `${statistics.week}.json`),
      JSON.stringify(statistics),
    );
    const lived = await live.next(lists);
    await take(dataDir, lived.folder);
    rows.push({ ...statistics, ...lived });
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    process.stderr.write(`${name}: ${lived.week}, ${rows.length} of ${weeks}, ${seconds} s\n`);
  }
  return rows;
}

function readRows(dataDir: string, world: string): Row[] {
  const lived = join(world, 'live');
  if (!existsSync(lived)) return [];
  const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));
  return readdirSync(lived)
    .filter((name) => /^\d{4}-W\d\d$/.test(name))
    .toSorted()
    .map((week) => ({
      ...(read(dataDir, 'statistics', `${week}.json`) as ListStatistics),
      ...(read(lived, week, 'week.json') as Row),
    }));
}

/** A lived week into the lake, as a service would take it in. */
async function take(dataDir: string, path: string): Promise<void> {
  const week = path.slice(-8) as Parameters<typeof weekStart>[0];
  const now = weekStart(week) + 7 * 86_400_000;
  await ingest({ dataDir, paths: [path], format: 'generic', now, buckets: 8 });
}

/** The lists of the week to come, from everything before it. */
async function listsOf(dataDir: string, list: ListParams | null) {
  const silver = await refine({ dataDir });
  const options = chainOptions(await openWorkspace(dataDir));
  const asOf = newestEvent(silver) + 1;
  const week = deliveryWeek(asOf);
  const chain = await chainAt(dataDir, silver, asOf, {
    ...options,
    recipe: list === null ? 'counts' : options.recipe,
  });
  const { snapshot } = chain;
  const people = listenersOf(snapshot);
  const users = people.map(({ user }) => user);
  const catalogue = readCatalogue(snapshot);
  let found: Lists;
  if (list === null) {
    const all = await baselineLists(
      dataDir,
      snapshot,
      users,
      undefined,
      ({ name }) => name === 'recent popularity',
    );
    found = new Map([...(all.get('recent popularity') ?? [])].map(([u, l]) => [u, l.slice(0, 30)]));
  } else {
    const delivery = {
      setting: 'balanced' as const,
      list,
      week,
      deliverAtMs: weekStart(week),
      seed: 1,
    };
    const { path } = await modelSetFor(dataDir, chain, delivery);
    found = await chainLists(await openModelSet(dataDir, path, { verify: false }), users);
  }
  const ids = ColFile.open(snapshotFiles(snapshot).catalogue).strings('track_id');
  const places = new Float64Array(catalogue.artists);
  const shown = new Set<number>();
  const heardBy = popularityPercentiles(catalogue.listeners);
  let [percentile, fresh, tracks] = [0, 0, 0];
  for (const { user, artists } of people)
    for (const track of found.get(user) ?? []) {
      const artist = catalogue.artist[track] ?? 0;
      places[artist] = (places[artist] ?? 0) + 1;
      shown.add(catalogue.recording[track] ?? 0);
      percentile += heardBy[track] ?? 0;
      fresh += Number(!artists.has(artist));
      tracks++;
    }
  const statistics: ListStatistics = {
    week,
    lists: found.size,
    coverage: shown.size / new Set(catalogue.recording).size,
    artistGini: gini(places),
    percentile: percentile / tracks,
    newArtists: fresh / tracks,
  };
  rmSync(join(dataDir, 'artifacts'), { recursive: true });
  const lists = new Map([...found].map(([user, own]) => [user, own.map((t) => ids[t] as string)]));
  return { lists, statistics };
}

/** Everybody who may get a list of their own, with the artists they played. */
function listenersOf(snapshot: Artifact): { user: string; artists: Set<number> }[] {
  const artist = ColFile.open(snapshotFiles(snapshot).catalogue).u32('artist');
  const [enough, personalise] = [8, 2];
  return snapshotFiles(snapshot).listeners.flatMap((path) => {
    const file = ColFile.open(path);
    const [flags, off, track] = [file.u8('flags'), file.u32('hist.off'), file.u32('hist.track')];
    return file.strings('user_id').flatMap((user, i) => {
      const wanted = ((flags[i] ?? 0) & (enough | personalise)) === (enough | personalise);
      if (!wanted) return [];
      const own = track.subarray(off[i], off[i + 1]);
      return [{ user, artists: new Set(Array.from(own, (t) => artist[t] as number)) }];
    });
  });
}

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const rate = (row: Row, key: 'opened' | 'played' | 'liked' | 'saved'): number =>
  row[key] / Math.max(1, row.delivered);

const measures: readonly (readonly [string, (row: Row) => number, number])[] = [
  ['discovery save rate', (row) => rate(row, 'saved'), 4],
  ['liked / delivered', (row) => rate(row, 'liked'), 4],
  ['coverage', (row) => row.coverage, 3],
  ['artist Gini', (row) => row.artistGini, 3],
  ['popularity percentile', (row) => row.percentile, 3],
  ['new artists', (row) => row.newArtists, 3],
];

function printArms(all: ReadonlyMap<string, readonly Row[]>): void {
  const mean = (rows: readonly Row[], of: (row: Row) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0) / Math.max(1, rows.length);
  print(
    '\n| arm | weeks | ' +
      measures.map(([title]) => `${title}, first 4 / last 4`).join(' | ') +
      ' |',
  );
  print(`|${' --- |'.repeat(2 + measures.length)}`);
  for (const [name, rows] of all) {
    const cells = measures.map(([, of, digits]) =>
      [rows.slice(0, 4), rows.slice(-4)].map((some) => mean(some, of).toFixed(digits)).join(' / '),
    );
    print(`| ${[name, String(rows.length), ...cells].join(' | ')} |`);
  }
}

function panels(all: ReadonlyMap<string, readonly Row[]>): Panel[] {
  return measures.map(([title, of]) => ({
    title,
    x: 'week',
    y: title,
    lines: [...all].map(([name, rows]) => ({
      name,
      points: rows.map((row, i) => ({ x: i + 1, y: of(row), label: row.week })),
    })),
  }));
}

const { values, positionals } = parseArgs({
  options: { weeks: { type: 'string' }, svg: { type: 'string' } },
  allowPositionals: true,
});
print(`${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
const all = new Map<string, readonly Row[]>();
for (const [name, list] of Object.entries(arms))
  if (positionals.length === 0 || positionals.includes(name))
    all.set(name, await liveArm(name, list, Number(values.weeks ?? config.ahead)));
printArms(all);
if (values.svg !== undefined) writeFileSync(values.svg, plotSvg(panels(all)));
