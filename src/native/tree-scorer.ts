import { guarded } from './errors.ts';
import { kernel } from './kernel.ts';

interface NativeTrees {
  readonly binned: boolean;
  raw(rows: Float32Array): Float64Array;
  output(raw: Float64Array): Float64Array;
}

interface TreesKernel {
  readonly Trees: new (text: string) => NativeTrees;
  plattCurve(raw: Float64Array, label: Uint8Array, weight: Float32Array): PlattCurve;
}

/** P = 1 / (1 + exp(-(scale raw + shift))). */
export interface PlattCurve {
  readonly scale: number;
  readonly shift: number;
}

/**
 * A text model of LightGBM (numerical and categorical splits of one output) or a JSON model of XGBoost
 * (numerical splits, `binary:logistic`), compiled. Linear leaves, several classes, random forests,
 * dropped trees and broken texts throw `model.invalid`.
 */
export class TreeScorer {
  readonly #trees: NativeTrees;

  constructor(text: string) {
    this.#trees = guarded(() => new (kernel() as unknown as TreesKernel).Trees(text));
  }

  /**
   * Whether rows are scored in blocks of u8 bins; otherwise (categorical splits, more than 255
   * thresholds of a feature, more than 256 leaves of a tree) by a plain walk, with the same results.
   */
  get binned(): boolean {
    return this.#trees.binned;
  }

  /**
   * Raw scores, sums of leaves, of row-major rows of as many values as the model has features. Values
   * are read and added as the model's library does. LightGBM: magnitudes up to 1e-35 are 0, sums are
   * doubles. XGBoost: sums are singles that begin with the logit of the base score. NaN is missing.
   */
  raw(rows: Float32Array): Float64Array {
    return guarded(() => this.#trees.raw(rows));
  }

  /** Raw scores to probabilities where the objective is logistic, else as they are. */
  output(raw: Float64Array): Float64Array {
    return guarded(() => this.#trees.output(raw));
  }
}

/**
 * The logistic curve from raw scores to the probability of label 1 of greatest weighted likelihood,
 * with Platt's (1999) smoothed targets; its scale is at least 1e-3, so that it never reorders scores.
 * No rows give the curve of one half. Columns of different lengths throw `kernel.shape`.
 */
export function plattCurve(raw: Float64Array, label: Uint8Array, weight: Float32Array): PlattCurve {
  return guarded(() => (kernel() as unknown as TreesKernel).plattCurve(raw, label, weight));
}
