import {
  type RetrievalRecipe,
  type SourceDefinition,
  baselineSources,
  chainSources,
  recipes,
} from '../retrieval/index.ts';

function read(from: readonly SourceDefinition[], name: string, title: string, id: number) {
  const found = from.find((source) => source.name === name) as SourceDefinition;
  return { ...found, id, name: title };
}

/** Transitions: what stood within a few places, before it less than behind it; chosen on tuning days. */
const transitions: SourceDefinition = {
  ...read(chainSources, 'cooccurrence', 'co-occurrence, directed and decayed', 125),
  halfLifeDays: 1,
  recipe: {
    kind: 'cooccurrence',
    k: 100,
    window: 10,
    placeDecay: 0.8,
    backward: 0.25,
    halfLifeDays: 60,
    gamma: 0,
  },
};
const artists = read(baselineSources, 'own artists', 'artists of the prefix', 122);
const walks = read(chainSources, 'rp3beta', 'RP3beta', 124);
const { item2vec, vectorSources } = recipes.item2vec;

/** Single methods of the next-track protocol. Half-lives are in places of the prefix. */
export const nextTrackMethods: RetrievalRecipe = {
  sources: [
    read(baselineSources, 'popularity', 'popularity', 120),
    read(baselineSources, 'recent popularity', 'recent popularity', 121),
    artists,
    read(baselineSources, 'item-item CF (cosine)', 'item-item CF (cosine)', 123),
    walks,
    transitions,
  ],
  item2vec,
  towers: null,
  vectorSources,
};

/** The sources that know most of sessions, with weights chosen on tuning days. */
export const nextTrackFusion: RetrievalRecipe = {
  sources: [
    { ...transitions, topK: 100, weight: 1 },
    { ...artists, topK: 100, weight: 0.05 },
    { ...walks, topK: 100, weight: 0.05 },
  ],
  item2vec,
  towers: null,
  vectorSources: [],
};
