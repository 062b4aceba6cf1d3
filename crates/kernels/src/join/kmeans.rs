//! Spherical k-means (Dhillon & Modha 2001): unit vectors, nearest by inner product.
//! Sums run in a fixed order, so the result does not depend on threads or instruction sets.

use super::scorer::Scorer;
use crate::rng::Rng;
use rayon::prelude::*;

const CHUNK: usize = 4096;

/// Rows of a matrix picked by number.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub values: &'a [f32],
    pub dimensions: usize,
    pub picked: &'a [u32],
}

impl<'a> Rows<'a> {
    pub fn row(&self, i: usize) -> &'a [f32] {
        let at = self.picked[i] as usize * self.dimensions;
        &self.values[at..at + self.dimensions]
    }

    /// Nearest centroid of every row, in order.
    pub fn assign(&self, centroids: &[f32]) -> Vec<(u32, f32)> {
        let scorer = Scorer::new(centroids, self.dimensions);
        let mut out = vec![(0, 0.0); self.picked.len()];
        out.par_chunks_mut(CHUNK).enumerate().for_each(|(c, part)| {
            for (i, slot) in part.iter_mut().enumerate() {
                *slot = scorer.nearest(self.row(c * CHUNK + i));
            }
        });
        out
    }
}

/// `count` unit centroids of the rows, row-major; at most one per row. Starts from a seeded sample,
/// runs `rounds`; a centroid left without rows moves to the row that fits its own worst.
pub fn spherical(rows: &Rows, count: usize, rounds: usize, seed: u32) -> Vec<f32> {
    let n = rows.picked.len();
    let count = count.min(n);
    let mut rng = Rng::new(&[seed, n as u32, count as u32]);
    let mut centroids = Vec::with_capacity(count * rows.dimensions);
    for i in sample(n, count, &mut rng) {
        centroids.extend_from_slice(rows.row(i));
    }
    for _ in 0..rounds {
        let nearest = rows.assign(&centroids);
        recentre(rows, &nearest, &mut centroids);
    }
    centroids
}

/// Moves each centroid to the direction of the sum of its rows.
pub fn recentre(rows: &Rows, nearest: &[(u32, f32)], centroids: &mut [f32]) {
    let d = rows.dimensions;
    let count = centroids.len() / d;
    let mut sums = vec![0f64; count * d];
    let mut sizes = vec![0u32; count];
    for (i, &(c, _)) in nearest.iter().enumerate() {
        sizes[c as usize] += 1;
        let sum = &mut sums[c as usize * d..][..d];
        for (s, &x) in sum.iter_mut().zip(rows.row(i)) {
            *s += f64::from(x);
        }
    }
    let mut worst = None;
    for c in 0..count {
        let centroid = &mut centroids[c * d..][..d];
        if sizes[c] == 0 {
            let queue = worst.get_or_insert_with(|| by_fit(nearest).into_iter());
            if let Some(i) = queue.next() {
                centroid.copy_from_slice(rows.row(i));
            }
        } else {
            normalise(&sums[c * d..][..d], centroid);
        }
    }
}

/// Rows from the worst fit on; ties by row.
fn by_fit(nearest: &[(u32, f32)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..nearest.len()).collect();
    order.sort_unstable_by(|&a, &b| nearest[a].1.total_cmp(&nearest[b].1).then(a.cmp(&b)));
    order
}

/// Left as it was where the sum is zero.
pub fn normalise(sum: &[f64], out: &mut [f32]) {
    let norm = sum.iter().map(|s| s * s).sum::<f64>().sqrt();
    if norm > 0.0 {
        for (o, s) in out.iter_mut().zip(sum) {
            *o = (s / norm) as f32;
        }
    }
}

/// `count` distinct numbers below `n`, ascending (selection sampling, Knuth's algorithm S).
pub fn sample(n: usize, count: usize, rng: &mut Rng) -> Vec<usize> {
    let mut picked = Vec::with_capacity(count);
    for i in 0..n {
        let left = (count - picked.len()) as f64;
        if rng.uniform() * ((n - i) as f64) < left {
            picked.push(i);
        }
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_two_directions_of_two_bundles() {
        let values = [1.0, 0.1, 1.0, -0.1, -0.1, 1.0, 0.1, 1.0f32];
        let rows = Rows {
            values: &values,
            dimensions: 2,
            picked: &[0, 1, 2, 3],
        };
        let centroids = spherical(&rows, 2, 5, 1);
        let groups: Vec<u32> = rows.assign(&centroids).iter().map(|a| a.0).collect();
        assert_eq!(groups[0], groups[1]);
        assert_eq!(groups[2], groups[3]);
        assert_ne!(groups[0], groups[2]);
    }

    #[test]
    fn takes_equal_vectors_and_more_centroids_than_rows() {
        let values = [1.0f32, 0.0].repeat(3);
        let rows = Rows {
            values: &values,
            dimensions: 2,
            picked: &[0, 1, 2],
        };
        assert_eq!(spherical(&rows, 9, 3, 1), [1.0, 0.0].repeat(3));
    }
}
