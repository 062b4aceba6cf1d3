use crate::rng::Rng;

/// A seeded orthogonal matrix, row-major: Gram-Schmidt, twice over, on random rows. It spreads vectors
/// that are long in a few dimensions, so that one scale fits all.
pub fn rotation(dimensions: usize, seed: u32) -> Vec<f64> {
    let mut rng = Rng::new(&[seed, 0x0020_7461, dimensions as u32]);
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(dimensions);
    while rows.len() < dimensions {
        // Near a Gaussian: no direction is preferred by much.
        let mut row: Vec<f64> = (0..dimensions)
            .map(|_| (0..6).map(|_| rng.uniform()).sum::<f64>() - 3.0)
            .collect();
        for _ in 0..2 {
            for other in &rows {
                let part = dot(&row, other);
                for (x, y) in row.iter_mut().zip(other) {
                    *x -= part * y;
                }
            }
        }
        let norm = dot(&row, &row).sqrt();
        if norm > 1e-3 {
            rows.push(row.iter().map(|x| x / norm).collect());
        }
    }
    rows.concat()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_without_stretching() {
        for d in [1, 2, 13, 64] {
            let rows = rotation(d, 1);
            for i in 0..d {
                for j in 0..d {
                    let product = dot(&rows[i * d..][..d], &rows[j * d..][..d]);
                    let expected = if i == j { 1.0 } else { 0.0 };
                    assert!((product - expected).abs() < 1e-12);
                }
            }
        }
    }
}
