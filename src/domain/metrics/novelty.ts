/**
 * Mean of -log2(listeners of a track / listeners) over a list (Zhou et al. 2010); a track that nobody
 * played counts as played by one. 0 for an empty list.
 */
export function novelty(
  list: readonly number[],
  listenersOf: ArrayLike<number>,
  listeners: number,
): number {
  if (list.length === 0) return 0;
  const bits = list.map(
    (t) => -Math.log2(Math.max(1, listenersOf[t] as number) / Math.max(1, listeners)),
  );
  return bits.reduce((a, b) => a + b, 0) / list.length;
}
