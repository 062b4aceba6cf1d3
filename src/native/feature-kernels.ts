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

/** When the rows of a day are taken. */
export interface DayLimits {
  /** Rows of the base drawn as negatives besides the day's tracks. */
  readonly negativeSample: number;
  /** Occurrences in the base from which a track is an anchor. */
  readonly anchorPlays: number;
  /** Least mean cosine of the anchors to the base; below it the day is refused. */
  readonly leastCosine: number;
}

/** What a day's update did; without anchors there is no cosine. */
export interface Item2vecDay {
  /** Content digest of the file. */
  readonly digest: string;
  readonly sequences: number;
  /** Occurrences trained on. */
  readonly words: number;
  /** Rows written; none where the day is refused. */
  readonly moved: number;
  /** Of these, tracks that had no row. */
  readonly fresh: number;
  readonly anchors: number;
  readonly cosine?: number | null;
  readonly refused: boolean;
}

interface FeatureKernel {
  updateItem2vec(
    params: string,
    limits: string,
    base: string,
    overlays: readonly string[],
    day: string,
    out: string,
  ): Promise<Item2vecDay>;
  carryItem2vec(
    base: string,
    overlays: readonly string[],
    catalogue: string,
    out: string,
  ): Promise<{ readonly digest: string; readonly tracks: number }>;
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

/**
 * Trains a day's sequences on the newest rows of `base` and `overlays` (oldest first) and writes
 * `item2vec-day.col`; reads and writes follow the day. See `DayLimits` for when nothing is taken.
 */
export function updateItem2vec(options: {
  readonly params: Item2vecParams;
  readonly limits: DayLimits;
  readonly base: string;
  readonly overlays: readonly string[];
  readonly day: string;
  readonly out: string;
}): Promise<Item2vecDay> {
  const { params, limits, base, overlays, day, out } = options;
  const [first, second] = [JSON.stringify(params), JSON.stringify(limits)];
  return guardedAsync(async () =>
    features().updateItem2vec(first, second, base, overlays, day, out),
  );
}

/**
 * Writes the `item2vec.col` of a catalogue with the newest rows of `base` and `overlays` (oldest first),
 * found by track id; resolves to its content digest and the number of tracks that have rows.
 */
export function carryItem2vec(options: {
  readonly base: string;
  readonly overlays: readonly string[];
  readonly catalogue: string;
  readonly out: string;
}): Promise<{ readonly digest: string; readonly tracks: number }> {
  const { base, overlays, catalogue, out } = options;
  return guardedAsync(async () => features().carryItem2vec(base, overlays, catalogue, out));
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
