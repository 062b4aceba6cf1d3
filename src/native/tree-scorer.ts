import { guarded } from './errors.ts';
import { kernel } from './kernel.ts';

interface NativeTrees {
  readonly binned: boolean;
  raw(rows: Float32Array): Float64Array;
}

interface TreesKernel {
  readonly Trees: new (text: string) => NativeTrees;
}

/**
 * A LightGBM text model, compiled: numerical and categorical splits of one output. Linear leaves,
 * several classes, random forests and broken texts throw `model.invalid`.
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
   * are read as LightGBM's predictor does: NaN is missing, magnitudes up to 1e-35 are 0.
   */
  raw(rows: Float32Array): Float64Array {
    return guarded(() => this.#trees.raw(rows));
  }
}
