/**
 * NDCG with graded gains: `gain` of each place over the ideal order's gains (descending). For worlds
 * whose truth is known. 0 where the ideal is 0.
 */
export function gradedNdcg(gains: readonly number[], ideal: readonly number[], k: number): number {
  const dcg = (values: readonly number[]): number =>
    values.slice(0, k).reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
  const best = dcg(ideal);
  return best > 0 ? dcg(gains) / best : 0;
}
