import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chainOptions, openWorkspace, runDaily } from '../../src/app/index.ts';
import { ingest, newestEvent, refine } from '../../src/lake/index.ts';
import { type WorldConfig, generateWorld } from '../../src/simulation/index.ts';
import { retrievalAt } from '../../src/scoring/index.ts';
import { splitWorld } from '../../test/support/split-world.ts';

export const dayMs = 86_400_000;
const root = new URL('../../.cache/study-daily/', import.meta.url).pathname;

/** A data folder with item vectors as of the first cut, and the parts of the world behind it. */
export interface Prepared {
  readonly dataDir: string;
  /** Folders of the generic format, one per cut after the first. */
  readonly parts: readonly string[];
}

/** Trains on all of a world between `since` and its first cut; kept in `.cache`. */
export async function trainedBefore(
  name: string,
  config: WorldConfig,
  cuts: readonly number[],
  since = 0,
): Promise<Prepared> {
  const dir = join(root, name);
  const parts = cuts.slice(1).map((_, i) => join(dir, 'parts', `day-${i + 1}`));
  const dataDir = join(dir, 'data');
  if (existsSync(join(dir, 'trained'))) return { dataDir, parts };
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const world = await worldOf(config);
  const folders = await splitWorld(world, join(dir, 'parts'), cuts, since);
  await take(dataDir, folders[0] as string, cuts[0] as number);
  const silver = await refine({ dataDir });
  const options = { ...chainOptions(await openWorkspace(dataDir)), recipe: 'item2vec' as const };
  await retrievalAt(dataDir, silver, newestEvent(silver) + 1, options);
  mkdirSync(join(dir, 'trained'));
  return { dataDir, parts };
}

/** The folder of a generated world, made once. */
export async function worldOf(config: WorldConfig): Promise<string> {
  const { seed, listeners, weeks } = config;
  const world = join(root, `world-${seed}-${listeners}-${weeks}`);
  if (existsSync(world)) return world;
  const making = `${world}-${process.pid}`;
  await generateWorld(config, making, {});
  renameSync(making, world);
  return world;
}

export async function take(dataDir: string, folder: string, now: number): Promise<string> {
  const report = await ingest({ dataDir, paths: [folder], format: 'generic', now, buckets: 8 });
  return report.path;
}

/** A daily run on a folder. */
export async function daily(dataDir: string, folder: string, now: number) {
  const workspace = await openWorkspace(dataDir);
  return runDaily(workspace, { paths: [folder], format: 'generic', asOf: null, now });
}
