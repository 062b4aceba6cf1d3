import { type JudgedList, hitPlaces } from './query.ts';

/**
 * Normalised discounted cumulative gain at k: binary gain, discount 1 / log2(place + 1) with places
 * from 1, ideal over min(k, |truth|) (Järvelin and Kekäläinen 2002). 0 where nothing is true.
 */
export function ndcg(judged: JudgedList, k: number): number {
  const ideal = discounts(Math.min(k, judged.truthSize));
  if (ideal === 0) return 0;
  return hitPlaces(judged, k).reduce((sum, place) => sum + 1 / Math.log2(place + 2), 0) / ideal;
}

function discounts(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += 1 / Math.log2(i + 2);
  return sum;
}
