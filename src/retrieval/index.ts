export { type CompiledSource, compileSources } from './compile.ts';
export { type RecipeName, type RetrievalRecipe, defaultRecipe, recipes } from './recipe.ts';
export {
  type Retrieval,
  type TrainingLimits,
  candidateLimit,
  prepareRetrieval,
  retrievalFiles,
  retrievalParts,
  retrievalSpec,
} from './retrieval.ts';
export { type SourceDefinition, baselineSources, chainSources, sourceNames } from './sources.ts';
export { trainTwoTower } from './towers.ts';
