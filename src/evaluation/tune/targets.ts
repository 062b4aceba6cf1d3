import { defaultItem2vec } from '../../features/index.ts';
import { type RecipeName, type RetrievalTuning, defaultTowers } from '../../retrieval/index.ts';

/** One value of every parameter of a space. */
export type Values = Readonly<Record<string, string | number>>;

/** Something with parameters that can be searched. */
export interface TuneTarget {
  readonly name: string;
  /** The source that is judged by itself, and a recipe that has it. */
  readonly source: 'item2vec' | 'two_tower';
  readonly recipe: RecipeName;
  /** What of a chain's tuning it searches; what was tuned of the rest stays as it is. */
  readonly part: keyof RetrievalTuning;
  /** The values tried, by parameter. */
  readonly space: Readonly<Record<string, readonly (string | number)[]>>;
  /** The default; the first trial. */
  readonly start: Values;
  readonly tuning: (values: Values) => RetrievalTuning;
}

const item2vec: TuneTarget = {
  name: 'item2vec',
  source: 'item2vec',
  recipe: 'item2vec',
  part: 'item2vec',
  space: {
    window: [2, 3, 5, 8, 12],
    exponent: [-1, -0.5, 0, 0.5, 0.75],
    subsample: [0, 1e-5, 1e-4, 1e-3],
    epochs: [5, 10, 20, 40],
  },
  start: {
    window: defaultItem2vec.window ?? 5,
    exponent: defaultItem2vec.exponent ?? -0.5,
    subsample: defaultItem2vec.subsample ?? 0,
    epochs: defaultItem2vec.epochs ?? 1,
  },
  tuning: (values) => ({ item2vec: values }),
};

const { params } = defaultTowers;

const twoTower: TuneTarget = {
  name: 'two-tower',
  source: 'two_tower',
  recipe: 'towers',
  part: 'towers',
  space: {
    loss: ['softmax', 'triplet'],
    tripletNegatives: ['hardest', 'all'],
    correction: ['own', 'mixture', 'classic'],
    temperature: [0.05, 0.07, 0.1],
    uniform: [0, 256, 512, 1024],
    minedNegatives: [0, 5],
    epochs: [4, 8, 16],
    tableLearningRate: [0.02, 0.05, 0.1, 0.2],
  },
  start: {
    loss: 'softmax',
    tripletNegatives: 'hardest',
    correction: 'own',
    temperature: 0.07,
    uniform: 512,
    minedNegatives: defaultTowers.minedNegatives,
    epochs: params.epochs,
    tableLearningRate: params['tableLearningRate'] ?? 0.1,
  },
  tuning: ({ minedNegatives, ...rest }) => ({
    towers: {
      minedNegatives: Number(minedNegatives),
      params: { ...params, ...rest },
    },
  }),
};

export const tuneTargets: readonly TuneTarget[] = [item2vec, twoTower];
