/** What similarity is judged by. */
export interface Describable {
  readonly artist: number;
  /** A set. */
  readonly genres: readonly number[];
  /** Unit length; empty for none. */
  readonly vector: readonly number[];
}

/** |a and b| / |a or b| of two sets; 0 where both are empty. */
export function jaccard(a: readonly number[], b: readonly number[]): number {
  const common = a.filter((x) => b.includes(x)).length;
  const all = a.length + b.length - common;
  return all === 0 ? 0 : common / all;
}

/** Inner product. */
export function inner(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}

/** What likeness of artist and of vectors counts for beside that of genres, each in [0, 1]. */
export interface Likenesses {
  readonly artistSimilarity: number;
  readonly vectorSimilarity: number;
}

/** The largest of artistSimilarity (same artist), Jaccard of genres, and the share of the cosine; at least 0. */
export function similarity(
  a: Describable,
  b: Describable,
  { artistSimilarity, vectorSimilarity }: Likenesses,
): number {
  const cosine = inner(a.vector, b.vector);
  const artist = a.artist === b.artist ? artistSimilarity : 0;
  return Math.max(0, artist, jaccard(a.genres, b.genres), vectorSimilarity * cosine);
}

/** Largest of some similarities; 0 for none. */
export function largest(similarities: readonly number[]): number {
  return similarities.reduce((a, b) => Math.max(a, b), 0);
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): k times the candidate with the
 * largest value - weight x largest similarity to the chosen ones, ties to the smaller index. Their
 * lambda is 1 / (1 + weight). Fewer than k candidates: all of them.
 */
export function mmr(
  values: readonly number[],
  similar: (i: number, j: number) => number,
  weight: number,
  k: number,
): number[] {
  const chosen: number[] = [];
  while (chosen.length < Math.min(k, values.length)) {
    const gain = (i: number): number =>
      (values[i] as number) - weight * largest(chosen.map((j) => similar(i, j)));
    const left = values.map((_, i) => i).filter((i) => !chosen.includes(i));
    chosen.push(left.reduce((best, i) => (gain(i) > gain(best) ? i : best)));
  }
  return chosen;
}
