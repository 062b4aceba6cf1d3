import { guarded, guardedAsync } from './errors.ts';
import { kernel } from './kernel.ts';

/** Counts of a training run; `losses` is the mean loss of each epoch's steps, as they were met. */
export interface TowerTraining {
  readonly pairs: number;
  readonly steps: number;
  readonly losses: readonly number[];
  /** Content digest of `towers.col`. */
  readonly digest: string;
}

/** Indexes of pairs, uniform draws of tracks, and the tracks that lose their dropout block. */
export interface TowerBatch {
  readonly pairs: Uint32Array;
  readonly uniform: Uint32Array;
  readonly dropped: Uint32Array;
}

/**
 * Loss and gradient of a batch, and the parameters after one optimiser step on it. Parameters are one
 * flat array: the listener's tower, then the track's, each w1, b1, w2, b2, skips, tables, row-major
 * with one row per input.
 */
export interface TowerProbe {
  readonly loss: number;
  readonly gradient: Float32Array;
  readonly stepped: Float32Array;
}

/** `tower-tracks.col` and `tower-examples.col`. */
export interface TowerFiles {
  readonly tracks: string;
  readonly examples: string;
}

interface TowerKernel {
  trainTowers(
    params: string,
    tracks: string,
    examples: string,
    out: string,
  ): Promise<TowerTraining>;
  encodeTowers(towers: string, which: string, input: string, out: string): Promise<string>;
  probeTowers(
    params: string,
    tracks: string,
    examples: string,
    values: Float32Array,
    batch: TowerBatch,
  ): TowerProbe;
  untrainedTowers(params: string, tracks: string, examples: string): Float32Array;
}

/** The crate's functions for towers; they are part of the same library as `kernel()`. */
function towers(): TowerKernel {
  return kernel() as unknown as TowerKernel;
}

/** Trains both towers and writes `towers.col`; `params` is `TowerParams` of the crate. */
export function trainTowers(
  params: unknown,
  files: TowerFiles,
  out: string,
): Promise<TowerTraining> {
  return guardedAsync(async () =>
    towers().trainTowers(JSON.stringify(params), files.tracks, files.examples, out),
  );
}

/** Writes `vector` f32 (rows x dimensions, unit rows) of an input file; resolves to its content digest. */
export function encodeTowers(
  file: string,
  which: 'listener' | 'track',
  input: string,
  out: string,
): Promise<string> {
  return guardedAsync(async () => towers().encodeTowers(file, which, input, out));
}

/** Loss and gradient of one batch at the given flat parameters. */
export function probeTowers(
  params: unknown,
  files: TowerFiles,
  values: Float32Array,
  batch: TowerBatch,
): TowerProbe {
  return guarded(() =>
    towers().probeTowers(JSON.stringify(params), files.tracks, files.examples, values, batch),
  );
}

/** Flat parameters of untrained towers for two input files. */
export function untrainedTowers(params: unknown, files: TowerFiles): Float32Array {
  return guarded(() =>
    towers().untrainedTowers(JSON.stringify(params), files.tracks, files.examples),
  );
}
