//! Training of implicit ALS.

use super::solve::{Side, Solver};
use crate::interactions::Interactions;
use crate::rng::uniform_at;
use rayon::prelude::*;
use serde::Deserialize;

/// Parameters of implicit ALS.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FactorParams {
    pub dimensions: usize,
    pub epochs: usize,
    pub regularization: f64,
    /// Confidence of an interaction is 1 + alpha; of what was not played 1.
    pub alpha: f64,
    /// Newest tracks of a listener, in training and as a query.
    pub history: usize,
    /// Steps of conjugate gradients per row and epoch.
    pub steps: usize,
    pub seed: u32,
}

/// Rows added up together: part of the order of sums.
const ROWS: usize = 1024;

/// Factors of the items, items x dimensions. They start uniform in +-0.5 / dimensions by seed; each
/// epoch solves the listeners and then the items. Items nobody played end at zero. The same for any
/// number of threads.
pub fn train(data: &Interactions, p: &FactorParams) -> Vec<f32> {
    let start = (0..data.items * p.dimensions)
        .map(|i| ((uniform_at(&[p.seed, i as u32]) - 0.5) / p.dimensions as f64) as f32)
        .collect();
    train_from(data, p, start)
}

fn train_from(data: &Interactions, p: &FactorParams, mut items: Vec<f32>) -> Vec<f32> {
    let mut users = vec![0f32; data.users * p.dimensions];
    for _ in 0..p.epochs {
        solve_side(p, &items, &mut users, |u| data.items_of(u));
        solve_side(p, &users, &mut items, |i| data.users_of(i));
    }
    items
}

fn solve_side<'a>(
    p: &FactorParams,
    from: &[f32],
    to: &mut [f32],
    others: impl Fn(usize) -> &'a [u32] + Sync,
) {
    let d = p.dimensions;
    let gram = gram(from, d);
    let side = Side {
        factors: from,
        gram: &gram,
        dimensions: d,
    };
    to.par_chunks_exact_mut(d).enumerate().for_each_init(
        || Solver::new(d),
        |solver, (row, factors)| {
            for (x, &y) in solver.x.iter_mut().zip(factors.iter()) {
                *x = f64::from(y);
            }
            solver.solve(&side, others(row), p.alpha, p.regularization, p.steps);
            for (y, &x) in factors.iter_mut().zip(&solver.x) {
                *y = x as f32;
            }
        },
    );
}

/// Y^T Y, dimensions x dimensions; blocks of rows are added up in order.
pub fn gram(factors: &[f32], d: usize) -> Vec<f64> {
    let parts: Vec<Vec<f64>> = factors
        .par_chunks(ROWS * d)
        .map(|rows| {
            let mut sum = vec![0.0; d * d];
            for row in rows.chunks_exact(d) {
                for (line, &x) in sum.chunks_exact_mut(d).zip(row) {
                    let x = f64::from(x);
                    for (out, &y) in line.iter_mut().zip(row) {
                        *out += x * f64::from(y);
                    }
                }
            }
            sum
        })
        .collect();
    let mut total = vec![0.0; d * d];
    for part in parts {
        total.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// `factors.json` comes from bench/oracles/factors.py: the library `implicit`, started alike.
    #[test]
    fn equals_a_published_library() {
        let json: Value = serde_json::from_str(include_str!("factors.json")).unwrap();
        let matrix =
            |name: &str| -> Vec<Vec<f64>> { serde_json::from_value(json[name].clone()).unwrap() };
        let rows = matrix("rows")
            .into_iter()
            .map(|row| row.iter().map(|&x| x as u32).collect());
        let start: Vec<f32> = matrix("start").concat().iter().map(|&x| x as f32).collect();
        let wanted = matrix("items");
        let p = FactorParams {
            dimensions: wanted[0].len(),
            epochs: json["epochs"].as_u64().unwrap() as usize,
            regularization: json["regularization"].as_f64().unwrap(),
            alpha: json["alpha"].as_f64().unwrap(),
            history: 100,
            steps: 60,
            seed: 1,
        };
        let data = Interactions::from_rows(wanted.len(), rows);
        let found = train_from(&data, &p, start);
        for (a, b) in found.iter().zip(wanted.concat()) {
            assert!((f64::from(*a) - b).abs() < 2e-3, "{a} is not {b}");
        }
        // A listener folded in stands where training puts one.
        let gram = gram(&found, p.dimensions);
        let side = Side {
            factors: &found,
            gram: &gram,
            dimensions: p.dimensions,
        };
        let mut solver = Solver::new(p.dimensions);
        solver.solve(&side, data.items_of(0), p.alpha, p.regularization, 60);
        for (a, b) in solver.x.iter().zip(&matrix("folded")[0]) {
            assert!((a - b).abs() < 2e-3, "{a} is not {b}");
        }
    }

    #[test]
    fn items_nobody_played_are_zero_and_threads_change_nothing() {
        let rows = |n: u32| (0..n).map(move |u| vec![u % 7, (u * 3) % 7, 7 + u % 2]);
        let data = Interactions::from_rows(11, rows(40));
        let p = FactorParams {
            dimensions: 4,
            epochs: 3,
            regularization: 0.1,
            alpha: 10.0,
            history: 100,
            steps: 3,
            seed: 7,
        };
        let all = train(&data, &p);
        assert!(all[9 * 4..].iter().all(|&x| x == 0.0));
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .unwrap();
        assert_eq!(pool.install(|| train(&data, &p)), all);
    }
}
