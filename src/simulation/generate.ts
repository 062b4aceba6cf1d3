import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../domain/index.ts';
import { existsSync } from 'node:fs';
import { liveBot } from './bots.ts';
import type { Charts } from './charts.ts';
import { dayMs, type WorldConfig } from './config.ts';
import { Diary } from './diary.ts';
import { Life } from './life.ts';
import { chartMakers, LivingWorld } from './living-world.ts';
import { listenerTable } from './listener-table.ts';
import { listenerAt } from './people.ts';
import { meanPlaysPerWeek } from './plays.ts';
import { livePlanted } from './planted-listeners.ts';
import { servicePlaylists } from './service-playlists.ts';
import { summarise, type WorldSummary } from './summary.ts';
import { trackTable } from './track-table.ts';
import { drawWorld, type World } from './world.ts';
import { WorldFiles } from './world-files.ts';

/** Tables of a generated world. */
const generated = ['events', 'tracks', 'listeners', 'playlists', 'known', 'off_taste'] as const;

/** First day of which a service does not yet know what will come out, at some time (epoch ms). */
export function knownUntil(timeMs: number): number {
  return Math.floor(timeMs / dayMs) + 7;
}

/** Progress of `generateWorld`: lives done of lives to do, and rows written so far. */
export interface WorldProgress {
  readonly stage: 'charts' | 'lives' | 'tables';
  readonly done: number;
  readonly total: number;
}

interface Options {
  readonly onProgress?: (progress: WorldProgress) => void;
}

/** Rows of a block of events. */
export const blockRows = 1 << 19;
/** No life writes more rows than this in a week. */
export const weekRows = 8192;
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
  for (const folder of WorldFiles.folders(generated))
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
    const { endsAt } = world.config;
    for (const [rows, columns] of trackTable(world, Number.NEGATIVE_INFINITY, knownUntil(endsAt)))
      await files.write('tracks', rows, columns);
    for (const [rows, columns] of listenerTable(world, Number.NEGATIVE_INFINITY, endsAt))
      await files.write('listeners', rows, columns);
    const charts = await makeCharts(world, onProgress);
    const summary = await liveAll(world, charts, files, onProgress);
    await files.close();
    return summary;
  } catch (error) {
    await files.close().catch(() => {}); // the first error is the one to tell
    throw error;
  }
}

/** The charts of every week, made by a sample of the listeners. */
async function makeCharts(
  world: World,
  onProgress: (progress: WorldProgress) => void = () => {},
): Promise<Charts> {
  const { config } = world;
  const diary = new Diary(world, weekRows);
  const living = new LivingWorld(world, Math.min(config.listeners, chartMakers));
  for (let week = 0; week < config.weeks - 1; week++) {
    onProgress({ stage: 'charts', done: week, total: config.weeks - 1 });
    await living.live(diary, () => diary.clear());
  }
  return living.charts;
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
