import { genreIndex } from './genres.ts';

/**
 * The planted interaction of genre and region. Folk and country music are equally big in the
 * catalogue and DE and GB equally big as audiences. In a planted world everybody else likes both
 * genres alike, DE loves folk and shuns country, GB the other way round. So neither the genre's
 * nor the country's popularity tells anything: only the pair does.
 */
export const plantedRegion = {
  loves: [
    { country: 'DE', genre: 'folk' },
    { country: 'GB', genre: 'country' },
  ],
  shuns: [
    { country: 'DE', genre: 'country' },
    { country: 'GB', genre: 'folk' },
  ],
} as const;

const gb = 1;
const de = 2;
const folk = genreIndex('folk');
const countryMusic = genreIndex('country');

/** 1 where the country loves the genre, -1 where it shuns it, 0 elsewhere. */
export function plantedSide(country: number, genre: number): -1 | 0 | 1 {
  if ((country !== gb && country !== de) || (genre !== folk && genre !== countryMusic)) return 0;
  return (country === de) === (genre === folk) ? 1 : -1;
}

/** Factor of a genre in the tastes of a country's listeners in a planted world. */
export function plantedGenreFactor(country: number, genre: number, usual: number): number {
  if (genre !== folk && genre !== countryMusic) return usual;
  const side = plantedSide(country, genre);
  return side > 0 ? 1.8 : side < 0 ? 0.2 : 1;
}

/**
 * Makes the two genres of a planted world equally popular: the most attractive recording of each gets
 * the geometric mean of both, so do the second ones, and so on; ties by index.
 */
export function levelPlantedGenres(genre: Uint8Array, attraction: Float64Array): void {
  const ranked = [folk, countryMusic].map((one) =>
    Array.from(genre.keys())
      .filter((r) => genre[r] === one)
      .toSorted((a, b) => (attraction[b] ?? 0) - (attraction[a] ?? 0) || a - b),
  );
  const [a = [], b = []] = ranked;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [first, second] = [a[i] ?? 0, b[i] ?? 0];
    const both = Math.sqrt((attraction[first] ?? 0) * (attraction[second] ?? 0));
    attraction[first] = both;
    attraction[second] = both;
  }
}
