import { type ListBuilder } from './list-builder.ts';
import { type ListParams } from './settings.ts';

/**
 * The smallest penalty B in value - B x percentile with which the list's mean percentile is at most
 * `limit`: 0, else by bisection on a logarithmic scale (14 steps, or until the mean is within .0025
 * below the limit) on lists chosen by value alone; then with the search's limit lowered by 1.25 times
 * the excess until the list as built keeps to `limit`, four times at most. Where no penalty does, the
 * last one tried.
 */
export function penaltyBelow(limit: number, params: ListParams, builder: ListBuilder): number {
  let penalty = smallestPenalty(limit, params.popularityCeiling, builder);
  let lowered = limit;
  for (let round = 0; round < 4; round++) {
    const excess = builder.meanPercentile(builder.build(penalty)) - limit;
    if (excess <= 0 || penalty >= params.popularityCeiling) break;
    lowered -= 1.25 * excess;
    penalty = smallestPenalty(lowered, params.popularityCeiling, builder);
  }
  return penalty;
}

function smallestPenalty(limit: number, ceiling: number, builder: ListBuilder): number {
  const meanAt = (penalty: number): number => builder.meanPercentile(builder.walk(penalty));
  if (meanAt(0) <= limit) return 0;
  let [low, high] = [1e-4, ceiling];
  for (let step = 0; step < 14; step++) {
    const middle = Math.sqrt(low * high);
    const mean = meanAt(middle);
    if (mean > limit) low = middle;
    else {
      high = middle;
      if (mean >= limit - 0.0025) break;
    }
  }
  return high;
}
