import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ingest } from '../../src/lake/index.ts';
import { type WorldConfig, generateWorld } from '../../src/simulation/index.ts';

/** The five windows of 30Music; absent where the data are not shared. */
const sessions = fileURLToPath(new URL('../../../shared/data/30music_sessions/', import.meta.url));

/** A data folder with the real sessions, made once; null where they are not here. */
export async function realLake(cache: string): Promise<string | null> {
  if (!existsSync(sessions)) return null;
  return made(join(cache, 'real'), async (dataDir) => {
    const paths = readdirSync(sessions)
      .filter((name) => name.endsWith('.txt') && name !== 'README.txt')
      .map((name) => join(sessions, name));
    await ingest({ dataDir, paths, format: 'session-rec', now: Date.UTC(2015, 0, 1), buckets: 8 });
  });
}

/** Makes a data folder of a generated world at `dataDir`; its events as a user would ingest them. */
export async function worldLake(dataDir: string, config: WorldConfig): Promise<void> {
  const world = join(dataDir, 'world');
  mkdirSync(dataDir, { recursive: true });
  await generateWorld(config, world, {});
  await ingest({ dataDir, paths: [world], format: 'generic', now: config.endsAt, buckets: 8 });
}

/** The data folder of a generated world, made once. */
export function keptWorldLake(cache: string, config: WorldConfig): Promise<string> {
  return made(join(cache, `world-${config.seed}`), (dataDir) => worldLake(dataDir, config));
}

async function made(folder: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  const making = `${folder}-${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  await make(making);
  renameSync(making, folder);
  return folder;
}
