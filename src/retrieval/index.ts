export { type CompiledSource, compileSources } from './compile.ts';
export {
  type RecipeName,
  type RetrievalRecipe,
  type RetrievalTuning,
  defaultRecipe,
  factorSource,
  poolSource,
  recipeFor,
  recipes,
} from './recipe.ts';
export {
  type ItemVectorsMode,
  type Retrieval,
  type TrainingLimits,
  candidateLimit,
  prepareRetrieval,
  retrievalFiles,
  retrievalParts,
  retrievalSpec,
} from './retrieval.ts';
export { defaultFactors } from './factors.ts';
export {
  type SourceDefinition,
  baselineSources,
  chainSources,
  furtherSources,
  sourceNames,
} from './sources.ts';
export { type TowersOptions, defaultTowers, indexOf, trainTwoTower } from './towers.ts';
