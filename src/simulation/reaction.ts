import type { Rng } from '../domain/index.ts';

/** Probability that somebody plays a track that they examine in a shown list, given the truth. */
export const clickChance = (likes: number): number => 0.2 + 0.6 * likes;

/** Probability that slot `slot` (from 0) of a shown list is examined at all. */
export const examinationChance = (slot: number): number => (1 + 0.15 * slot) ** -1.3;

/** What becomes of a started track: heard out, put aside by somebody who met it, or passed over. */
export type Outcome = 'whole' | 'disliked' | 'passed';

/** Probability that a known recording is passed over: people skip what they like, too. */
export const passesKnown = 0.24;

/** Until when skips come (ms), with their cumulative shares: of what is new, of what is known. */
const skipMoments = [
  { until: 2100, disliked: 0.45, passed: 0.33 },
  { until: 5000, disliked: 0.54, passed: 0.41 },
  { until: 10_000, disliked: 0.63, passed: 0.49 },
  { until: 30_000, disliked: 0.78, passed: 0.59 },
] as const;
const earliestSkip = 600;

/**
 * How many milliseconds of a track are played: all but a tail, or up to a skip. Together the skips
 * come when Lamere (2014) saw them: half within 5 s, three in ten after 30 s.
 */
export function msPlayed(rng: Rng, durationMs: number, outcome: Outcome): number {
  if (outcome === 'whole')
    return Math.round(durationMs * (rng.uniform() < 0.85 ? 1 : 0.97 + 0.03 * rng.uniform()));
  const draw = rng.uniform();
  const latest = 0.9 * durationMs;
  const found = skipMoments.findIndex((moment) => draw < moment[outcome]);
  const at = found < 0 ? skipMoments.length : found;
  const from = skipMoments[at - 1]?.until ?? earliestSkip;
  const until = skipMoments[at]?.until ?? latest;
  return Math.round(Math.min(from + Math.max(0, until - from) * rng.uniform(), latest));
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
