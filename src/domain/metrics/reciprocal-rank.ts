import { type JudgedList, hitPlaces } from './query.ts';

/** RR@k: 1 / place of the first hit among the first k, else 0. Its mean over listeners is MRR@k. */
export function reciprocalRank(judged: JudgedList, k: number): number {
  const first = hitPlaces(judged, k)[0];
  return first === undefined ? 0 : 1 / (first + 1);
}
