import { type JudgedList, hitPlaces } from './query.ts';

/** 1 when any of the first k is true. */
export function hitRate(judged: JudgedList, k: number): number {
  return hitPlaces(judged, k).length > 0 ? 1 : 0;
}

/** Hits among the first k over k, however short the list is. */
export function precision(judged: JudgedList, k: number): number {
  return hitPlaces(judged, k).length / k;
}

/** Hits among the first k over |truth|; 0 where nothing is true. */
export function recall(judged: JudgedList, k: number): number {
  return judged.truthSize === 0 ? 0 : hitPlaces(judged, k).length / judged.truthSize;
}

/** Hits among the first k over min(k, |truth|), as published protocols divide; 0 where nothing is true. */
export function cappedRecall(judged: JudgedList, k: number): number {
  const size = Math.min(k, judged.truthSize);
  return size === 0 ? 0 : hitPlaces(judged, k).length / size;
}

/** 1 / place of the first hit among the first k, else 0. */
export function reciprocalRank(judged: JudgedList, k: number): number {
  const first = hitPlaces(judged, k)[0];
  return first === undefined ? 0 : 1 / (first + 1);
}
