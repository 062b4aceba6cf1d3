/**
 * Mean over pairs of 1 - Jaccard(genres, genres) (Ziegler et al. 2005); pairs in which a track has no
 * genre count as 1 apart. NaN for lists of fewer than two tracks.
 */
export function intraListDiversity(
  list: readonly number[],
  genresOf: (track: number) => ArrayLike<number>,
): number {
  const genres = list.map(genresOf);
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < list.length; i++)
    for (let j = i + 1; j < list.length; j++) {
      sum += 1 - jaccard(genres[i] as ArrayLike<number>, genres[j] as ArrayLike<number>);
      pairs++;
    }
  return sum / pairs;
}

function jaccard(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let shared = 0;
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) if (a[i] === b[j]) shared++;
  const all = a.length + b.length - shared;
  return all === 0 ? 0 : shared / all;
}

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

/** Gini coefficient of exposures (0 even, towards 1 concentrated); NaN for no exposure at all. */
export function gini(exposures: ArrayLike<number>): number {
  const sorted = Float64Array.from(exposures).toSorted();
  const total = sorted.reduce((a, b) => a + b, 0);
  const weighted = sorted.reduce((sum, x, i) => sum + (i + 1) * x, 0);
  const n = sorted.length;
  return (2 * weighted) / (n * total) - (n + 1) / n;
}
