/**
 * Popularity percentile of each track by its listeners, among tracks that have any: mean rank over
 * their number, ties sharing the mean of their ranks; 0 for tracks without listeners.
 */
export function popularityPercentiles(listenersOf: ArrayLike<number>): Float64Array {
  const order = Array.from(listenersOf, (_, t) => t).filter((t) => (listenersOf[t] as number) > 0);
  order.sort((a, b) => (listenersOf[a] as number) - (listenersOf[b] as number));
  const result = new Float64Array(listenersOf.length);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && listenersOf[order[j] as number] === listenersOf[order[i] as number])
      j++;
    for (let at = i; at < j; at++) result[order[at] as number] = (i + 1 + j) / 2 / order.length;
    i = j;
  }
  return result;
}

/** Mean of values picked by a list; NaN for an empty list. */
export function meanOf(list: readonly number[], values: ArrayLike<number>): number {
  return list.reduce((sum, t) => sum + (values[t] as number), 0) / list.length;
}
