import type { Rng } from '../domain/index.ts';

/** Probability that somebody plays a track that they examine in a shown list, given the truth. */
export const clickChance = (likes: number): number => 0.2 + 0.6 * likes;

/** Probability that slot `slot` (from 0) of a shown list is examined at all. */
export const examinationChance = (slot: number): number => (1 + 0.15 * slot) ** -1.3;

/** How many milliseconds of a track are played: all but a tail if liked, else a skip. */
export function msPlayed(rng: Rng, durationMs: number, liked: boolean): number {
  if (liked)
    return Math.round(durationMs * (rng.uniform() < 0.85 ? 1 : 0.97 + 0.03 * rng.uniform()));
  const draw = rng.uniform();
  const ms =
    draw < 0.55
      ? 600 + 1500 * rng.uniform()
      : draw < 0.8 || durationMs < 140_000
        ? 3000 + 24_000 * rng.uniform()
        : 118_000 + 8000 * rng.uniform();
  return Math.round(Math.min(ms, 0.9 * durationMs));
}

/** What a listener does after a track: nothing, or one of the library's events. */
export type Gesture = 'none' | 'save' | 'playlistAdd' | 'dislike';

/** The gesture after a first play, given the outcome and the truth. */
export function gesture(rng: Rng, liked: boolean, likes: number, makesPlaylists: boolean): Gesture {
  const draw = rng.uniform();
  if (!liked) return likes < 0.1 && draw < 0.02 ? 'dislike' : 'none';
  if (draw < 0.25) return 'save';
  return makesPlaylists && draw < 0.45 ? 'playlistAdd' : 'none';
}
