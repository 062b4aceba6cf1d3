//! Greedy MAP inference of a determinantal point process (Chen, Zhang and Zhou, NeurIPS 2018).

use crate::math::ln;
use crate::mmr::Likeness;
use crate::pool::Pool;

/// What two tracks alike in everything share; the rest is each one's own, so that a list of twins
/// still has a determinant.
const SHARED: f64 = 0.9;

/// ln of the factor by which each candidate would multiply det S of the chosen, where
/// S = 0.9 mean(same artist, Jaccard of genres, cosine) + 0.1 I with ones on its diagonal. Each of the
/// means is positive semidefinite, so S is a kernel, which the maximum that MMR takes is not. Rows of
/// the Cholesky factor grow as candidates are asked about.
pub struct Determinants<'a> {
    likeness: Likeness<'a>,
    chosen: Vec<u32>,
    /// Per candidate: its row of the factor so far, one entry per chosen.
    row: Vec<Vec<f64>>,
    /// Per candidate: 1 minus the squares of its row.
    rest: Vec<f64>,
}

impl<'a> Determinants<'a> {
    pub fn new(pool: &'a Pool<'a>) -> Self {
        Self {
            likeness: Likeness::new(pool),
            chosen: Vec::new(),
            row: vec![Vec::new(); pool.len()],
            rest: vec![1.0; pool.len()],
        }
    }

    /// At most 0, and 0 while nothing is chosen.
    pub fn gain(&mut self, i: usize) -> f64 {
        while self.row[i].len() < self.chosen.len() {
            let at = self.row[i].len();
            let j = self.chosen[at] as usize;
            let both = self.row[i].iter().zip(&self.row[j]);
            let known: f64 = both.map(|(a, b)| a * b).sum();
            let entry = (SHARED * self.likeness.mean(i, j) - known) / self.rest[j].sqrt();
            self.row[i].push(entry);
            self.rest[i] = (self.rest[i] - entry * entry).max(f64::MIN_POSITIVE);
        }
        ln(self.rest[i])
    }

    pub fn choose(&mut self, i: usize) {
        self.gain(i);
        self.chosen.push(i as u32);
    }
}
