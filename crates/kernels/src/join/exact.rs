use rayon::prelude::*;

/// The k nearest rows of each query by inner product in single precision, summed in order; ties to the
/// smaller row. Rows of the result are min(k, rows) long. Slow: the measure of recall.
pub fn exact(vectors: &[f32], queries: &[f32], dimensions: usize, k: usize) -> Vec<Vec<u32>> {
    queries
        .par_chunks_exact(dimensions)
        .map(|query| {
            let mut scored: Vec<(f32, u32)> = vectors
                .chunks_exact(dimensions)
                .zip(0..)
                .map(|(row, i)| (row.iter().zip(query).map(|(x, q)| x * q).sum(), i))
                .collect();
            scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            scored.truncate(k);
            scored.into_iter().map(|s| s.1).collect()
        })
        .collect()
}

/// Share of the exact tracks that were found; 1 where there are none.
pub fn recall(exact: &[u32], found: &[u32]) -> f64 {
    if exact.is_empty() {
        return 1.0;
    }
    let mut sorted = found.to_vec();
    sorted.sort_unstable();
    let hits = exact
        .iter()
        .filter(|t| sorted.binary_search(t).is_ok())
        .count();
    hits as f64 / exact.len() as f64
}
