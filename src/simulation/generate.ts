import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../domain/index.ts';
import { existsSync } from 'node:fs';
import { allBotPlays, liveBot } from './bots.ts';
import { Charts } from './charts.ts';
import type { WorldConfig } from './config.ts';
import { Diary } from './diary.ts';
import { kind } from './event-block.ts';
import { Life } from './life.ts';
import { listenerTable } from './listener-table.ts';
import { listenerAt } from './people.ts';
import { countries } from './places.ts';
import { livePlanted } from './planted-listeners.ts';
import { servicePlaylists } from './service-playlists.ts';
import { summarise, type WorldSummary } from './summary.ts';
import { trackTable } from './track-table.ts';
import { drawWorld, type World } from './world.ts';
import { WorldFiles } from './world-files.ts';

/** Progress of `generateWorld`: lives done of lives to do, and rows written so far. */
export interface WorldProgress {
  readonly stage: 'charts' | 'lives' | 'tables';
  readonly done: number;
  readonly total: number;
}

interface Options {
  readonly onProgress?: (progress: WorldProgress) => void;
}

const blockRows = 1 << 19;
/** No life writes more rows than this in a week. */
const weekRows = 8192;
/** Listeners whose plays make the charts; the others live by them. */
const chartMakers = 2000;
const everyLives = 200;

/**
 * Generates a world into `outDir` (which must not exist): `events/`, `tracks/`, `listeners/`,
 * `playlists/` in the generic input format, and `truth/`, which only this room reads. Written
 * under a temporary name and renamed. Equal configs give equal rows in equal order.
 *
 * First a sample of listeners lives week by week and makes the charts; then everybody lives by
 * these charts, one listener at a time, so that memory does not grow with the number of listeners.
 */
export async function generateWorld(
  config: WorldConfig,
  outDir: string,
  options: Options = {},
): Promise<WorldSummary> {
  if (existsSync(outDir)) {
    throw new ConfigError(`${outDir} exists already.`, {
      code: 'world.exists',
      remedy: 'Name a new folder.',
    });
  }
  const world = drawWorld(config);
  const building = `${outDir}.building-${process.pid}`;
  await rm(building, { recursive: true, force: true });
  for (const folder of WorldFiles.folders())
    await mkdir(join(building, folder), { recursive: true });
  try {
    const summary = await build(world, building, options.onProgress ?? (() => {}));
    await writeFile(
      join(building, 'truth', 'world.json'),
      `${JSON.stringify({ schema: 1, config: world.config, summary }, null, 2)}\n`,
    );
    await rename(building, outDir);
    return summary;
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
}

async function build(world: World, folder: string, onProgress: (progress: WorldProgress) => void) {
  const files = await WorldFiles.open(folder, world);
  try {
    onProgress({ stage: 'tables', done: 0, total: 1 });
    for (const [rows, columns] of trackTable(world)) await files.write('tracks', rows, columns);
    for (const [rows, columns] of listenerTable(world))
      await files.write('listeners', rows, columns);
    const charts = makeCharts(world, onProgress);
    const summary = await liveAll(world, charts, files, onProgress);
    await files.close();
    return summary;
  } catch (error) {
    await files.close().catch(() => {}); // the first error is the one to tell
    throw error;
  }
}

/** Plays that the mean listener makes in a week, such that all come to the target. */
function meanPlaysPerWeek(world: World): number {
  const { playsTarget, listeners, weeks } = world.config;
  // 0.97: measured; late joiners and the cap take away, shown lists add
  return Math.max(1, playsTarget - allBotPlays(world.config)) / (listeners * weeks * 0.97);
}

/** The charts of every week, made by a sample of the listeners. */
function makeCharts(
  world: World,
  onProgress: (progress: WorldProgress) => void = () => {},
): Charts {
  const { config, catalogue } = world;
  const charts = new Charts(world);
  const makers = Math.min(config.listeners, chartMakers);
  const mean = meanPlaysPerWeek(world);
  const diary = new Diary(world, weekRows);
  const lives = Array.from({ length: makers }, (_, i) => new Life(world, charts, i, mean));
  const { count } = catalogue.recordings;
  for (let week = 0; week < config.weeks - 1; week++) {
    onProgress({ stage: 'charts', done: week, total: config.weeks - 1 });
    const plays = new Float64Array(countries.length * count);
    for (const life of lives) {
      life.live(week, diary);
      const { events } = diary;
      for (let i = 0; i < events.length; i++) {
        if (events.kind[i] !== kind.play) continue;
        const at =
          (events.country[i] ?? 0) * count +
          (catalogue.releases.recording[events.track[i] ?? 0] ?? 0);
        plays[at] = (plays[at] ?? 0) + 1;
      }
      diary.clear();
    }
    charts.advance(plays);
  }
  return charts;
}

async function liveAll(
  world: World,
  charts: Charts,
  files: WorldFiles,
  onProgress: (progress: WorldProgress) => void,
): Promise<WorldSummary> {
  const { config } = world;
  const mean = meanPlaysPerWeek(world);
  const diary = new Diary(world, blockRows);
  const tally = summarise(world);
  servicePlaylists(world, charts, diary);
  const flush = async () => {
    tally.count(diary);
    await files.writeDiary(diary);
  };
  for (let index = 0; index < world.listenersTo; index++) {
    if (index % everyLives === 0)
      onProgress({ stage: 'lives', done: index, total: world.listenersTo });
    if (index < world.botsFrom) {
      const life = new Life(world, charts, index, mean);
      life.begin(diary);
      for (let week = 0; week < config.weeks; week++) {
        if (diary.events.length > blockRows - weekRows) await flush();
        life.live(week, diary);
      }
    } else {
      if (diary.events.length > blockRows - weekRows) await flush();
      const { country } = listenerAt(world, index);
      if (index < world.plantedFrom) liveBot(world, charts, index, country, diary);
      else livePlanted(world, index, country, diary);
    }
    diary.endLife();
  }
  await flush();
  onProgress({ stage: 'lives', done: world.listenersTo, total: world.listenersTo });
  return tally.result();
}
