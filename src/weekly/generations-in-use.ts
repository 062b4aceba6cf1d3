import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Store, inside } from '../platform/index.ts';
import { readPins } from '../scoring/index.ts';
import { type GenerationInfo } from './publish.ts';

/** What the generations of a store need to be read, as paths below the data folder. */
export interface InUse {
  readonly snapshots: ReadonlySet<string>;
  readonly runs: ReadonlySet<string>;
  /** Model sets with every part they pin, snapshots included. */
  readonly artifacts: ReadonlySet<string>;
}

/** Everything that the store's generations name: it may not go away while they are there. */
export async function generationsInUse(dataDir: string, store: Store): Promise<InUse> {
  const snapshots = new Set<string>();
  const runs = new Set<string>();
  const artifacts = new Set<string>();
  for (const value of (await store.generations()).values()) {
    const info = value as unknown as GenerationInfo;
    snapshots.add(info.snapshot);
    runs.add(info.run);
    artifacts.add(info.snapshot).add(info.modelSet);
    for (const path of pinnedBy(inside(dataDir, info.modelSet))) artifacts.add(path);
  }
  return { snapshots, runs, artifacts };
}

function pinnedBy(modelSet: string): string[] {
  const file = join(modelSet, 'model-set.json');
  if (!existsSync(file)) return [];
  return Object.values(readPins(modelSet)).map(({ path }) => path);
}
