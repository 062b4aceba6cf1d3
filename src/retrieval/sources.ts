/** How the crate compiles a source (`Recipe` of the crate) and reads it for a listener. */
export interface SourceDefinition {
  /** Number in list values; never reused for another source. */
  readonly id: number;
  readonly name: string;
  readonly recipe: Readonly<Record<string, string | number>> & { readonly kind: string };
  /** Candidates kept per listener. */
  readonly topK: number;
  /** Newest history rows used as seeds. */
  readonly history: number;
  /** Half-life (days since last play) of a track seed's weight, which never falls below `floor`. */
  readonly halfLifeDays: number;
  readonly floor: number;
  /** Exponent on the decayed plays of an artist used as a seed. */
  readonly power: number;
  /** Name only tracks by artists the listener has not played. */
  readonly newArtistsOnly: boolean;
  /** Weight in reciprocal-rank fusion: what the listener's own history says counts most. */
  readonly weight: number;
}

const seeds = {
  history: 100,
  halfLifeDays: 3.5,
  floor: 0.01,
  power: 1,
  newArtistsOnly: false,
  weight: 1,
};

/** The sources of the default chain; chosen on tuning weeks of real sessions. */
export const chainSources: readonly SourceDefinition[] = [
  {
    ...seeds,
    id: 0,
    name: 'own_artists',
    topK: 200,
    recipe: { kind: 'own-artists', k: 80, power: 0.5 },
  },
  {
    ...seeds,
    id: 1,
    name: 'similar_artists',
    weight: 0.3,
    topK: 120,
    power: 0.5,
    newArtistsOnly: true,
    recipe: {
      kind: 'similar-artists',
      artists: 30,
      tracksEach: 8,
      power: 0.7,
      shrinkage: 2,
      history: 250,
    },
  },
  {
    ...seeds,
    id: 2,
    name: 'cooccurrence',
    topK: 120,
    recipe: {
      kind: 'cooccurrence',
      k: 60,
      window: 10,
      placeDecay: 0.8,
      backward: 0.5,
      halfLifeDays: 60,
      gamma: 0,
    },
  },
  {
    ...seeds,
    id: 3,
    name: 'rp3beta',
    topK: 100,
    recipe: { kind: 'rp3beta', k: 100, alpha: 0.8, beta: 0.2, history: 150 },
  },
  {
    ...seeds,
    id: 4,
    name: 'country_popularity',
    weight: 0.1,
    topK: 30,
    recipe: { kind: 'country-popularity', k: 500 },
  },
  {
    ...seeds,
    id: 5,
    name: 'fresh',
    weight: 0.2,
    topK: 30,
    recipe: { kind: 'fresh', k: 200, days: 28 },
  },
  {
    ...seeds,
    id: 6,
    name: 'recent_popularity',
    weight: 0.1,
    topK: 40,
    recipe: { kind: 'recent-popularity', k: 600 },
  },
  {
    ...seeds,
    id: 7,
    name: 'popularity',
    weight: 0.1,
    topK: 20,
    recipe: { kind: 'popularity', k: 600 },
  },
];

/** A source of the chain as a method of its own, compiled once for both. */
function alone(name: string, id: number, title: string): SourceDefinition {
  const found = chainSources.find((source) => source.name === name) as SourceDefinition;
  return { ...found, id, name: title, topK: 30 };
}

/** Single methods that the chain is compared with; each is one source, ranked by its own score. */
export const baselineSources: readonly SourceDefinition[] = [
  { ...seeds, id: 100, name: 'popularity', topK: 30, recipe: { kind: 'popularity', k: 3000 } },
  {
    ...seeds,
    id: 101,
    name: 'recent popularity',
    topK: 30,
    recipe: { kind: 'recent-popularity', k: 3000 },
  },
  {
    ...seeds,
    id: 102,
    name: 'country popularity',
    topK: 30,
    recipe: { kind: 'country-popularity', k: 3000 },
  },
  {
    ...seeds,
    id: 103,
    name: 'item-item CF (cosine)',
    topK: 30,
    history: 1000,
    halfLifeDays: 1e6,
    floor: 0,
    recipe: { kind: 'cosine', k: 300, shrinkage: 2, history: 1000 },
  },
  {
    ...seeds,
    id: 104,
    name: 'own artists',
    topK: 30,
    recipe: { kind: 'own-artists', k: 200, power: 1 },
  },
  alone('similar_artists', 105, 'similar artists'),
  alone('rp3beta', 106, 'RP3beta'),
  alone('cooccurrence', 107, 'co-occurrence'),
];

/** Names of sources by their number in list values. */
export const sourceNames: ReadonlyMap<number, string> = new Map([
  ...chainSources.map((source): [number, string] => [source.id, source.name]),
  [8, 'two_tower'],
  [9, 'item2vec'],
  [250, 'exploration'],
  [251, 'fallback'],
]);
