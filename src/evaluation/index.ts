export { type EvaluateRequest, type Evaluation, evaluateWeekly, settingNames } from './evaluate.ts';
export { type Judgement, type MetricName, Judge, listLength, metricNames } from './judge.ts';
export {
  type JudgedCatalogue,
  type JudgedListener,
  readCatalogue,
  readJudgedListeners,
} from './judged-listeners.ts';
export { type Lists, baselineLists, chainLists, inScratch } from './methods.ts';
export { type Judged, type JudgedPoint, judgedAt, judgedPoint } from './judged-point.ts';
export {
  type EvaluationPoint,
  type TestPoint,
  type TuningPoint,
  pointsOf,
  testPoints,
  tuningPoints,
} from './points.ts';
export { type LookAbout, type Split, type TestLook, lookAtTest } from './test-look.ts';
export { type LedgerRow, appendLedger } from './ledger.ts';
export { intervalText, numberText } from './interval-text.ts';
export { CoreTime, type Measure } from './core-time.ts';
export { requireTruthAfter, requireUnread } from './leak-check.ts';
export { type Difference, type Row, compare } from './table.ts';
export { type FoldInEvaluation, type OtherMethods, evaluateFoldIn } from './fold-in.ts';
export { type FoldInLake, foldInChain, foldInLake } from './fold-in-lake.ts';
export { type Pair } from './fold-in-split.ts';
export {
  type RecipeComparison,
  type RecipeFigure,
  candidateLists,
  compareRecipes,
} from './compare-recipes.ts';
export { recipeDigest } from './recipe.ts';
export { evaluateLeaveOneOut } from './leave-one-out.ts';
export { evaluateNextTrack } from './next-track.ts';
export { type RankingEvaluation, type RankingTable } from './ranking-table.ts';
export { type Trial, type Tuned, readTuning, tune, tunedFile } from './tune/tune.ts';
export { type SourceFigures, judgeSource } from './tune/judge-retrieval.ts';
export { type TuneTarget, tuneTargets } from './tune/targets.ts';
