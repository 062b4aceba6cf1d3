import { type SourceDefinition, baselineSources, chainSources } from '../retrieval/index.ts';

function read(from: readonly SourceDefinition[], name: string, title: string, id: number) {
  const found = from.find((source) => source.name === name) as SourceDefinition;
  return { ...found, id, name: title };
}

/** Single methods of the next-track protocol. Half-lives are in places of the prefix; chosen on tuning days. */
export const nextTrackSources: readonly SourceDefinition[] = [
  read(baselineSources, 'popularity', 'popularity', 120),
  read(baselineSources, 'recent popularity', 'recent popularity', 121),
  read(baselineSources, 'own artists', 'artists of the prefix', 122),
  read(baselineSources, 'item-item CF (cosine)', 'item-item CF (cosine)', 123),
  read(chainSources, 'rp3beta', 'RP3beta', 124),
  {
    ...read(chainSources, 'cooccurrence', 'co-occurrence, directed and decayed', 125),
    halfLifeDays: 2,
    recipe: {
      kind: 'cooccurrence',
      k: 100,
      window: 10,
      placeDecay: 0.8,
      backward: 0.5,
      halfLifeDays: 60,
      gamma: 0,
    },
  },
];
