export { mapKernelError } from './errors.ts';
export { type BucketResult, type ExamplesOptions, type ExamplesResult, Model, type Selection, artistRates, compileSource, kernel, predictTrees } from './kernel.ts';
export { type BoosterOptions, type TrainingRows, predictBooster, trainBooster } from './lightgbm.ts';
