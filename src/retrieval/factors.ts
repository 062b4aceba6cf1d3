import { join } from 'node:path';
import { snapshotFiles } from '../lake/index.ts';
import { type FactorParams, kernelVersion, trainFactors } from '../native/index.ts';
import { type Artifact, type Json, buildArtifact } from '../platform/index.ts';
import { indexOf } from './towers.ts';

/** Implicit factors of a snapshot's tracks, and the index over them. */
export interface TrackFactors {
  readonly factors: Artifact;
  readonly index: Artifact;
}

/** Implicit ALS (Hu, Koren and Volinsky 2008) over who played what; chosen on tuning weeks. */
export const defaultFactors: FactorParams = {
  dimensions: 96,
  epochs: 12,
  regularization: 5,
  alpha: 5,
  history: 250,
  steps: 3,
  seed: 1,
};

/** Trains the factors of a snapshot, or finds them trained (artifact `factors`). */
export async function trainTrackFactors(
  dataDir: string,
  snapshot: Artifact,
  params: FactorParams,
): Promise<TrackFactors> {
  const { asOf, contentDigest, maxEventTime } = snapshot.manifest;
  const identity = {
    kind: 'factors',
    schema: 1,
    asOf,
    inputs: { snapshot: contentDigest },
    config: { ...params, kernel: kernelVersion() } as Json,
    seed: params.seed,
  };
  const factors = await buildArtifact(
    join(dataDir, 'artifacts', 'factors'),
    identity,
    async (dir) => ({
      maxEventTime,
      contentDigest: await trainFactors(params, snapshotFiles(snapshot), join(dir, 'factors.col')),
    }),
  );
  return { factors, index: await indexOf(dataDir, snapshot, factors, factorsFile(factors)) };
}

export function factorsFile(factors: Artifact): string {
  return join(factors.path, 'factors.col');
}
