/** Gini coefficient of exposures (0 even, towards 1 concentrated); NaN for no exposure at all. */
export function gini(exposures: ArrayLike<number>): number {
  const sorted = Float64Array.from(exposures).toSorted();
  const total = sorted.reduce((a, b) => a + b, 0);
  const weighted = sorted.reduce((sum, x, i) => sum + (i + 1) * x, 0);
  const n = sorted.length;
  return (2 * weighted) / (n * total) - (n + 1) / n;
}
