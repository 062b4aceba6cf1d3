export { type CutPlan, type CutPoint, type Span, cutPoints } from './cut-points.ts';
export {
  type ExampleOptions,
  type TrainingPoint,
  buildExamples,
  defaultExampleOptions,
} from './examples.ts';
export {
  type ExampleSet,
  type RankerOptions,
  defaultRankerOptions,
  readRankerText,
  trainRanker,
  writeArtistRates,
} from './train.ts';
export { type LabelWindow, buildLabels } from './labels.ts';
