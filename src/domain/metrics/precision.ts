import { type JudgedList, hitPlaces } from './query.ts';

/** P@k: hits among the first k over k, however short the list is. */
export function precision(judged: JudgedList, k: number): number {
  return hitPlaces(judged, k).length / k;
}
