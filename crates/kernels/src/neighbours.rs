//! Item-item neighbours from listener x item incidence: cosine and RP3beta by one sparse product.

use crate::interactions::Interactions;
use crate::math;
use crate::source::keep_best;
use rayon::prelude::*;

/// How two items are compared.
#[derive(Clone, Copy, Debug)]
pub enum Similarity {
    /// |U(i) and U(j)| / (sqrt(|U(i)| |U(j)|) + shrinkage). (Sarwar et al. 2001)
    Cosine { shrinkage: f64 },
    /// Cosine with each listener weighted by 1 / log2(2 + |I(u)|): those who play everything say less.
    WeightedCosine { shrinkage: f64 },
    /// |U(i) and U(j)| / (|U(i)|^alpha |U(j)|^(1 - alpha)): what a play of i says of j; below 0.5 it
    /// leans away from popular j. (Aiolli 2013)
    AsymmetricCosine { alpha: f64 },
    /// Three-step random walk with damped popularity: sum over u of (P(i,u) P(u,j))^alpha, divided
    /// by |U(j)|^beta. (Christoffel et al. 2015, Paudel et al. 2017)
    Rp3Beta { alpha: f64, beta: f64 },
}

/// A dense row that is cleared through the list of its touched entries.
pub struct Accumulator {
    pub value: Vec<f32>,
    pub touched: Vec<u32>,
}

impl Accumulator {
    pub fn new(n: usize) -> Self {
        Self {
            value: vec![0.0; n],
            touched: Vec::new(),
        }
    }

    pub fn add(&mut self, at: u32, amount: f32) {
        let slot = &mut self.value[at as usize];
        if *slot == 0.0 {
            self.touched.push(at);
        }
        *slot += amount;
    }

    /// Hands every touched entry to `take` and clears it.
    pub fn drain(&mut self, mut take: impl FnMut(u32, f32)) {
        for at in self.touched.drain(..) {
            let value = std::mem::take(&mut self.value[at as usize]);
            take(at, value);
        }
    }
}

/// The `k` best neighbours of every item, itself excluded; ties by smaller id. Sums run in ascending
/// order of users, so the result is the same for any number of threads.
pub fn neighbours(data: &Interactions, similarity: Similarity, k: usize) -> Vec<Vec<(u32, f32)>> {
    let user_weight: Vec<f32> = (0..data.users)
        .map(|u| match similarity {
            Similarity::Cosine { .. } | Similarity::AsymmetricCosine { .. } => 1.0,
            Similarity::WeightedCosine { .. } => {
                (1.0 / math::log2(2.0 + data.user_degree(u) as f64)) as f32
            }
            Similarity::Rp3Beta { alpha, .. } => {
                math::powf(1.0 / data.user_degree(u).max(1) as f64, alpha) as f32
            }
        })
        .collect();
    let column: Vec<f64> = (0..data.items)
        .map(|j| match similarity {
            Similarity::Cosine { .. } => (data.item_degree(j) as f64).sqrt(),
            Similarity::WeightedCosine { .. } => data
                .users_of(j)
                .iter()
                .map(|&u| f64::from(user_weight[u as usize]))
                .sum::<f64>()
                .sqrt(),
            Similarity::AsymmetricCosine { alpha } => {
                math::powf(data.item_degree(j).max(1) as f64, 1.0 - alpha)
            }
            Similarity::Rp3Beta { beta, .. } => math::powf(data.item_degree(j).max(1) as f64, beta),
        })
        .collect();
    (0..data.items)
        .into_par_iter()
        .map_init(
            || Accumulator::new(data.items),
            |row, i| {
                for &u in data.users_of(i) {
                    let weight = user_weight[u as usize];
                    for &j in data.items_of(u as usize) {
                        row.add(j, weight);
                    }
                }
                let own = match similarity {
                    Similarity::Cosine { .. } | Similarity::WeightedCosine { .. } => column[i],
                    Similarity::AsymmetricCosine { alpha } | Similarity::Rp3Beta { alpha, .. } => {
                        math::powf(data.item_degree(i).max(1) as f64, alpha)
                    }
                };
                let mut best = Vec::with_capacity(row.touched.len());
                row.drain(|j, value| {
                    if j as usize != i {
                        let score = match similarity {
                            Similarity::Cosine { shrinkage }
                            | Similarity::WeightedCosine { shrinkage } => {
                                f64::from(value) / (own * column[j as usize] + shrinkage)
                            }
                            Similarity::AsymmetricCosine { .. } | Similarity::Rp3Beta { .. } => {
                                f64::from(value) / own / column[j as usize]
                            }
                        };
                        best.push((j, score as f32));
                    }
                });
                keep_best(&mut best, k);
                best
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> Interactions {
        let rows = vec![vec![0, 1, 2], vec![0, 1], vec![2, 3, 3], vec![]];
        Interactions::from_rows(5, rows.into_iter())
    }

    #[test]
    fn cosine_equals_its_definition() {
        let found = neighbours(&world(), Similarity::Cosine { shrinkage: 0.0 }, 10);
        assert_eq!(found[0], vec![(1, 1.0), (2, 0.5)]);
        assert_eq!(found[3], vec![(2, (1.0 / 2f64.sqrt()) as f32)]);
        assert!(found[4].is_empty());
    }

    #[test]
    fn rp3beta_equals_its_definition() {
        let found = neighbours(
            &world(),
            Similarity::Rp3Beta {
                alpha: 1.0,
                beta: 1.0,
            },
            10,
        );
        // Item 0: users 0 (three items) and 1 (two items); P(0,u) = 1/2.
        let one = (0.5f64 / 3.0 + 0.5 / 2.0) / 2.0;
        let two = (0.5f64 / 3.0) / 2.0;
        assert_eq!(found[0].len(), 2);
        assert!((f64::from(found[0][0].1) - one).abs() < 1e-6 && found[0][0].0 == 1);
        assert!((f64::from(found[0][1].1) - two).abs() < 1e-6 && found[0][1].0 == 2);
    }

    #[test]
    fn asymmetric_cosine_equals_its_definition() {
        let found = neighbours(&world(), Similarity::AsymmetricCosine { alpha: 0.25 }, 10);
        // Item 3 has one listener, item 2 two; they share one.
        assert!((f64::from(found[3][0].1) - 2f64.powf(-0.75)).abs() < 1e-6);
        assert!((f64::from(found[2][2].1) - 2f64.powf(-0.25 - 0.75)).abs() < 1e-6);
        let of_three = found[2].iter().find(|row| row.0 == 3).unwrap();
        assert!((f64::from(of_three.1) - 2f64.powf(-0.25)).abs() < 1e-6);
    }

    #[test]
    fn keeps_the_best_with_ties_by_id() {
        let found = neighbours(&world(), Similarity::Cosine { shrinkage: 0.0 }, 1);
        assert_eq!(found[2].len(), 1);
        assert_eq!(found[1], vec![(0, 1.0)]);
    }
}
