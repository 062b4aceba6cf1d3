import { type ListParams } from '../../src/playlist/index.ts';
import { chainSources, recipes } from '../../src/retrieval/index.ts';
import { type Chain, type ChainOptions } from '../../src/scoring/index.ts';

/** The default chain with one thing changed. */
export interface Variant {
  readonly name: string;
  /** Trains another chain. */
  readonly options?: (whole: ChainOptions) => ChainOptions;
  /** Uses the trained chain differently. */
  readonly use?: (chain: Chain) => Chain;
  /** Numbers of the list builder for `balanced`; `accurate` has all of these off already. */
  readonly balanced?: Partial<ListParams>;
}

export const whole: Variant = { name: 'the whole chain' };

const withoutSource = (source: string): Variant => ({
  name: `without source \`${source}\``,
  options: (options) => ({ ...options, tuning: { ...options.tuning, without: [source] } }),
});

/** Only the list is built differently. */
const lists: readonly Variant[] = [
  { name: 'no popularity margin', balanced: { popularityMargin: null } },
  { name: 'no MMR', balanced: { mmr: 0 } },
  { name: 'no calibration', balanced: { calibration: 0 } },
  { name: 'no new-artist quota', balanced: { newArtists: 0 } },
  { name: 'no exploration', balanced: { explorationSlots: 0 } },
  { name: 'no spacing', balanced: { spacing: 0 } },
];

const stages: readonly Variant[] = [
  { name: 'no ranker (fused order)', use: (chain) => ({ ...chain, ranker: null }) },
  {
    name: 'no item vectors, no towers',
    options: (options) => ({ ...options, recipe: 'counts' }),
  },
  { name: 'no towers', options: (options) => ({ ...options, recipe: 'item2vec' }) },
  {
    name: 'no hygiene',
    options: (options) => ({ ...options, hygiene: { on: false, keep: [] } }),
  },
];

/** Everything that is left out, one at a time; the order of the table. */
export const variants: readonly Variant[] = [
  ...stages,
  ...lists,
  ...[...chainSources, ...recipes.towers.vectorSources].map(({ name }) => withoutSource(name)),
];
