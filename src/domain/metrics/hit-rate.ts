import { type JudgedList, hitPlaces } from './query.ts';

/** HR@k: 1 when any of the first k is true, else 0. Also called Success@k. */
export function hitRate(judged: JudgedList, k: number): number {
  return hitPlaces(judged, k).length > 0 ? 1 : 0;
}
