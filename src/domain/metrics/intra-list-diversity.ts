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
 * Mean over pairs of 1 - cosine of the tracks' vectors; pairs in which a vector is zero are left out.
 * `vectors` is row-major, a row of `dimensions` numbers per track. NaN without a pair.
 */
export function intraListVectorDistance(
  list: readonly number[],
  vectors: ArrayLike<number>,
  dimensions: number,
): number {
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < list.length; i++)
    for (let j = i + 1; j < list.length; j++) {
      const cosine = cosineOf(vectors, dimensions, list[i] as number, list[j] as number);
      if (Number.isNaN(cosine)) continue;
      sum += 1 - cosine;
      pairs++;
    }
  return sum / pairs;
}

function cosineOf(vectors: ArrayLike<number>, dimensions: number, a: number, b: number): number {
  let dot = 0;
  let left = 0;
  let right = 0;
  for (let d = 0; d < dimensions; d++) {
    const [x, y] = [vectors[a * dimensions + d] as number, vectors[b * dimensions + d] as number];
    dot += x * y;
    left += x * x;
    right += y * y;
  }
  return dot / Math.sqrt(left * right);
}
