/**
 * Calibration: KL(p || q~) in nats with q~ = 0.99 q + 0.01 p over shares of genres (Steck 2018). 0 is
 * perfectly calibrated. NaN where either side has no genre.
 */
export function calibrationKl(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let kl = 0;
  let pSum = 0;
  let qSum = 0;
  for (let g = 0; g < p.length; g++) {
    const target = p[g] as number;
    const found = q[g] as number;
    pSum += target;
    qSum += found;
    if (target > 0) kl += target * Math.log(target / (0.99 * found + 0.01 * target));
  }
  return pSum > 0 && qSum > 0 ? kl : Number.NaN;
}

/** Shares over genres of a list: each track spreads 1 evenly over its genres. Sums to 1, or to 0 without genres. */
export function genreShares(
  list: readonly number[],
  genresOf: (track: number) => ArrayLike<number>,
  genres: number,
): Float64Array {
  const shares = new Float64Array(genres);
  let total = 0;
  for (const track of list) {
    const own = genresOf(track);
    for (const g of Array.from(own)) shares[g] = (shares[g] as number) + 1 / own.length;
    total += own.length > 0 ? 1 : 0;
  }
  return total > 0 ? shares.map((share) => share / total) : shares;
}
