export { type EvaluateRequest, type Evaluation, evaluateWeekly, settingNames } from './evaluate.ts';
export { type Judgement, type MetricName, Judge, listLength, metricNames } from './judge.ts';
export {
  type JudgedCatalogue,
  type JudgedListener,
  readCatalogue,
  readJudgedListeners,
} from './judged-listeners.ts';
export { type Lists, baselineLists, chainLists, inScratch } from './methods.ts';
export { type EvaluationPoint, evaluationPoints } from './points.ts';
export { type Difference, type Row, compare } from './table.ts';
export { type FoldInEvaluation, evaluateFoldIn } from './fold-in.ts';
export { type FoldInLake, foldInChain, foldInLake } from './fold-in-lake.ts';
export { type Pair, splitPairs } from './fold-in-split.ts';
export {
  type RecipeComparison,
  type RecipeFigure,
  candidateLists,
  compareRecipes,
} from './compare-recipes.ts';
export { recipeDigest } from './recipe.ts';
