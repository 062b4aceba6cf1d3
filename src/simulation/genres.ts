import { mix } from '../domain/index.ts';

interface Genre {
  readonly name: string;
  /** Share of the catalogue and, before country and age, of tastes. */
  readonly share: number;
  readonly energy: number;
  readonly tempo: number;
  /** Share of artists without a sung language. */
  readonly instrumental: number;
  readonly explicit: number;
  readonly subGenres: readonly string[];
}

function genre(
  name: string,
  [share, energy, tempo, instrumental, explicit]: readonly [number, number, number, number, number],
  ...subGenres: readonly string[]
): Genre {
  return { name, share, energy, tempo, instrumental, explicit, subGenres };
}

/** The twelve genres, with the sub-genres that tastes are about. */
export const genres: readonly Genre[] = [
  genre(
    'rock',
    [0.16, 0.66, 124, 0.04, 0.06],
    'indie rock',
    'classic rock',
    'punk',
    'psychedelic rock',
    'post-rock',
    'garage rock',
  ),
  genre(
    'jazz',
    [0.06, 0.4, 112, 0.55, 0.01],
    'bebop',
    'cool jazz',
    'fusion',
    'vocal jazz',
    'swing',
  ),
  genre(
    'pop',
    [0.17, 0.6, 116, 0, 0.05],
    'synth-pop',
    'indie pop',
    'dance pop',
    'dream pop',
    'ballads',
  ),
  genre(
    'hip-hop',
    [0.13, 0.62, 94, 0.08, 0.5],
    'boom bap',
    'trap',
    'lo-fi beats',
    'grime',
    'abstract rap',
  ),
  genre(
    'classical',
    [0.05, 0.26, 92, 0.9, 0],
    'baroque',
    'romantic',
    'minimalism',
    'chamber',
    'solo piano',
  ),
  genre(
    'electronic',
    [0.12, 0.7, 126, 0.6, 0.02],
    'house',
    'techno',
    'ambient',
    'drum and bass',
    'downtempo',
    'trance',
  ),
  genre(
    'folk',
    [0.06, 0.34, 104, 0.08, 0.01],
    'indie folk',
    'singer-songwriter',
    'celtic',
    'freak folk',
  ),
  genre(
    'metal',
    [0.05, 0.88, 138, 0.05, 0.15],
    'doom',
    'thrash',
    'black metal',
    'progressive metal',
    'power metal',
  ),
  genre(
    'latin',
    [0.08, 0.68, 106, 0.05, 0.08],
    'salsa',
    'reggaeton',
    'bossa nova',
    'cumbia',
    'bachata',
  ),
  genre(
    'country',
    [0.06, 0.5, 118, 0.03, 0.02],
    'bluegrass',
    'outlaw country',
    'americana',
    'honky-tonk',
  ),
  genre(
    'children',
    [0.03, 0.4, 108, 0.05, 0],
    'lullabies',
    'nursery songs',
    'story songs',
    'sing-along',
  ),
  genre('holiday', [0.03, 0.42, 110, 0.08, 0], 'carols', 'winter jazz', 'festive pop', 'choral'),
];

export const genreIndex = (name: string): number => genres.findIndex((one) => one.name === name);
export const rock = genreIndex('rock');
export const jazz = genreIndex('jazz');
export const children = genreIndex('children');
export const holiday = genreIndex('holiday');

/** First sub-genre of each genre in the flat numbering, and the total as last entry. */
export const subGenreFrom: readonly number[] = genres.reduce(
  (from, one) => [...from, (from.at(-1) ?? 0) + one.subGenres.length],
  [0],
);
export const subGenreCount = subGenreFrom[genres.length] ?? 0;
export const subGenreNames: readonly string[] = genres.flatMap((one) => one.subGenres);
export const genreOfSubGenre = Uint8Array.from(
  genres.flatMap((one, g) => one.subGenres.map(() => g)),
);

/**
 * How far a taste for sub-genre `row` reaches to sub-genre `column`, 0..1: all of itself, a hashed
 * half of its own genre, and a hashed few of the others. Not symmetric. Nothing reaches holiday
 * music, which has its own season, nor children's music from outside.
 */
export function reachMatrix(seed: number): Float32Array {
  const reach = new Float32Array(subGenreCount * subGenreCount);
  for (let row = 0; row < subGenreCount; row++) {
    for (let column = 0; column < subGenreCount; column++) {
      const own = genreOfSubGenre[row] === genreOfSubGenre[column];
      const closed = [children, holiday].includes(genreOfSubGenre[column] ?? 0);
      const draw = mix(mix(seed ^ 0x5eed01) ^ (row * 4099 + column)) / 2 ** 32;
      let value = own ? (draw < 0.5 ? 0.6 : 0) : draw < 0.05 && !closed ? 0.5 : 0;
      if (row === column) value = 1;
      reach[row * subGenreCount + column] = value;
    }
  }
  return reach;
}
