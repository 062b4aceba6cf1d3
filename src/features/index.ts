export { carriedVectors, dailyVectorsAt } from './carried-vectors.ts';
export {
  type DailyOptions,
  dayVectorsDir,
  dayVectorsFile,
  defaultDaily,
  refusedDay,
  updateItemVectors,
} from './daily-vectors.ts';
export { type HygieneOptions, hygieneAt, hygieneDir } from './hygiene/hygiene.ts';
export { type SetAside, setAsideOf } from './hygiene/set-aside.ts';
export { type Thresholds, defaultThresholds } from './hygiene/thresholds.ts';
export { defaultItem2vec, itemVectorsFile, trainItemVectors } from './item2vec.ts';
export { item2vecTwin } from './item2vec-twin.ts';
export { type VectorBase, vectorBases } from './vector-base.ts';
