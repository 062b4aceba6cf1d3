//! EASE, exact: the item-item model with a zero diagonal that rebuilds binary histories best.

use super::column_ease::column_ease;
use super::spd_inverse::Symmetric;
use crate::error::{KernelError, Result};
use crate::interactions::Interactions;
use crate::source::by_score;
use rayon::prelude::*;

/// Parameters of EASE.
#[derive(Clone, Copy, Debug)]
pub struct EaseParams {
    /// Weights kept per item, by size.
    pub k: usize,
    /// Ridge on the weights; above 0.
    pub lambda: f64,
    /// Largest system (the smaller of listeners and items, in rows) that is solved exactly; larger
    /// ones are solved column by column. `Symmetric::bytes` says what a system takes.
    pub exact_up_to: usize,
    /// Items that a column may use where it is solved by itself.
    pub neighbours: usize,
}

/// Per item its weights, by falling score.
pub type Weights = Vec<Vec<(u32, f32)>>;

/// How the weights were found: part of the source file's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solver {
    /// Through the inverse of items x items.
    Items,
    /// Through the inverse of listeners x listeners, equal to the former.
    Listeners,
    /// Each item by ridge regression on its nearest ones.
    Columns,
}

impl Solver {
    pub fn name(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Listeners => "listeners",
            Self::Columns => "columns",
        }
    }
}

/// Weights B of argmin |X - XB|^2 + lambda |B|^2 with a zero diagonal (Steck 2019): row i holds what a
/// play of item i says of the others, `k` largest by size, by falling score with ties by id. Negative
/// weights are kept where they are among the largest. With P = (X^T X + lambda I)^-1,
/// B_ij = -P_ij / P_jj; where listeners are fewer than items, P = (I - X^T (X X^T + lambda I)^-1 X) /
/// lambda gives the same weights. Items that nobody played have no row.
pub fn ease(data: &Interactions, p: &EaseParams) -> Result<(Solver, Weights)> {
    if p.lambda <= 0.0 || !p.lambda.is_finite() {
        return Err(KernelError::new(
            "source.recipe",
            "EASE needs a lambda above 0",
        ));
    }
    let active = active_users(data);
    if data.items.min(active.len()) > p.exact_up_to {
        return Ok((Solver::Columns, column_ease(data, p)));
    }
    if active.len() < data.items {
        return Ok((Solver::Listeners, by_listeners(data, &active, p)?));
    }
    Ok((Solver::Items, by_items(data, p)?))
}

/// Listeners with an item: others say nothing.
fn active_users(data: &Interactions) -> Vec<usize> {
    (0..data.users)
        .filter(|&u| data.user_degree(u) > 0)
        .collect()
}

fn by_items(data: &Interactions, p: &EaseParams) -> Result<Weights> {
    let mut gram = Symmetric::scaled_identity(data.items, p.lambda);
    let width = gram.width;
    gram.values
        .par_chunks_mut(width)
        .take(data.items)
        .enumerate()
        .for_each(|(i, row)| {
            for &u in data.users_of(i) {
                for &j in data.items_of(u as usize) {
                    row[j as usize] += 1.0;
                }
            }
        });
    gram.invert()?;
    let diagonal: Vec<f64> = (0..data.items).map(|i| gram.row(i)[i]).collect();
    Ok((0..data.items)
        .into_par_iter()
        .map(|i| {
            if data.item_degree(i) == 0 {
                return Vec::new();
            }
            let weights = gram.row(i).iter().zip(&diagonal);
            let row = weights
                .enumerate()
                .filter(|&(j, _)| j != i)
                .map(|(j, (&x, &own))| (j as u32, (-x / own) as f32));
            keep_largest(row.collect(), p.k)
        })
        .collect())
}

fn by_listeners(data: &Interactions, active: &[usize], p: &EaseParams) -> Result<Weights> {
    let mut place = vec![u32::MAX; data.users];
    for (at, &u) in active.iter().enumerate() {
        place[u] = at as u32;
    }
    let mut gram = Symmetric::scaled_identity(active.len(), p.lambda);
    let width = gram.width;
    gram.values
        .par_chunks_mut(width)
        .zip(active)
        .for_each(|(row, &u)| {
            for &i in data.items_of(u) {
                for &v in data.users_of(i as usize) {
                    row[place[v as usize] as usize] += 1.0;
                }
            }
        });
    gram.invert()?;
    // S = X^T A X: what all of A says between the listeners of two items.
    let sums = |i: usize, out: &mut Vec<f64>| {
        out.clear();
        out.resize(active.len(), 0.0);
        for &u in data.users_of(i) {
            let row = gram.row(place[u as usize] as usize);
            out.iter_mut().zip(row).for_each(|(sum, &x)| *sum += x);
        }
    };
    let between = |sums: &[f64], j: usize| -> f64 {
        let users = data.users_of(j).iter();
        users.map(|&v| sums[place[v as usize] as usize]).sum()
    };
    let diagonal: Vec<f64> = (0..data.items)
        .into_par_iter()
        .map_init(Vec::new, |row, i| {
            sums(i, row);
            1.0 - between(row, i)
        })
        .collect();
    Ok((0..data.items)
        .into_par_iter()
        .map_init(Vec::new, |row, i| {
            if data.item_degree(i) == 0 {
                return Vec::new();
            }
            sums(i, row);
            let weights = (0..data.items)
                .filter(|&j| j != i && data.item_degree(j) > 0)
                .map(|j| (j as u32, (between(row, j) / diagonal[j]) as f32));
            keep_largest(weights.collect(), p.k)
        })
        .collect())
}

/// The `k` entries largest in size that are not 0, ties by id; then by falling score.
pub fn keep_largest(mut row: Vec<(u32, f32)>, k: usize) -> Vec<(u32, f32)> {
    row.retain(|entry| entry.1 != 0.0);
    if row.len() > k && k > 0 {
        row.select_nth_unstable_by(k - 1, |a, b| {
            b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0))
        });
    }
    row.truncate(k);
    row.sort_unstable_by(by_score);
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn case() -> (Interactions, f64, Vec<Vec<f64>>) {
        let json: Value = serde_json::from_str(include_str!("ease.json")).unwrap();
        let numbers = |row: &Value| -> Vec<f64> {
            let row = row.as_array().unwrap().iter();
            row.map(|x| x.as_f64().unwrap()).collect()
        };
        let matrix = |name: &str| -> Vec<Vec<f64>> {
            json[name].as_array().unwrap().iter().map(numbers).collect()
        };
        let expected = matrix("weights");
        let rows = matrix("rows");
        let rows = rows
            .iter()
            .map(|row| row.iter().map(|&x| x as u32).collect());
        let data = Interactions::from_rows(expected.len(), rows);
        (data, json["lambda"].as_f64().unwrap(), expected)
    }

    fn assert_equal(found: &[Vec<(u32, f32)>], expected: &[Vec<f64>]) {
        for (row, wanted) in found.iter().zip(expected) {
            let mut dense = vec![0.0; wanted.len()];
            for &(j, w) in row {
                dense[j as usize] = f64::from(w);
            }
            for (a, b) in dense.iter().zip(wanted) {
                assert!((a - b).abs() < 1e-6, "{a} is not {b}");
            }
        }
    }

    #[test]
    fn all_three_solvers_equal_numpy() {
        // Every pair of items shares a listener, so that no column leaves one out.
        let (data, lambda, expected) = case();
        let p = EaseParams {
            k: usize::MAX,
            lambda,
            exact_up_to: 1000,
            neighbours: data.items,
        };
        assert_equal(&by_items(&data, &p).unwrap(), &expected);
        assert_equal(
            &by_listeners(&data, &active_users(&data), &p).unwrap(),
            &expected,
        );
        assert_equal(&column_ease(&data, &p), &expected);
    }

    #[test]
    fn the_size_of_the_system_chooses() {
        let (data, lambda, _) = case();
        let solver = |exact_up_to| {
            let p = EaseParams {
                k: 5,
                lambda,
                exact_up_to,
                neighbours: 5,
            };
            ease(&data, &p).unwrap().0
        };
        assert_eq!(solver(1000), Solver::Items);
        assert_eq!(solver(5), Solver::Columns);
        let few = Interactions::from_rows(9, vec![vec![0, 1], vec![1, 2], vec![]].into_iter());
        let p = EaseParams {
            k: 5,
            lambda,
            exact_up_to: 5,
            neighbours: 5,
        };
        assert_eq!(ease(&few, &p).unwrap().0, Solver::Listeners);
    }

    #[test]
    fn the_largest_weights_stay_negative_ones_among_them() {
        let row = vec![(0, 0.1), (1, -0.9), (2, 0.5), (3, 0.0), (4, -0.2)];
        assert_eq!(keep_largest(row, 3), vec![(2, 0.5), (4, -0.2), (1, -0.9)]);
    }

    #[test]
    fn a_ridge_is_needed() {
        let (data, _, _) = case();
        let p = EaseParams {
            k: 5,
            lambda: 0.0,
            exact_up_to: 5,
            neighbours: 5,
        };
        assert_eq!(ease(&data, &p).unwrap_err().code, "source.recipe");
    }
}
