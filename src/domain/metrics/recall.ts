import { type JudgedList, hitPlaces } from './query.ts';

/** R@k: hits among the first k over |truth|; 0 where nothing is true. */
export function recall(judged: JudgedList, k: number): number {
  return judged.truthSize === 0 ? 0 : hitPlaces(judged, k).length / judged.truthSize;
}

/**
 * Hits among the first k over min(k, |truth|), as published protocols divide (Liang et al. 2018); 0
 * where nothing is true.
 */
export function cappedRecall(judged: JudgedList, k: number): number {
  const size = Math.min(k, judged.truthSize);
  return size === 0 ? 0 : hitPlaces(judged, k).length / size;
}
