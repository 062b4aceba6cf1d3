import { join } from 'node:path';
import { dailyVectorsAt, itemVectorsFile, trainItemVectors } from '../features/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import { type FactorParams, type Item2vecParams } from '../native/index.ts';
import { type Artifact } from '../platform/index.ts';
import { type CompiledSource, compileSources, sourceSpec } from './compile.ts';
import { type TrackFactors, factorsFile, trainTrackFactors } from './factors.ts';
import { type RetrievalRecipe, type VectorSourceDefinition } from './recipe.ts';
import { type Towers, type TowersOptions, indexOf, trainTwoTower } from './towers.ts';

/** Everything of one snapshot that finds candidates and describes them. */
export interface Retrieval {
  readonly snapshot: Artifact;
  readonly sources: readonly CompiledSource[];
  /** Item vectors; null where the recipe has none. */
  readonly vectors: Artifact | null;
  readonly towers: Towers | null;
  readonly vectorSources: readonly VectorSource[];
}

/** A search over an index. */
export interface VectorSource {
  readonly definition: VectorSourceDefinition;
  readonly index: Artifact;
  /** What a query of the kind `factors` is solved with. */
  readonly factors?: Artifact;
}

/** Candidates per listener handed to the ranker. */
export const candidateLimit = 500;

/** What training of one snapshot may cost: more data get fewer passes. */
export interface TrainingLimits {
  /** Words of item2vec: plays times epochs. */
  readonly words: number;
  /** Pairs the towers see: pairs times epochs. */
  readonly pairs: number;
}

/** Where item vectors come from: a training of their own, or the last one moved by the days since. */
export type ItemVectorsMode = 'retrain' | 'daily';

/**
 * Trains and compiles what the recipe names, from one snapshot; what exists is found. With `daily`, item
 * vectors are carried over from days that reach the snapshot; where none do they are trained all the same.
 */
export async function prepareRetrieval(
  dataDir: string,
  snapshot: Artifact,
  recipe: RetrievalRecipe,
  limits: TrainingLimits,
  onStage?: (stage: string) => void,
  mode: ItemVectorsMode = 'retrain',
): Promise<Retrieval> {
  const vectors =
    recipe.item2vec === null
      ? null
      : await itemVectors(dataDir, snapshot, recipe.item2vec, limits.words, mode, onStage);
  if (vectors !== null && recipe.towers !== null) onStage?.('two-tower');
  const towers =
    vectors === null || recipe.towers === null
      ? null
      : await trainTwoTower(dataDir, snapshot, vectors, within(recipe.towers, limits.pairs));
  const factors = recipe.factors
    ? await factorsOf(dataDir, snapshot, recipe.factors, onStage)
    : null;
  onStage?.('sources');
  const sources = await compileSources(dataDir, snapshot, recipe.sources);
  const vectorSources: VectorSource[] = [];
  for (const definition of recipe.vectorSources) {
    if (definition.query === 'tower' && towers !== null)
      vectorSources.push({ definition, index: towers.index });
    if (definition.query === 'pool' && vectors !== null) {
      const index = await indexOf(dataDir, snapshot, vectors, itemVectorsFile(vectors));
      vectorSources.push({ definition, index });
    }
    if (definition.query === 'factors' && factors !== null)
      vectorSources.push({ definition, ...factors });
  }
  return { snapshot, sources, vectors, towers, vectorSources };
}

function factorsOf(
  dataDir: string,
  snapshot: Artifact,
  params: FactorParams,
  onStage?: (stage: string) => void,
): Promise<TrackFactors> {
  onStage?.('factors');
  return trainTrackFactors(dataDir, snapshot, params);
}

function within(towers: TowersOptions, pairs: number): TowersOptions {
  const maxPairs = Math.max(1, Math.floor(pairs / towers.params.epochs));
  return { ...towers, moments: { ...towers.moments, maxPairs } };
}

async function itemVectors(
  dataDir: string,
  snapshot: Artifact,
  params: Item2vecParams,
  mostWords: number,
  mode: ItemVectorsMode,
  onStage?: (stage: string) => void,
): Promise<Artifact> {
  if (mode === 'daily') {
    onStage?.('item2vec of the days');
    const carried = await dailyVectorsAt(dataDir, snapshot, params);
    if (carried !== null) return carried;
    onStage?.('item2vec anew, since no days reach it,');
  } else {
    onStage?.('item2vec');
  }
  return trainItemVectors(dataDir, snapshot, params, mostWords);
}

/** Every artifact of a retrieval besides its snapshot, by role. */
export function retrievalParts(retrieval: Retrieval): ReadonlyMap<string, Artifact> {
  const { sources, vectors, towers, vectorSources } = retrieval;
  return new Map<string, Artifact>([
    ...sources.map((s): [string, Artifact] => [`source:${s.definition.name}`, s.artifact]),
    ...vectorSources.map((s): [string, Artifact] => [`index:${s.definition.name}`, s.index]),
    ...vectorSources.flatMap((s): [string, Artifact][] =>
      s.factors === undefined ? [] : [[`factors:${s.definition.name}`, s.factors]],
    ),
    ...(vectors === null ? [] : ([['item2vec', vectors]] as [string, Artifact][])),
    ...(towers === null ? [] : ([['two-tower', towers.towers]] as [string, Artifact][])),
  ]);
}

/** The part of the crate's `ModelSpec` that says where candidates come from. */
export function retrievalFiles({ snapshot, sources, vectors, towers, vectorSources }: Retrieval) {
  return {
    catalogue: snapshotFiles(snapshot).catalogue,
    sources: sources.map(sourceSpec),
    itemVectors: vectors === null ? null : itemVectorsFile(vectors),
    towers:
      towers === null
        ? null
        : {
            towers: join(towers.towers.path, 'towers.col'),
            tracks: join(towers.towers.path, 'tracks.col'),
          },
    vectorSources: vectorSources.map(({ definition, index, factors }) => ({
      ...definition,
      history: 0,
      halfLifeDays: 1,
      power: 1,
      newArtistsOnly: false,
      path: join(index.path, 'index.col'),
      factors: factors === undefined ? null : factorsFile(factors),
    })),
  };
}

/** A `ModelSpec` that only retrieves: no ranker, no list. */
export function retrievalSpec(retrieval: Retrieval, deliverAtMs: number) {
  return {
    ...retrievalFiles(retrieval),
    ranker: null,
    artistRates: null,
    exploration: null,
    deliverAt: Math.floor(deliverAtMs / 1000),
    candidates: candidateLimit,
    list: { length: 30, reserve: 60 },
    seed: 0,
    week: 0,
  };
}
