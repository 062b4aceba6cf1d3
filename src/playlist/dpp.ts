import { type Describable, inner, jaccard } from './mmr.ts';

/**
 * Kernel of two tracks: 0.9 times the mean of same artist, Jaccard of genres and, where tracks have
 * vectors, their cosine; 1 of a track with itself. Positive semidefinite.
 */
export function kernel(a: Describable, b: Describable): number {
  if (a === b) return 1;
  const parts = [Number(a.artist === b.artist), jaccard(a.genres, b.genres)];
  if (a.vector.length > 0) parts.push(inner(a.vector, b.vector));
  return (0.9 * parts.reduce((sum, part) => sum + part, 0)) / parts.length;
}

/** Determinant by elimination; 1 for no rows. */
export function determinant(matrix: readonly (readonly number[])[]): number {
  const rows = matrix.map((row) => [...row]);
  let product = 1;
  for (const [at, pivot] of rows.entries()) {
    const head = pivot[at] as number;
    product *= head;
    for (const row of rows.slice(at + 1)) {
      const factor = (row[at] as number) / head;
      for (let j = at; j < row.length; j++)
        row[j] = (row[j] as number) - factor * (pivot[j] as number);
    }
  }
  return product;
}

/**
 * ln of the factor by which a track multiplies the determinant of the kernel of the chosen: what a
 * determinantal point process (Kulesza and Taskar 2012) gains by it. At most 0.
 */
export function determinantGain(chosen: readonly Describable[], next: Describable): number {
  const of = (tracks: readonly Describable[]): number =>
    determinant(tracks.map((a) => tracks.map((b) => kernel(a, b))));
  return Math.log(of([...chosen, next]) / of(chosen));
}
