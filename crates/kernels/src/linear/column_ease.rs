//! EASE for catalogues whose inverse does not fit: every column by itself, on its nearest items.

use super::ease::{EaseParams, keep_largest};
use crate::interactions::Interactions;
use crate::neighbours::{Similarity, neighbours};
use rayon::prelude::*;

/// Column j of EASE is the ridge regression of item j on all others; here on its `neighbours` nearest by
/// cosine alone, so the cost grows with items x neighbours^3 and the memory with items x neighbours. A
/// sparse approximate inverse by columns of a fixed pattern (Grote and Huckle 1997; for EASE Steck
/// 2019b, and SANSA by Spisak et al. 2023); with a pattern of all items it is EASE. Rows as `ease`.
pub fn column_ease(data: &Interactions, p: &EaseParams) -> Vec<Vec<(u32, f32)>> {
    let pattern = neighbours(data, Similarity::Cosine { shrinkage: 0.0 }, p.neighbours);
    let columns: Vec<Vec<f32>> = pattern
        .par_iter()
        .enumerate()
        .map_init(Column::default, |column, (j, near)| {
            column.solve(data, j, near, p.lambda)
        })
        .collect();
    let mut rows: Vec<Vec<(u32, f32)>> = vec![Vec::new(); data.items];
    for (j, (near, weights)) in pattern.iter().zip(&columns).enumerate() {
        for (&(i, _), &w) in near.iter().zip(weights) {
            rows[i as usize].push((j as u32, w));
        }
    }
    rows.into_par_iter()
        .map(|row| keep_largest(row, p.k))
        .collect()
}

/// Working memory of one thread.
#[derive(Default)]
struct Column {
    /// Listeners of the pattern's items with the item's place, ascending.
    pairs: Vec<(u32, u32)>,
    gram: Vec<f64>,
    target: Vec<f64>,
}

impl Column {
    fn solve(
        &mut self,
        data: &Interactions,
        item: usize,
        near: &[(u32, f32)],
        lambda: f64,
    ) -> Vec<f32> {
        let m = near.len();
        self.gram.clear();
        self.gram.resize(m * m, 0.0);
        self.target.clear();
        self.target.resize(m, 0.0);
        self.pairs.clear();
        for (at, &(i, _)) in near.iter().enumerate() {
            let users = data.users_of(i as usize).iter();
            self.pairs.extend(users.map(|&u| (u, at as u32)));
        }
        self.pairs.sort_unstable();
        let own = data.users_of(item);
        for together in self.pairs.chunk_by(|a, b| a.0 == b.0) {
            for &(_, at) in together {
                let row = &mut self.gram[at as usize * m..][..m];
                for &(_, to) in together {
                    row[to as usize] += 1.0;
                }
            }
            if own.binary_search(&together[0].0).is_ok() {
                for &(_, at) in together {
                    self.target[at as usize] += 1.0;
                }
            }
        }
        for at in 0..m {
            self.gram[at * m + at] += lambda;
        }
        cholesky_solve(&mut self.gram, &mut self.target);
        self.target.iter().map(|&w| w as f32).collect()
    }
}

/// Solves A x = b in place for a symmetric positive definite A (row-major): b becomes x, the lower
/// triangle of A its Cholesky factor.
pub fn cholesky_solve(a: &mut [f64], b: &mut [f64]) {
    let n = b.len();
    for i in 0..n {
        let (above, own) = a.split_at_mut(i * n);
        let own = &mut own[..n];
        for j in 0..i {
            let row = &above[j * n..j * n + n];
            own[j] = (own[j] - dot(&own[..j], &row[..j])) / row[j];
        }
        own[i] = (own[i] - dot(&own[..i], &own[..i])).sqrt();
        b[i] = (b[i] - dot(&own[..i], &b[..i])) / own[i];
    }
    for i in (0..n).rev() {
        b[i] /= a[i * n + i];
        let x = b[i];
        for (value, &l) in b[..i].iter_mut().zip(&a[i * n..i * n + i]) {
            *value -= l * x;
        }
    }
}

/// Inner product in eight partial sums, added in a fixed order.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (left, right) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = left
        .remainder()
        .iter()
        .zip(right.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in left.zip(right) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_system() {
        let mut a = vec![4.0, 2.0, 1.0, 2.0, 5.0, 3.0, 1.0, 3.0, 6.0];
        let x = [1.0, -2.0, 3.0];
        let mut b: Vec<f64> = a.chunks(3).map(|row| dot(row, &x)).collect();
        cholesky_solve(&mut a, &mut b);
        for (found, wanted) in b.iter().zip(x) {
            assert!((found - wanted).abs() < 1e-12);
        }
    }
}
