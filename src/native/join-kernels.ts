import { guarded } from './errors.ts';
import { kernel } from './kernel.ts';

/** Parameters of a vector index; `lists` 0 lets the crate choose. */
export interface IndexParams {
  readonly lists?: number;
  readonly rounds?: number;
  /** Most lists found in one level. */
  readonly flat?: number;
  readonly seed?: number;
}

/** Only `k` and `probe` (lists per query) change the result. */
export interface SearchOptions {
  readonly k: number;
  readonly probe: number;
  readonly block?: number;
  readonly thresholds?: boolean;
}

/** What queries may be given. Left out: everything for everybody. */
export interface JoinEligibility {
  /** Class of each query; empty: 0. */
  readonly class: Uint32Array;
  /** A row per class, a byte per track, 1 where allowed; empty: all. */
  readonly allowed: Uint8Array;
  readonly tracks: number;
  /** Tracks a query may not be given, ascending; `excludedOff` has one entry more than queries. */
  readonly excludedOff: Uint32Array;
  readonly excluded: Uint32Array;
}

/** Tracks of query `i` are `off[i]..off[i + 1]`, by falling score, ties to the smaller track. */
export interface NeighbourColumns {
  readonly off: Uint32Array;
  readonly track: Uint32Array;
  /** `integer` on the scale of the given vectors. */
  readonly score: Float32Array;
  /** Inner product of the rounded vectors. */
  readonly integer: Int32Array;
}

interface NativeIndex {
  readonly dimensions: number;
  readonly lists: number;
  readonly tracks: number;
  search(queries: Float32Array, options: string, eligibility: JoinEligibility): NeighbourColumns;
}

interface JoinKernel {
  readonly VectorIndex: new (path: string) => NativeIndex;
  hugePages(): boolean;
  buildIndex(
    vectors: Float32Array,
    dimensions: number,
    known: Uint8Array,
    params: string,
    out: string,
  ): string;
  exactNeighbours(
    vectors: Float32Array,
    queries: Float32Array,
    dimensions: number,
    k: number,
  ): Uint32Array;
}

/** The crate's vector index; it is part of the same library as `kernel()`. */
function join(): JoinKernel {
  return kernel() as unknown as JoinKernel;
}

/**
 * Writes `index.col` of row-major vectors of length at most 1 and returns its content digest. Tracks
 * whose `known` is 0 are left out; an empty `known` keeps all.
 */
export function buildIndex(
  vectors: Float32Array,
  dimensions: number,
  known: Uint8Array,
  params: IndexParams,
  out: string,
): string {
  return guarded(() => join().buildIndex(vectors, dimensions, known, JSON.stringify(params), out));
}

const everything: JoinEligibility = {
  class: new Uint32Array(),
  allowed: new Uint8Array(),
  tracks: 0,
  excludedOff: new Uint32Array(),
  excluded: new Uint32Array(),
};

/** An index file, open in the crate. */
export class VectorIndex {
  private readonly native: NativeIndex;

  constructor(path: string) {
    this.native = guarded(() => new (join().VectorIndex)(path));
  }

  get dimensions(): number {
    return this.native.dimensions;
  }

  get lists(): number {
    return this.native.lists;
  }

  /** Tracks that have a vector. */
  get tracks(): number {
    return this.native.tracks;
  }

  /** The k best eligible tracks of each row of `queries` over its nearest lists. */
  search(
    queries: Float32Array,
    options: SearchOptions,
    eligibility: JoinEligibility = everything,
  ): NeighbourColumns {
    return guarded(() => this.native.search(queries, JSON.stringify(options), eligibility));
  }
}

/** The k nearest rows of each query in single precision, flat: the slow measure of recall. */
export function exactNeighbours(
  vectors: Float32Array,
  queries: Float32Array,
  dimensions: number,
  k: number,
): Uint32Array {
  return guarded(() => join().exactNeighbours(vectors, queries, dimensions, k));
}

/** Whether the system has 2 MB pages: for `doctor`. */
export function hugePages(): boolean {
  return guarded(() => join().hugePages());
}
