import { guarded, guardedAsync } from './errors.ts';
import { kernel } from './kernel.ts';

/** Candidates of one listener as columns of equal length; `genreOff` has one entry more. */
export interface CandidateColumns {
  /** Probability of a positive; finite. */
  readonly score: Float32Array;
  readonly recording: Uint32Array;
  readonly artist: Uint32Array;
  /** 1 where the listener played the artist before. */
  readonly known: Uint8Array;
  /** Popularity percentile, [0, 1]. */
  readonly percentile: Float32Array;
  readonly genreOff: Uint32Array;
  readonly genre: Uint16Array;
  /** Unit vectors, row-major; empty for none. */
  readonly vectors: Float32Array;
  readonly dimensions: number;
}

/** Places among the candidates: the list in the order of choice, the next by value, and counts. */
export interface SelectedList {
  readonly chosen: Uint32Array;
  readonly reserve: Uint32Array;
  /** Penalty on popularity that the list was built with. */
  readonly penalty: number;
  /** Other releases of a recording that stayed. */
  readonly duplicate: number;
  /** Kept out by their artist's cap though worth more than the least of the list. */
  readonly capped: number;
  /** In the list beyond their artist's cap. */
  readonly beyondCap: number;
  /** Neither in the list nor in its reserve. */
  readonly left: number;
}

interface ListKernel {
  selectList(params: string, c: CandidateColumns, taste: Float64Array, habit: number): SelectedList;
  spaceArtists(artist: Uint32Array, fixed: Uint8Array, spacing: number): Uint32Array;
  explorationWinner(
    draws: Float32Array,
    arms: Uint32Array,
    draw: number,
  ): { readonly arm: number; readonly wins: number };
  calibrationDivergence(p: Float64Array, q: Float64Array): number;
  buildExploration(catalogue: string, params: string, out: string): Promise<string>;
}

/** The crate's functions for lists; they are part of the same library as `kernel()`. */
function lists(): ListKernel {
  return kernel() as unknown as ListKernel;
}

/** The crate's list builder before exploration; `params` is `ListParams` of the crate. */
export function selectList(
  params: unknown,
  candidates: CandidateColumns,
  taste: Float64Array,
  habit: number,
): SelectedList {
  return guarded(() => lists().selectList(JSON.stringify(params), candidates, taste, habit));
}

/** The crate's order of places in which artists stand apart; `fixed` is 1 where a place keeps its track. */
export function spaceArtists(artist: Uint32Array, fixed: Uint8Array, spacing: number): Uint32Array {
  return guarded(() => lists().spaceArtists(artist, fixed, spacing));
}

/** Winner of one of 256 draws (arms x 256) among some arms, ascending, and in how many draws it wins. */
export function explorationWinner(
  draws: Float32Array,
  arms: Uint32Array,
  draw: number,
): { readonly arm: number; readonly wins: number } {
  return guarded(() => lists().explorationWinner(draws, arms, draw));
}

/** The crate's KL(p || q~). */
export function calibrationDivergence(p: Float64Array, q: Float64Array): number {
  return guarded(() => lists().calibrationDivergence(p, q));
}

/** Writes `exploration.col` of a catalogue; `params` is `ExplorationParams` of the crate. Resolves to its content digest. */
export function buildExplorationFile(
  catalogue: string,
  params: unknown,
  out: string,
): Promise<string> {
  return guardedAsync(async () => lists().buildExploration(catalogue, JSON.stringify(params), out));
}
