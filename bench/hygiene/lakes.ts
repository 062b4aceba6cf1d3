import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type IngestFormat, type SilverRef, ingest, refine } from '../../src/lake/index.ts';
import { filesBelow, sha256 } from '../../src/platform/index.ts';
import { type WorldConfig, generateWorld, writeAttack } from '../../src/simulation/index.ts';

const simulation = new URL('../../src/simulation', import.meta.url).pathname;
/** Worlds of other code than today's are other worlds. */
const version = sha256(
  filesBelow(simulation)
    .map((name) => sha256(readFileSync(join(simulation, name))))
    .join(),
).slice(0, 12);
const root = new URL(`../../.cache/study-hygiene/${version}/`, import.meta.url).pathname;

/** A lake of the study, and the folders it was made from. */
export interface StudyLake {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly world: string;
  readonly attack: string;
}

/** A generated world with attacks of these families (none: untouched); everything is made once. */
export async function worldLake(
  config: WorldConfig,
  families: readonly string[],
  accounts: number,
): Promise<StudyLake> {
  const world = join(root, `world-${config.seed}-${config.listeners}`);
  await once(world, (dir) => generateWorld(config, dir, {}));
  const name = `${config.seed}-${config.listeners}-${families.length}-${accounts}`;
  const attack = join(root, `attack-${name}`);
  if (families.length > 0)
    await once(attack, (out) => writeAttack({ world, out, families, accounts, seed: config.seed }));
  const paths = families.length > 0 ? [world, attack] : [world];
  return { ...(await lake(`lake-${name}`, paths, 'generic', config.endsAt)), world, attack };
}

/** A lake of these files. */
export async function lake(
  name: string,
  paths: readonly string[],
  format: IngestFormat,
  now: number,
): Promise<{ dataDir: string; silver: SilverRef }> {
  const dataDir = join(root, name);
  mkdirSync(dataDir, { recursive: true });
  await ingest({ dataDir, paths: [...paths], format, now, buckets: 8 });
  return { dataDir, silver: await refine({ dataDir }) };
}

/** A new folder of the study, emptied. */
export function freshFolder(name: string): string {
  const path = join(root, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

async function once(path: string, make: (path: string) => Promise<unknown>): Promise<void> {
  if (existsSync(path)) return;
  mkdirSync(root, { recursive: true });
  const making = `${path}.making-${process.pid}`;
  await make(making);
  renameSync(making, path);
}
