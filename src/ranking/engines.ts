import {
  type BoosterOptions,
  type TrainingRows,
  trainBooster,
  trainXgboost,
} from '../native/index.ts';
import { type LabelledRows } from './training-rows.ts';

export const engineNames = ['lightgbm', 'lambdarank', 'xgboost'] as const;

/** `lightgbm` and `xgboost` predict a probability, `lambdarank` orders each listener's candidates. */
export type EngineName = (typeof engineNames)[number];

/** Parameters of a library by its own names. */
export type EngineParameters = Readonly<Record<string, string | number | boolean>>;

export interface Engine {
  readonly parameters: EngineParameters;
  readonly rounds: number;
  /** Name of the model's file. */
  readonly file: 'model.txt' | 'model.json';
  /** Whether raw scores have to be fitted to probabilities. */
  readonly ordersOnly: boolean;
  readonly rows: (rows: LabelledRows) => TrainingRows;
  readonly train: (rows: TrainingRows, options: BoosterOptions) => Promise<string>;
}

/** Small trees, few rounds: what held up on tuning weeks, where single runs differ by +-.001 NDCG. */
const lightgbm = {
  objective: 'binary',
  learning_rate: 0.05,
  num_leaves: 7,
  min_data_in_leaf: 200,
  lambda_l2: 10,
  feature_fraction: 0.5,
  max_bin: 63,
  deterministic: true,
  force_row_wise: true,
  num_threads: 2,
  verbose: -1,
} as const;

/** How far down a listener's sampled candidates LambdaRank pairs are taken: the length of a list. */
const truncationLevel = 30;

export const engines: Readonly<Record<EngineName, Engine>> = {
  lightgbm: {
    parameters: lightgbm,
    rounds: 100,
    file: 'model.txt',
    ordersOnly: false,
    rows: weighted,
    train: async (rows, options) => withoutParameters(await trainBooster(rows, options)),
  },
  lambdarank: {
    parameters: {
      ...lightgbm,
      objective: 'lambdarank',
      lambdarank_truncation_level: truncationLevel,
      label_gain: '0,1,5',
    },
    rounds: 100,
    file: 'model.txt',
    ordersOnly: true,
    rows: graded,
    train: async (rows, options) => withoutParameters(await trainBooster(rows, options)),
  },
  xgboost: {
    parameters: {
      objective: 'binary:logistic',
      booster: 'gbtree',
      tree_method: 'hist',
      grow_policy: 'lossguide',
      eta: 0.05,
      max_leaves: 7,
      max_depth: 0,
      min_child_weight: 10,
      lambda: 10,
      colsample_bytree: 0.5,
      max_bin: 63,
      // sums of gradients are added per thread: another number of threads is another model
      nthread: 1,
    },
    rounds: 100,
    file: 'model.json',
    ordersOnly: false,
    rows: weighted,
    train: trainXgboost,
  },
};

function weighted({ x, label, weight }: LabelledRows): TrainingRows {
  return { x, label: Float32Array.from(label), weight };
}

/**
 * Groups of a listener at a cut, grades 0, 1 (played) and 2 (saved; its gain is the weight of a save).
 * No weights: those of sampled negatives would change one side of a pair alone, and negatives are
 * drawn evenly, so that pairs stand for pairs.
 */
function graded({ x, label, weight, group }: LabelledRows): TrainingRows {
  return {
    x,
    label: Float32Array.from(label, (y, i) => (y === 0 ? 0 : (weight[i] as number) > 1 ? 2 : 1)),
    weight: new Float32Array(label.length).fill(1),
    group: Int32Array.from(group),
  };
}

/** LightGBM writes all its parameters behind the model, thread count included. */
function withoutParameters(text: string): string {
  return `${text.slice(0, text.indexOf('\nparameters:'))}\n`;
}
