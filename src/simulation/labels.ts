import { noSubGenre } from './artists.ts';
import { genres, genreOfSubGenre, subGenreNames } from './genres.ts';
import { cell } from './sampling.ts';
import type { World } from './world.ts';

/** Labels are genres by index, then sub-genres by `genres.length + index`. */
export const labelNames: readonly string[] = [
  ...genres.map((genre) => genre.name),
  ...subGenreNames,
];

/**
 * The one to three genre labels of a track in the catalogue: its genre and its sub-genre (and,
 * for some artists, the second one), as careless as catalogues are: 3 % have none, 3 % a wrong
 * genre, 10 % only the genre.
 */
export function labelsOf(world: World, track: number): number[] {
  const { recordings, releases } = world.catalogue;
  const r = releases.recording[track] ?? 0;
  const care = cell(world.config.seed ^ 0x1abe1, r, 0) % 1000;
  if (care < 30) return [];
  if (care < 60) {
    const wrong = cell(world.config.seed ^ 0x1abe2, r, 0) % subGenreNames.length;
    return [genreOfSubGenre[wrong] ?? 0, genres.length + wrong];
  }
  const labels = [recordings.genre[r] ?? 0];
  if (care >= 160) labels.push(genres.length + (recordings.subGenre[r] ?? 0));
  const second = recordings.secondSubGenre[r] ?? noSubGenre;
  if (care >= 160 && second !== noSubGenre) labels.push(genres.length + second);
  return labels;
}
