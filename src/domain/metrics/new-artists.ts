import { ndcg } from './ndcg.ts';
import { type JudgedList } from './query.ts';

/**
 * Share of k places that hold a track by an artist the listener had not played; empty places count as
 * known ones.
 */
export function newArtistShare(
  list: readonly number[],
  artistOf: ArrayLike<number>,
  known: ReadonlySet<number>,
  k: number,
): number {
  return list.slice(0, k).filter((track) => !known.has(artistOf[track] as number)).length / k;
}

/**
 * NDCG@k against the truth by artists the listener had not played: the list is judged whole, its other
 * tracks are misses. NaN for a listener without such truth, who is left out of the mean.
 */
export function newArtistNdcg(judged: JudgedList, k: number): number {
  return judged.truthSize === 0 ? Number.NaN : ndcg(judged, k);
}
