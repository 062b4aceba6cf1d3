import { guardedAsync } from './errors.ts';
import { kernel } from './kernel.ts';

/** Which moments of listeners become training examples of the towers (`MomentParams` of the crate). */
export interface MomentParams {
  /** Distinct tracks played before the moment, at least. */
  readonly minHistory: number;
  /** Newest distinct tracks of a history. */
  readonly historyTracks: number;
  readonly momentsPerListener: number;
  readonly pairsPerMoment: number;
  /** Days after the moment in which new tracks count. */
  readonly horizonDays: number;
  /** Tracks skipped within 2 s, kept per moment. */
  readonly negativesPerMoment: number;
  /** Pairs wanted at most; beyond it moments are sampled. */
  readonly maxPairs: number;
  /** What a pair weighs: by its response (default; a save five plays), or all the same. */
  readonly pairWeights?: 'response' | 'even';
  /** Whether tempo, energy and key are part of a track (default). */
  readonly attributes?: boolean;
  readonly seed: number;
}

export interface TowerInputResult {
  readonly moments: number;
  readonly pairs: number;
  readonly negatives: number;
  readonly tracksDigest: string;
  readonly examplesDigest: string;
}

interface EncodeKernel {
  writeTowerInputs(
    params: string,
    paths: {
      readonly catalogue: string;
      readonly listeners: readonly string[];
      readonly responses: readonly string[];
      readonly itemVectors: string;
      readonly audio?: string;
    },
    tracks: string,
    examples: string,
  ): Promise<TowerInputResult>;
  buildTrackIndex(catalogue: string, vectors: string, seed: number, out: string): Promise<string>;
  mineNegatives(
    examples: string,
    towers: string,
    index: string,
    perPair: number,
    seed: number,
    out: string,
  ): Promise<string>;
}

/** Writes the track input and the training examples of the towers (docs/formats.md). */
export function writeTowerInputs(options: {
  readonly params: MomentParams;
  readonly catalogue: string;
  readonly listeners: readonly string[];
  readonly responses: readonly string[];
  readonly itemVectors: string;
  /** Audio vectors in the format of item vectors. */
  readonly audio?: string | undefined;
  readonly tracks: string;
  readonly examples: string;
}): Promise<TowerInputResult> {
  const { params, catalogue, listeners, responses, itemVectors, audio, tracks, examples } = options;
  const paths = {
    catalogue,
    listeners,
    responses,
    itemVectors,
    ...(audio === undefined ? {} : { audio }),
  };
  return guardedAsync(async () =>
    (kernel() as unknown as EncodeKernel).writeTowerInputs(
      JSON.stringify(params),
      paths,
      tracks,
      examples,
    ),
  );
}

/**
 * Writes the index over track vectors (`item2vec.col`: tracks with one of their own; encoded tracks:
 * all); resolves to its content digest.
 */
export function buildTrackIndex(options: {
  readonly catalogue: string;
  readonly vectors: string;
  readonly seed: number;
  readonly out: string;
}): Promise<string> {
  const { catalogue, vectors, seed, out } = options;
  return guardedAsync(async () =>
    (kernel() as unknown as EncodeKernel).buildTrackIndex(catalogue, vectors, seed, out),
  );
}

/** Writes examples with `perPair` tracks of ranks 101 to 500 more as negatives; the content digest. */
export function mineNegatives(options: {
  readonly examples: string;
  readonly towers: string;
  readonly index: string;
  readonly perPair: number;
  readonly seed: number;
  readonly out: string;
}): Promise<string> {
  const { examples, towers, index, perPair, seed, out } = options;
  return guardedAsync(async () =>
    (kernel() as unknown as EncodeKernel).mineNegatives(
      examples,
      towers,
      index,
      perPair,
      seed,
      out,
    ),
  );
}
