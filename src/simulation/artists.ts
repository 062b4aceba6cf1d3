import { Rng } from '../domain/index.ts';
import { allWeeks, dayMs, startsAt, type FullConfig } from './config.ts';
import { genres, subGenreFrom } from './genres.ts';
import { countries } from './places.ts';
import { drawIndex } from './sampling.ts';

/** `secondSubGenre` of an artist or recording that has none. */
export const noSubGenre = 255;

/** Artists as columns. */
export interface Artists {
  readonly count: number;
  readonly genre: Uint8Array;
  readonly subGenre: Uint8Array;
  readonly secondSubGenre: Uint8Array;
  readonly country: Uint8Array;
  /** Index into `languages`. */
  readonly language: Uint8Array;
  readonly popularity: Float64Array;
  /** Place in the sound space, three numbers each. */
  readonly position: Float32Array;
  readonly energy: Float32Array;
  readonly tempo: Float32Array;
  /** Day (since epoch) of the first release. */
  readonly debut: Int32Array;
  /** First recording of each artist; the total as last entry. */
  readonly recordingFrom: Uint32Array;
}

const golden = 0.6180339887498949;

/** Draws the artists; genres follow their shares evenly even in a small world. */
export function drawArtists(config: FullConfig): Artists {
  const count = Math.max(60, Math.round(config.tracks / (config.tracks < 2000 ? 6 : 8)));
  const artists = {
    count,
    genre: new Uint8Array(count),
    subGenre: new Uint8Array(count),
    secondSubGenre: new Uint8Array(count).fill(noSubGenre),
    country: new Uint8Array(count),
    language: new Uint8Array(count),
    popularity: new Float64Array(count),
    position: new Float32Array(count * 3),
    energy: new Float32Array(count),
    tempo: new Float32Array(count),
    debut: new Int32Array(count),
    recordingFrom: new Uint32Array(count + 1),
  };
  const shares = genres.map((genre) => genre.share);
  const countryShares = countries.map((country) => country.share);
  const appetite = new Float64Array(count);
  const seen = new Uint32Array(genres.length);
  for (let a = 0; a < count; a++) {
    const rng = new Rng(config.seed, 0xa27157, a);
    const g = indexAt(shares, ((a + 0.5) * golden) % 1);
    const genre = genres[g] ?? genres[0];
    if (!genre) continue;
    const from = subGenreFrom[g] ?? 0;
    const sub = (seen[g] = (seen[g] ?? 0) + 1) % genre.subGenres.length;
    artists.genre[a] = g;
    artists.subGenre[a] = from + sub;
    if (rng.uniform() < 0.4) {
      artists.secondSubGenre[a] =
        from + ((sub + 1 + rng.below(genre.subGenres.length - 1)) % genre.subGenres.length);
    }
    const country = drawIndex(rng, countryShares);
    artists.country[a] = country;
    const home = countries[country]?.language ?? 1;
    const wordless = rng.uniform() < genre.instrumental;
    artists.language[a] = wordless ? 0 : rng.uniform() < 0.25 ? 1 : home;
    artists.popularity[a] = Math.min(800, (1 - rng.uniform()) ** (-1 / 1.02));
    for (let i = 0; i < 3; i++) artists.position[a * 3 + i] = rng.uniform();
    artists.energy[a] = genre.energy + 0.14 * rng.normal();
    artists.tempo[a] = genre.tempo + 10 * rng.normal();
    artists.debut[a] = drawDebut(rng, config);
    appetite[a] = (artists.popularity[a] ?? 1) ** 0.45 * Math.exp(0.6 * rng.normal());
  }
  divide(config.tracks, appetite, artists.recordingFrom);
  return artists;
}

function drawDebut(rng: Rng, config: FullConfig): number {
  const start = Math.floor(startsAt(config) / dayMs);
  if (rng.uniform() < Math.min(0.25, 0.004 * allWeeks(config)))
    return start + rng.below(allWeeks(config) * 7 - 2);
  return start - 30 - Math.floor(365 * 60 * rng.uniform() ** 2.2);
}

function indexAt(shares: readonly number[], at: number): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  let left = at * sum;
  for (let i = 0; i < shares.length; i++) {
    left -= shares[i] ?? 0;
    if (left < 0) return i;
  }
  return shares.length - 1;
}

/** Gives everybody one and divides the rest by appetite, with cumulative rounding. */
function divide(total: number, appetite: Float64Array, from: Uint32Array): void {
  const n = appetite.length;
  const sum = appetite.reduce((a, b) => a + b, 0);
  let running = 0;
  for (let i = 0; i < n; i++) {
    running += appetite[i] ?? 0;
    from[i + 1] = i + 1 + Math.round(((total - n) * running) / sum);
  }
}
