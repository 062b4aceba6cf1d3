import { type Describable } from './mmr.ts';

export interface Candidate extends Describable {
  /** Probability of a positive. */
  readonly score: number;
  readonly recording: number;
  /** Whether the listener played the artist before. */
  readonly known: boolean;
  /** Popularity percentile, [0, 1]. */
  readonly percentile: number;
}

/** A candidate of its recording's best release, with its place and its score on the listener's scale. */
export interface PoolTrack extends Candidate {
  readonly place: number;
  readonly value: number;
}

/** One track per recording in the order given, values scaled to [0, 1]. */
export function poolOf(candidates: readonly Candidate[]): PoolTrack[] {
  const best = new Map<number, number>();
  candidates.forEach(({ score, recording }, place) => {
    const there = best.get(recording);
    if (there === undefined || score > (candidates[there] as Candidate).score)
      best.set(recording, place);
  });
  const kept = [...best.values()].toSorted((a, b) => a - b);
  const scores = kept.map((place) => (candidates[place] as Candidate).score);
  const floor = scores.reduce((a, b) => Math.min(a, b), 0);
  const range = scores.reduce((a, b) => Math.max(a, b), floor) - floor;
  return kept.map((place, i) => ({
    ...(candidates[place] as Candidate),
    place,
    value: range > 0 ? ((scores[i] as number) - floor) / range : 0,
  }));
}
