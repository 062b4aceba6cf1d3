import { join } from 'node:path';
import { buildExplorationFile, kernelVersion } from '../native/index.ts';
import { type Artifact, buildArtifact } from '../platform/index.ts';
import { snapshotFiles } from '../lake/index.ts';

/** How arms of exploratory slots are chosen and believed (`ExplorationParams` of the crate). */
export interface ExplorationParams {
  /** Arms per genre, at most. */
  readonly arms: number;
  /** Days for which a release, or an artist since the first event, is new. */
  readonly releaseDays: number;
  /** Tracks with more listeners in 90 days are known well enough. */
  readonly maxListeners: number;
  /** Weight of the genre's mean rate, in trials. */
  readonly prior: number;
  /** Standard deviations above the posterior mean in the ranking of arms (UCB). */
  readonly ucb: number;
}

/** Eight weeks of releases; a prior that twenty listeners outweigh. */
export const explorationParams: ExplorationParams = {
  arms: 64,
  releaseDays: 56,
  maxListeners: 100,
  prior: 20,
  ucb: 1,
};

/**
 * The artifact `exploration` of a snapshot: per genre up to `arms` new or little-heard tracks with
 * Beta posteriors and 256 seeded draws each. Where nothing is new it has no arms and lists have no
 * exploratory slots.
 */
export async function buildExploration(
  dataDir: string,
  snapshot: Artifact,
  seed: number,
  params: ExplorationParams = explorationParams,
): Promise<Artifact> {
  const { asOf, maxEventTime, contentDigest } = snapshot.manifest;
  const identity = {
    kind: 'exploration',
    schema: 1,
    asOf,
    inputs: { snapshot: contentDigest },
    config: { ...params, kernel: kernelVersion() },
    seed,
  };
  const parent = join(dataDir, 'artifacts', 'exploration');
  return buildArtifact(parent, identity, async (dir) => ({
    maxEventTime,
    contentDigest: await buildExplorationFile(
      snapshotFiles(snapshot).catalogue,
      { ...params, seed },
      join(dir, 'exploration.col'),
    ),
  }));
}
