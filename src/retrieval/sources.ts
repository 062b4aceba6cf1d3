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
  /** Half-life (days since last play) of a track seed's weight. */
  readonly halfLifeDays: number;
  /** Exponent on the decayed plays of an artist, or on the weight of a track, used as a seed. */
  readonly power: number;
  /** Name only tracks by artists the listener has not played. */
  readonly newArtistsOnly: boolean;
  /** Weight in reciprocal-rank fusion: what the listener's own history says counts most. */
  readonly weight: number;
}

const seeds = {
  history: 100,
  halfLifeDays: 3.5,
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

/** Every track played counts the same, however long ago: histories without a clock, or the whole taste. */
const evenly = { history: 1000, halfLifeDays: 1e6, power: 0 };

/** Largest system that EASE solves exactly, in rows: 0.1 GB and a few seconds of one core. */
const exactUpTo = 4000;

/** EASE: exact where the smaller of listeners and tracks is at most `exactUpTo`, else by columns. */
const ease = {
  kind: 'ease',
  k: 100,
  lambda: 100,
  history: 250,
  exactUpTo,
  neighbours: 100,
} as const;

const listenerNeighbours = { kind: 'listener-neighbours', neighbours: 200, history: 250 } as const;
const sessionNeighbours = {
  kind: 'session-neighbours',
  neighbours: 200,
  perTrack: 500,
  halfLifeDays: 60,
} as const;

/**
 * Sources that are not in the default chain: `docs/retrieval-sources.md` shows what each adds on real
 * data. A recipe may name them.
 */
export const furtherSources: readonly SourceDefinition[] = [
  { ...seeds, ...evenly, id: 11, name: 'ease', topK: 120, recipe: ease },
  { ...seeds, id: 12, name: 'session_neighbours', topK: 120, recipe: sessionNeighbours },
  {
    ...seeds,
    ...evenly,
    id: 13,
    name: 'listener_neighbours',
    topK: 120,
    recipe: listenerNeighbours,
  },
  {
    ...seeds,
    ...evenly,
    id: 14,
    name: 'asymmetric_cosine',
    topK: 120,
    recipe: { kind: 'asymmetric-cosine', k: 200, alpha: 0.7, history: 250 },
  },
  {
    ...seeds,
    id: 15,
    name: 'playlists',
    topK: 100,
    recipe: { kind: 'playlist-cooccurrence', k: 60, window: 20, placeDecay: 0.95, gamma: 0 },
  },
];

/** Sources of plays without a clock: what order and age would say is left out. */
export const pairSources: readonly SourceDefinition[] = [
  ...chainSources.filter(({ name }) =>
    ['own_artists', 'similar_artists', 'rp3beta', 'popularity'].includes(name),
  ),
  ...furtherSources.filter(({ name }) =>
    ['ease', 'listener_neighbours', 'asymmetric_cosine'].includes(name),
  ),
];

/** A source of the chain as a method of its own, compiled once for both. */
function alone(name: string, id: number, title: string): SourceDefinition {
  const found = [...chainSources, ...furtherSources].find(
    (source) => source.name === name,
  ) as SourceDefinition;
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
  alone('ease', 108, 'EASE'),
  alone('session_neighbours', 109, 'session kNN'),
  alone('listener_neighbours', 110, 'user kNN'),
  alone('asymmetric_cosine', 111, 'asymmetric cosine'),
];

/** Names of sources by their number in list values. */
export const sourceNames: ReadonlyMap<number, string> = new Map([
  ...chainSources.map((source): [number, string] => [source.id, source.name]),
  [8, 'two_tower'],
  [9, 'item2vec'],
  [10, 'ials'],
  ...furtherSources.map((source): [number, string] => [source.id, source.name]),
  [250, 'exploration'],
  [251, 'fallback'],
]);
