import { type JudgedList, hitPlaces } from './query.ts';

/**
 * Share of the hits among the first k that the listener also saved: what stands in, offline, for the
 * discovery save rate. Biased: people save what they were shown, so it leans towards what was exposed
 * when the truth was recorded. NaN without a hit.
 */
export function savedShareOfHits(
  judged: JudgedList,
  saved: ReadonlySet<number>,
  k: number,
): number {
  const hits = hitPlaces(judged, k).map((place) => judged.list[place] as number);
  return hits.length === 0
    ? Number.NaN
    : hits.filter((track) => saved.has(track)).length / hits.length;
}
