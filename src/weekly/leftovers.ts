import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ArtifactError } from '../domain/index.ts';
import { type Store, inside, readJson, syncPath, writeFileAtomic } from '../platform/index.ts';
import { generationsInUse } from './generations-in-use.ts';

const leftoversPath = (dataDir: string): string =>
  join(dataDir, 'lake', 'erasure', 'leftovers.json');

/** Artifacts that outlived an erasure because lists in use need them; paths below the data folder. */
export function leftovers(dataDir: string): string[] {
  const path = leftoversPath(dataDir);
  if (!existsSync(path)) return [];
  return readJson(
    path,
    z.array(z.string()),
    (why, cause) =>
      new ArtifactError(`${path} is no list of artifacts: ${why}.`, {
        code: 'erasure.leftovers',
        remedy: 'Remove it, and those artifacts by hand: they hold data of forgotten listeners.',
        cause,
      }),
  );
}

/** Remembers artifacts to be removed once no generation needs them. */
export function leaveOver(dataDir: string, paths: readonly string[]): void {
  const all = [...new Set([...leftovers(dataDir), ...paths])].toSorted();
  writeFileAtomic(leftoversPath(dataDir), `${JSON.stringify(all, null, 1)}\n`);
}

/** Removes leftovers that no generation needs any more; returns how many are still needed. */
export async function sweepLeftovers(dataDir: string, store: Store): Promise<number> {
  const all = leftovers(dataDir);
  if (all.length === 0) return 0;
  const { artifacts } = await generationsInUse(dataDir, store);
  const needed = all.filter((path) => artifacts.has(path));
  for (const path of all) if (!artifacts.has(path)) removeWhole(inside(dataDir, path));
  leaveOverOnly(dataDir, needed);
  return needed.length;
}

/** Removes an artifact's folder; without its manifest, which goes first, the rest counts for nothing. */
function removeWhole(path: string): void {
  rmSync(join(path, 'manifest.json'), { force: true });
  rmSync(path, { recursive: true, force: true });
  if (existsSync(dirname(path))) syncPath(dirname(path));
}

function leaveOverOnly(dataDir: string, paths: readonly string[]): void {
  if (paths.length === 0) rmSync(leftoversPath(dataDir), { force: true });
  else writeFileAtomic(leftoversPath(dataDir), `${JSON.stringify(paths, null, 1)}\n`);
}
