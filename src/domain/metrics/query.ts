/**
 * One list judged: indexes of tracks, best first, and what came true. Lists shorter than `k` count as
 * if filled with misses; a track that stands twice counts where it stands first; heard tracks are
 * misses. Nothing is dropped from a list before it is judged.
 */
export interface JudgedList {
  readonly list: readonly number[];
  /** Relevant tracks; those that no list could name (unknown ids) count in `truthSize` only. */
  readonly truth: ReadonlySet<number>;
  readonly truthSize: number;
}

/** Places (from 0) below `k` that hit, a repeated track only once. */
export function hitPlaces({ list, truth }: JudgedList, k: number): number[] {
  const seen = new Set<number>();
  const places: number[] = [];
  for (let i = 0; i < Math.min(k, list.length); i++) {
    const track = list[i] as number;
    if (truth.has(track) && !seen.has(track)) places.push(i);
    seen.add(track);
  }
  return places;
}
