import { Rng } from '../domain/index.ts';

const rounds = 12;

/**
 * Share of a table's sum of squares that its best approximation of a rank leaves out, 0..1; rows
 * of equal length. By subspace iteration on the rows' Gram matrix (Halko, Martinsson and Tropp
 * 2011), which approaches the truncated singular value decomposition from above.
 */
export function energyOutsideRank(table: readonly Float64Array[], rank: number): number {
  const n = table.length;
  const gram = table.map((a) => Float64Array.from(table, (b) => dot(a, b)));
  const total = gram.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const rng = new Rng(0x5bd);
  let basis = Array.from({ length: rank }, () =>
    Float64Array.from({ length: n }, () => rng.normal()),
  );
  for (let round = 0; round < rounds; round++) {
    basis = orthonormal(basis.map((vector) => Float64Array.from(gram, (row) => dot(row, vector))));
  }
  const kept = basis.reduce(
    (sum, vector) =>
      sum +
      dot(
        vector,
        Float64Array.from(gram, (row) => dot(row, vector)),
      ),
    0,
  );
  return 1 - kept / total;
}

/** Modified Gram-Schmidt. */
function orthonormal(vectors: Float64Array<ArrayBuffer>[]): Float64Array<ArrayBuffer>[] {
  vectors.forEach((vector, i) => {
    for (const earlier of vectors.slice(0, i)) {
      const along = dot(vector, earlier);
      vector.forEach((value, j) => (vector[j] = value - along * (earlier[j] ?? 0)));
    }
    const norm = Math.sqrt(dot(vector, vector)) || 1;
    vector.forEach((value, j) => (vector[j] = value / norm));
  });
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
