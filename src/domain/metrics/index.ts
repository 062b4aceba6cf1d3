export { cappedRecall, hitRate, precision, recall, reciprocalRank } from './accuracy.ts';
export { type Interval, bootstrapMean } from './bootstrap.ts';
export { calibrationKl, genreShares, gini, intraListDiversity } from './diversity.ts';
export { gradedNdcg, ndcg } from './ndcg.ts';
export { meanOf, novelty, popularityPercentiles } from './novelty.ts';
export { type JudgedList, hitPlaces } from './query.ts';
