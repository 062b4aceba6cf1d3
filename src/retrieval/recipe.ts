import { ConfigError } from '../domain/index.ts';
import { defaultItem2vec } from '../features/index.ts';
import { type FactorParams, type Item2vecParams } from '../native/index.ts';
import { defaultFactors } from './factors.ts';
import { type SourceDefinition, chainSources, pairSources } from './sources.ts';
import { type TowersOptions, defaultTowers } from './towers.ts';

/** A source that searches vectors: the nearest tracks to a query made of the listener. */
export interface VectorSourceDefinition {
  /** Number in list values. */
  readonly id: number;
  readonly name: string;
  /**
   * `pool`: recency-weighted mean of item vectors; `tower`: the listener tower; `factors`: the
   * listener folded in to the implicit factors of the tracks.
   */
  readonly query: 'pool' | 'tower' | 'factors';
  readonly topK: number;
  /** Weight in reciprocal-rank fusion. */
  readonly weight: number;
  /** Lists of the index scanned per listener; 0 scans all. */
  readonly probe: number;
}

/** What a chain retrieves with; the name of the recipe that lists are made from. */
export interface RetrievalRecipe {
  readonly sources: readonly SourceDefinition[];
  /** Null: no item vectors, and then no towers either. */
  readonly item2vec: Item2vecParams | null;
  readonly towers: TowersOptions | null;
  /** Implicit ALS; needed where a source's query is `factors`. */
  readonly factors?: FactorParams;
  readonly vectorSources: readonly VectorSourceDefinition[];
}

const towerSource: VectorSourceDefinition = {
  id: 8,
  name: 'two_tower',
  query: 'tower',
  topK: 120,
  weight: 0.5,
  probe: 0,
};

export const poolSource: VectorSourceDefinition = {
  id: 9,
  name: 'item2vec',
  query: 'pool',
  topK: 100,
  weight: 0.3,
  probe: 0,
};

export const factorSource: VectorSourceDefinition = {
  id: 10,
  name: 'ials',
  query: 'factors',
  topK: 100,
  weight: 0.5,
  probe: 0,
};

/** Recipes by name: what each stage adds is judged by leaving it out. */
export const recipes = {
  /** Counts only. */
  counts: { sources: chainSources, item2vec: null, towers: null, vectorSources: [] },
  /** Item vectors as features and as a source. */
  item2vec: {
    sources: chainSources,
    item2vec: defaultItem2vec,
    towers: null,
    vectorSources: [poolSource],
  },
  /** Towers as well, as a feature and as a source. */
  towers: {
    sources: chainSources,
    item2vec: defaultItem2vec,
    towers: defaultTowers,
    vectorSources: [towerSource, poolSource],
  },
  /** Everything that learns from who played what, for plays without a clock. */
  pairs: {
    sources: pairSources,
    item2vec: null,
    towers: null,
    factors: defaultFactors,
    vectorSources: [factorSource],
  },
} as const satisfies Readonly<Record<string, RetrievalRecipe>>;

export type RecipeName = keyof typeof recipes;

/** A recipe changed: parameters of learned retrieval, sources left out. What is not named stays. */
export interface RetrievalTuning {
  readonly item2vec?: Item2vecParams;
  readonly towers?: Partial<TowersOptions>;
  /** Names of sources to do without. Vectors and towers still describe candidates to the ranker. */
  readonly without?: readonly string[];
}

/**
 * A recipe with tuned parameters; what a recipe does without stays out.
 * Throws `ConfigError` `retrieval.unknown_source` when `without` names no source of the recipe.
 */
export function recipeFor(
  name: RecipeName,
  { item2vec, towers, without = [] }: RetrievalTuning = {},
): RetrievalRecipe {
  const recipe: RetrievalRecipe = recipes[name];
  const known = [...recipe.sources, ...recipe.vectorSources].map((source) => source.name);
  const unknown = without.find((source) => !known.includes(source));
  if (unknown !== undefined)
    throw new ConfigError(`The recipe "${name}" has no source "${unknown}" to leave out.`, {
      code: 'retrieval.unknown_source',
      remedy: `It has ${known.join(', ')}.`,
    });
  const stays = (source: { readonly name: string }): boolean => !without.includes(source.name);
  return {
    sources: recipe.sources.filter(stays),
    vectorSources: recipe.vectorSources.filter(stays),
    item2vec: recipe.item2vec === null ? null : { ...recipe.item2vec, ...item2vec },
    towers:
      recipe.towers === null
        ? null
        : {
            ...recipe.towers,
            ...towers,
            params: { ...recipe.towers.params, ...towers?.params },
            moments: { ...recipe.towers.moments, ...towers?.moments },
          },
  };
}

/** The recipe of the default chain; chosen on tuning weeks. */
export const defaultRecipe: RetrievalRecipe = recipes.towers;
