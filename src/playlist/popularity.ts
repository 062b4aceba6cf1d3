import { type ListBuilder } from './list-builder.ts';
import { type ListParams } from './settings.ts';

/**
 * The smallest penalty B in value - B x percentile with which the list's mean percentile is at most
 * `limit`: 0, else by bisection on a logarithmic scale (14 steps, or until the mean is within .0025
 * below the limit) on lists chosen by value alone; then the same from there on, for a limit lower by
 * 1.25 times the excess, until the list as built keeps to `limit`, four times at most. Where no
 * penalty does, the last one tried.
 */
export function penaltyBelow(limit: number, params: ListParams, builder: ListBuilder): number {
  const ceiling = params.popularityCeiling;
  let found = { penalty: 0, mean: builder.meanPercentile(builder.walk(0)) };
  if (found.mean > limit) found = search(limit, leastPenalty, ceiling, builder);
  for (let round = 0; round < 4; round++) {
    const excess = builder.meanPercentile(builder.build(found.penalty)) - limit;
    if (excess <= 0 || found.penalty >= ceiling) break;
    const from = Math.max(found.penalty, leastPenalty);
    found = search(found.mean - 1.25 * excess, from, ceiling, builder);
  }
  return found.penalty;
}

const leastPenalty = 1e-4;

function search(
  limit: number,
  from: number,
  ceiling: number,
  builder: ListBuilder,
): { penalty: number; mean: number } {
  let low = from;
  let high = { penalty: ceiling, mean: limit };
  for (let step = 0; step < 14; step++) {
    const penalty = Math.sqrt(low * high.penalty);
    const mean = builder.meanPercentile(builder.walk(penalty));
    if (mean > limit) low = penalty;
    else {
      high = { penalty, mean };
      if (mean >= limit - 0.0025) break;
    }
  }
  return high;
}
