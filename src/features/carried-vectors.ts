import { join } from 'node:path';
import { dayChain, snapshotFiles } from '../lake/index.ts';
import { type Item2vecParams, carryItem2vec, kernelVersion } from '../native/index.ts';
import { type Artifact, type Json, buildArtifact } from '../platform/index.ts';
import {
  type DailyOptions,
  dayVectorsFile,
  defaultDaily,
  updateItemVectors,
} from './daily-vectors.ts';
import { itemVectorsFile } from './item2vec.ts';
import { type VectorBase, itemVectorsDir, vectorBases } from './vector-base.ts';

const dayMs = 86_400_000;

/**
 * An `item2vec` artifact of a later snapshot with the newest rows of the base and its days (artifacts
 * `item2vec-day`, oldest first), found by track id; zeros for tracks that none of them has.
 */
export async function carriedVectors(
  dataDir: string,
  snapshot: Artifact,
  base: Artifact,
  params: Item2vecParams,
  days: readonly Artifact[],
): Promise<Artifact> {
  const { asOf, contentDigest } = snapshot.manifest;
  const sources = [base, ...days];
  const identity = {
    kind: 'item2vec',
    schema: 1,
    asOf,
    inputs: {
      snapshot: contentDigest,
      base: base.manifest.contentDigest,
      ...Object.fromEntries(
        days.map(({ manifest }, i) => [
          `day:${String(i).padStart(4, '0')}`,
          manifest.contentDigest,
        ]),
      ),
    },
    config: { ...params, carried: true, kernel: kernelVersion() } as Json,
    seed: params.seed ?? 1,
  };
  return buildArtifact(itemVectorsDir(dataDir), identity, async (dir) => {
    const { digest, tracks } = await carryItem2vec({
      base: itemVectorsFile(base),
      overlays: days.map(dayVectorsFile),
      catalogue: snapshotFiles(snapshot).catalogue,
      out: join(dir, 'item2vec.col'),
    });
    const times = sources.map(({ manifest }) => manifest.maxEventTime ?? 0);
    return { maxEventTime: Math.max(...times), contentDigest: digest, counts: { tracks } };
  });
}

/**
 * Vectors for a snapshot without a training: those of the newest base not after it, moved by the days
 * that lie before it (learned where they are not yet). Null where no base and its days reach the
 * snapshot, that is, leave less than a day of its events out.
 */
export async function dailyVectorsAt(
  dataDir: string,
  snapshot: Artifact,
  params: Item2vecParams,
  options: DailyOptions = defaultDaily,
): Promise<Artifact | null> {
  const { asOf, contentDigest, maxEventTime } = snapshot.manifest;
  const until = asOf ?? 0;
  for (const base of vectorBases(dataDir, params, until)) {
    const days = daysBefore(dataDir, base, until);
    const reached = (days.at(-1) ?? base.vectors).manifest.maxEventTime ?? 0;
    if (reached + dayMs <= (maxEventTime ?? 0)) continue;
    const own = base.vectors.manifest.inputs['snapshot'] === contentDigest;
    if (own && days.length === 0) return base.vectors;
    const learned = await updateItemVectors(dataDir, base, params, days, options);
    return carriedVectors(dataDir, snapshot, base.vectors, params, learned);
  }
  return null;
}

/** Days of the base's silver that end before a time; none where the base is older than its silver. */
function daysBefore(dataDir: string, base: VectorBase, until: number): Artifact[] {
  const days = dayChain(dataDir, base.silver);
  const end = days.findIndex(({ manifest }) => (manifest.maxEventTime ?? 0) >= until);
  return end < 0 ? days : days.slice(0, end);
}
