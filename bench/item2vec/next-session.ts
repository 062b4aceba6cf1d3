import type { Corpus } from './corpora.ts';

/**
 * Of each judged user: the share of the next session's tracks that are among the `k` nearest to the mean
 * of the query session's unit vectors, by cosine. Tracks without a vector and those of the query count
 * neither way; NaN for a user with none left.
 */
export function nextSessionHits(
  corpus: Corpus,
  rows: Float32Array,
  dimensions: number,
  cuts: readonly number[],
): Float64Array[] {
  const d = dimensions;
  const unit = new Float32Array(rows.length);
  const known = new Uint8Array(corpus.tracks);
  for (let t = 0; t < corpus.tracks; t++) {
    const length = Math.hypot(...rows.subarray(t * d, (t + 1) * d));
    if (length === 0) continue;
    known[t] = 1;
    for (let k = t * d; k < (t + 1) * d; k++) unit[k] = (rows[k] as number) / length;
  }
  const hits = cuts.map(() => new Float64Array(corpus.judged.length).fill(Number.NaN));
  const score = new Float32Array(corpus.tracks);
  const query = new Float64Array(d);
  for (const [user, { query: heard, next }] of corpus.judged.entries()) {
    const excluded = new Set(heard);
    const wanted = [...new Set(next)].filter((t) => known[t] === 1 && !excluded.has(t));
    if (wanted.length === 0 || !heard.some((t) => known[t] === 1)) continue;
    query.fill(0);
    for (const t of heard)
      for (let k = 0; k < d; k++) query[k] = (query[k] as number) + (unit[t * d + k] as number);
    for (let t = 0; t < corpus.tracks; t++) {
      let dot = known[t] === 1 && !excluded.has(t) ? 0 : Number.NEGATIVE_INFINITY;
      for (let k = 0; k < d; k++) dot += (query[k] as number) * (unit[t * d + k] as number);
      score[t] = dot;
    }
    const better = wanted.map((t) => {
      const own = score[t] as number;
      let before = 0;
      for (let o = 0; o < score.length; o++) if ((score[o] as number) > own) before++;
      return before;
    });
    for (const [c, cut] of cuts.entries())
      (hits[c] as Float64Array)[user] = better.filter((rank) => rank < cut).length / wanted.length;
  }
  return hits;
}
