import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { machineFault, markLives } from '../platform/index.ts';
import {
  type LiveWeek,
  LiveWorld,
  type WorldConfig,
  type WorldSummary,
  generateWorld,
} from '../simulation/index.ts';

/** Generates a world into a new folder; what a killed attempt at the same folder left is removed. */
export async function newWorld(config: WorldConfig, outDir: string): Promise<WorldSummary> {
  const path = resolve(outDir);
  const building = `${basename(path)}.building-`;
  const beside = existsSync(dirname(path)) ? readdirSync(dirname(path)) : [];
  for (const name of beside.filter((each) => each.startsWith(building)))
    if (!markLives(name.slice(building.length)))
      rmSync(join(dirname(path), name), { recursive: true, force: true });
  try {
    return await generateWorld(config, path);
  } catch (error) {
    throw machineFault(error, dirname(path)) ?? error;
  }
}

/** The next week of a world with delivered lists (`LiveWorld`). */
export async function liveWeek(
  world: string,
  lists: string | null,
  on: {
    readonly week: (week: number, weeks: number) => void;
    readonly stage: (name: string) => void;
  },
): Promise<LiveWeek> {
  const folder = resolve(world);
  try {
    on.stage('weeks before');
    const live = await LiveWorld.open(folder, on.week);
    on.stage(live.nextWeek ?? 'the end');
    return await live.next(lists);
  } catch (error) {
    throw machineFault(error, folder) ?? error;
  }
}
