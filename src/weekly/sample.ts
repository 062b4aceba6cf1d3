import { type Artifact, ColFile, type Store } from '../platform/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import { readLists, valueAt } from './lists.ts';
import { type RunFolder } from './run-folder.ts';

/** Track indexes of an encoded list. */
function tracksOf(value: Uint8Array): number[] {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value[2] as number }, (_, i) => view.getUint32(8 + 11 * i, true));
}

interface Sampled {
  readonly user: string;
  readonly tracks: readonly number[];
}

function* sampled(run: RunFolder, size: number): Generator<Sampled> {
  const buckets = run.buckets();
  const total = buckets.reduce((sum, bucket) => sum + bucket.listeners, 0);
  const step = Math.max(1, Math.ceil(total / size));
  for (const bucket of buckets) {
    const lists = readLists(run.listsPath(bucket));
    for (let i = 0; i < lists.users.length; i += step)
      yield { user: lists.users[i] as string, tracks: tracksOf(valueAt(lists, i)) };
  }
}

/** Lists of an even sample in which a recording stands twice. */
export function brokenInSample(run: RunFolder, snapshot: Artifact, size = 1000): number {
  const catalogue = ColFile.open(snapshotFiles(snapshot).catalogue);
  const recording = catalogue.u32('recording');
  let broken = 0;
  for (const { tracks } of sampled(run, size))
    if (new Set(tracks.map((t) => recording[t])).size !== tracks.length) broken++;
  return broken;
}

/**
 * Mean share of a listener's tracks that stood in the live generation's list, over an even sample of
 * the listeners both have; null when there are none. Tracks are compared by id.
 */
export async function overlapWithLive(
  run: RunFolder,
  snapshot: Artifact,
  store: Store,
  live: { readonly generation: string; readonly snapshot: Artifact },
  size = 300,
): Promise<number | null> {
  const now = ColFile.open(snapshotFiles(snapshot).catalogue);
  const then = ColFile.open(snapshotFiles(live.snapshot).catalogue);
  let sum = 0;
  let n = 0;
  for (const { user, tracks } of sampled(run, size)) {
    const value = await store.get(live.generation, user);
    if (value === null || tracks.length === 0) continue;
    const before = new Set(tracksOf(value).map((t) => then.stringAt('track_id', t)));
    sum += tracks.filter((t) => before.has(now.stringAt('track_id', t))).length / tracks.length;
    n++;
  }
  return n === 0 ? null : sum / n;
}
