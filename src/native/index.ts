export { mapKernelError } from './errors.ts';
export {
  type BucketResult,
  type ExamplesOptions,
  type ExamplesResult,
  Model,
  type Selection,
  artistRates,
  compileSource,
  kernel,
  kernelVersion,
  setThreads,
} from './kernel.ts';
export {
  type BoosterOptions,
  type TrainingRows,
  boosterImportance,
  lightgbmVersion,
  predictBooster,
  trainBooster,
} from './lightgbm.ts';
export * from './encode-kernels.ts';
export { type FactorParams, trainFactors } from './factor-kernels.ts';
export * from './feature-kernels.ts';
export * from './hygiene-kernels.ts';
export * from './list-kernels.ts';
export * from './tower-kernels.ts';
export * from './join-kernels.ts';
export { type PlattCurve, TreeScorer, plattCurve } from './tree-scorer.ts';
export { hasXgboost, predictXgboost, trainXgboost, xgboostScores } from './xgboost.ts';
