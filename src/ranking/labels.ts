import { join } from 'node:path';
import { type Limits, type SilverRef, firstPlays } from '../lake/index.ts';
import { type Artifact, buildArtifact } from '../platform/index.ts';

export interface LabelWindow {
  readonly silver: SilverRef;
  /** Gold and snapshot as of `from`. */
  readonly gold: Artifact;
  readonly snapshot: Artifact;
  /** Epoch ms; first plays of [from, to). */
  readonly from: number;
  readonly to: number;
  readonly limits?: Limits;
}

/** What each listener discovered in a window, as an artifact (`truth.col`) with `to` as its as-of time. */
export async function buildLabels(dataDir: string, window: LabelWindow): Promise<Artifact> {
  const { silver, gold, snapshot, from, to, limits } = window;
  const identity = {
    kind: 'labels',
    schema: 2,
    asOf: to,
    inputs: {
      silver: silver.manifest.contentDigest,
      gold: gold.manifest.contentDigest,
      snapshot: snapshot.manifest.contentDigest,
    },
    config: { from, to },
    seed: 0,
  };
  return buildArtifact(join(dataDir, 'artifacts', 'labels'), identity, async (dir) => {
    const { digest, maxEventTime, listeners, tracks } = await firstPlays({
      silver,
      gold,
      snapshot,
      from,
      to,
      out: join(dir, 'truth.col'),
      ...(limits === undefined ? {} : { limits }),
    });
    return { maxEventTime, contentDigest: digest, counts: { listeners, tracks } };
  });
}
