export {
  type ArtistEncoding,
  artistEncodings,
  artistRatesOf,
  writeArtistColumns,
} from './artist-encoding.ts';
export { type CutPlan, type CutPoint, type Span, cutPoints } from './cut-points.ts';
export { type EngineName, engineNames, engines } from './engines.ts';
export {
  type ExampleOptions,
  type TrainingPoint,
  buildExamples,
  defaultExampleOptions,
} from './examples.ts';
export {
  type FeatureImportance,
  type ImportanceShare,
  featureImportance,
  meanImportance,
} from './importance.ts';
export { type LabelWindow, buildLabels } from './labels.ts';
export { readRanker, readRankerText, rankerFile } from './ranker-file.ts';
export { type ExampleSet } from './training-rows.ts';
export { type RankerOptions, defaultRankerOptions, trainRanker } from './train.ts';
