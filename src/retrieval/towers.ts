import { join } from 'node:path';
import { itemVectorsFile } from '../features/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import {
  type MomentParams,
  buildTrackIndex,
  encodeTowers,
  kernelVersion,
  mineNegatives,
  trainTowers,
  writeTowerInputs,
} from '../native/index.ts';
import {
  type Artifact,
  type Json,
  buildArtifact,
  digestJson,
  requireAsOf,
} from '../platform/index.ts';

/** Parameters of the network and its training (`TowerParams` of the crate has the defaults). */
export type TowerParams = Readonly<Record<string, string | number>> & {
  readonly epochs: number;
  readonly seed: number;
};

/** How the towers are trained. */
export interface TowersOptions {
  readonly moments: MomentParams;
  readonly params: TowerParams;
  /** Negatives per pair from ranks 101 to 500 of a first pass; 0: one pass only. */
  readonly minedNegatives: number;
}

/** Chosen on tuning weeks. */
export const defaultTowers: TowersOptions = {
  moments: {
    minHistory: 5,
    historyTracks: 250,
    momentsPerListener: 8,
    pairsPerMoment: 24,
    horizonDays: 2,
    negativesPerMoment: 1,
    maxPairs: 200_000,
    seed: 1,
  },
  params: { epochs: 8, tableLearningRate: 0.1, seed: 1 },
  minedNegatives: 0,
};

/** Trained towers with everything that searching by them needs, all of one snapshot. */
export interface Towers {
  readonly towers: Artifact;
  readonly index: Artifact;
}

/** The towers' examples of a snapshot (artifact `tower-examples`). */
async function towerExamples(
  dataDir: string,
  snapshot: Artifact,
  vectors: Artifact,
  moments: MomentParams,
): Promise<Artifact> {
  const { asOf, contentDigest, maxEventTime } = snapshot.manifest;
  requireAsOf(vectors, asOf);
  const identity = {
    kind: 'tower-examples',
    schema: 1,
    asOf,
    inputs: { snapshot: contentDigest, item2vec: vectors.manifest.contentDigest },
    config: { ...moments, kernel: kernelVersion() } as Json,
    seed: moments.seed,
  };
  return buildArtifact(join(dataDir, 'artifacts', 'tower-examples'), identity, async (dir) => {
    const { catalogue, listeners, responses } = snapshotFiles(snapshot);
    const result = await writeTowerInputs({
      params: moments,
      catalogue,
      listeners,
      responses,
      itemVectors: itemVectorsFile(vectors),
      tracks: join(dir, 'tower-tracks.col'),
      examples: join(dir, 'tower-examples.col'),
    });
    const { moments: count, pairs, negatives, tracksDigest, examplesDigest } = result;
    return {
      maxEventTime,
      contentDigest: digestJson([tracksDigest, examplesDigest]),
      counts: { moments: count, pairs, negatives },
    };
  });
}

/**
 * Both towers trained on a snapshot (artifact `two-tower`), and the index over its tracks (artifact
 * `index`). With mined negatives a first pass is trained, searched, and its confusions added to the
 * examples of the second. Null where no listener has a history to learn from.
 */
export async function trainTwoTower(
  dataDir: string,
  snapshot: Artifact,
  vectors: Artifact,
  options: TowersOptions = defaultTowers,
): Promise<Towers | null> {
  const { moments, params, minedNegatives } = options;
  const examples = await towerExamples(dataDir, snapshot, vectors, moments);
  if ((examples.manifest.counts['pairs'] ?? 0) === 0) return null;
  const first = await trainPass(dataDir, snapshot, examples, examples, params);
  if (minedNegatives === 0) return first;
  const mined = await minedExamples(dataDir, examples, first, minedNegatives, params.seed);
  return trainPass(dataDir, snapshot, examples, mined, params);
}

async function trainPass(
  dataDir: string,
  snapshot: Artifact,
  tracks: Artifact,
  examples: Artifact,
  params: TowerParams,
): Promise<Towers> {
  const { asOf, contentDigest, maxEventTime } = snapshot.manifest;
  const identity = {
    kind: 'two-tower',
    schema: 1,
    asOf,
    inputs: { snapshot: contentDigest, examples: examples.manifest.contentDigest },
    config: { ...params, kernel: kernelVersion() } as Json,
    seed: params.seed,
  };
  const parent = join(dataDir, 'artifacts', 'two-tower');
  const towers = await buildArtifact(parent, identity, async (dir) => {
    const input = join(tracks.path, 'tower-tracks.col');
    const out = join(dir, 'towers.col');
    const files = { tracks: input, examples: join(examples.path, 'tower-examples.col') };
    const trained = await trainTowers(params, files, out);
    const encoded = await encodeTowers(out, 'track', input, join(dir, 'tracks.col'));
    return {
      maxEventTime,
      contentDigest: digestJson([trained.digest, encoded]),
      counts: { pairs: trained.pairs, steps: trained.steps },
    };
  });
  const index = await indexOf(dataDir, snapshot, towers, join(towers.path, 'tracks.col'));
  return { towers, index };
}

/** Examples with negatives of a first pass mixed in (artifact `tower-examples`). */
async function minedExamples(
  dataDir: string,
  examples: Artifact,
  { towers, index }: Towers,
  perPair: number,
  seed: number,
): Promise<Artifact> {
  const identity = {
    kind: 'tower-examples',
    schema: 1,
    asOf: examples.manifest.asOf,
    inputs: {
      examples: examples.manifest.contentDigest,
      towers: towers.manifest.contentDigest,
      index: index.manifest.contentDigest,
    },
    config: { perPair, kernel: kernelVersion() },
    seed,
  };
  return buildArtifact(join(dataDir, 'artifacts', 'tower-examples'), identity, async (dir) => ({
    maxEventTime: examples.manifest.maxEventTime,
    contentDigest: await mineNegatives({
      examples: join(examples.path, 'tower-examples.col'),
      towers: join(towers.path, 'towers.col'),
      index: join(index.path, 'index.col'),
      perPair,
      seed,
      out: join(dir, 'tower-examples.col'),
    }),
    counts: examples.manifest.counts,
  }));
}

/** The index over unit rows of a snapshot's tracks (artifact `index`). */
export async function indexOf(
  dataDir: string,
  snapshot: Artifact,
  vectors: Artifact,
  file: string,
): Promise<Artifact> {
  const { asOf, contentDigest, maxEventTime } = snapshot.manifest;
  requireAsOf(vectors, asOf);
  const identity = {
    kind: 'index',
    schema: 1,
    asOf,
    inputs: { snapshot: contentDigest, vectors: vectors.manifest.contentDigest },
    config: { kernel: kernelVersion() },
    seed: 1,
  };
  return buildArtifact(join(dataDir, 'artifacts', 'index'), identity, async (dir) => ({
    maxEventTime,
    contentDigest: await buildTrackIndex({
      catalogue: snapshotFiles(snapshot).catalogue,
      vectors: file,
      seed: 1,
      out: join(dir, 'index.col'),
    }),
  }));
}
