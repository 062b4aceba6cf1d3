import { guarded, guardedAsync } from './errors.ts';
import { kernel } from './kernel.ts';

/** Parameters of skip-gram with negative sampling; `Item2vecParams` of the crate has the defaults. */
export interface Item2vecParams {
  /** Length of a row (64). */
  readonly dimensions?: number;
  /** Most places between a centre and its context (5); each centre draws 1 to `window`. */
  readonly window?: number;
  /** Negatives per window, shared by its pairs (5). */
  readonly negatives?: number;
  readonly epochs?: number;
  /** Falls linearly to `minLearningRate`. */
  readonly learningRate?: number;
  readonly minLearningRate?: number;
  /** word2vec's threshold of subsampling; 0 for none. */
  readonly subsample?: number;
  /** Negatives are drawn in proportion to count^exponent (-0.5). */
  readonly exponent?: number;
  readonly minCount?: number;
  /** Parts that train from the same rows (1); the result depends on it, not on threads. */
  readonly shards?: number;
  readonly seed?: number;
}

/** Rows by track, row-major; zeros and count 0 for a track that was not trained. */
export interface TrackVectors {
  readonly dimensions: number;
  readonly count: Uint32Array;
  readonly input: Float32Array;
  readonly output: Float32Array;
}

interface FeatureKernel {
  trainItem2vec(
    params: string,
    catalogue: string,
    sessions: readonly string[],
    playlists: string | null,
    warm: string | null,
    out: string,
  ): Promise<string>;
  item2vecVectors(
    offsets: Uint32Array,
    tracks: Uint32Array,
    trackCount: number,
    params: string,
  ): TrackVectors;
  procrustes(
    from: Float32Array,
    to: Float32Array,
    d: number,
  ): { readonly matrix: Float32Array; readonly cosine: number };
}

/** The crate's functions for vectors; they are part of the same library as `kernel()`. */
function features(): FeatureKernel {
  return kernel() as unknown as FeatureKernel;
}

/**
 * Trains track vectors on a snapshot's sessions, then its playlists, and writes `item2vec.col`; resolves
 * to its content digest. `warm` is an earlier `item2vec.col` to start from; tracks are matched by id.
 */
export function trainItem2vec(options: {
  readonly params: Item2vecParams;
  readonly catalogue: string;
  readonly sessions: readonly string[];
  readonly playlists?: string | undefined;
  readonly warm?: string | undefined;
  readonly out: string;
}): Promise<string> {
  const { params, catalogue, sessions, playlists, warm, out } = options;
  return guardedAsync(async () =>
    features().trainItem2vec(
      JSON.stringify(params),
      catalogue,
      sessions,
      playlists ?? null,
      warm ?? null,
      out,
    ),
  );
}

/** Vectors of sequences in memory: sequence `i` is `tracks.slice(offsets[i], offsets[i + 1])`. */
export function item2vecVectors(
  offsets: Uint32Array,
  tracks: Uint32Array,
  trackCount: number,
  params: Item2vecParams,
): TrackVectors {
  return guarded(() =>
    features().item2vecVectors(offsets, tracks, trackCount, JSON.stringify(params)),
  );
}

/**
 * The orthogonal matrix (row-major d x d, reflections included) that lays anchor rows `from` over `to`
 * in least squares: `row x matrix`; and the mean cosine of the anchors after it.
 */
export function procrustes(
  from: Float32Array,
  to: Float32Array,
  d: number,
): { readonly matrix: Float32Array; readonly cosine: number } {
  return guarded(() => features().procrustes(from, to, d));
}
