//! `factors.col`: the factors of the tracks, ready to be searched.

use super::solve::{Side, Solver};
use super::train::{FactorParams, gram, train};
use crate::catalogue::Catalogue;
use crate::col::{Col, ColBuilder, View};
use crate::error::{KernelError, Result, invalid};
use crate::interactions::Interactions;
use crate::listeners::{Bucket, Listener};
use std::path::{Path, PathBuf};

const MOST_DIMENSIONS: usize = 512;
/// Steps of conjugate gradients for a listener's query.
const QUERY_STEPS: usize = 12;

/// Trains on a snapshot and writes `factors.col`; returns its content digest. Rows are scaled by one
/// number so that the longest has length 1, which an index asks for; the regularization that belongs to
/// the scaled rows stands beside them.
pub fn write_factors(
    catalogue: &Path,
    listeners: &[PathBuf],
    p: &FactorParams,
    out: &Path,
) -> Result<String> {
    if !(1..=MOST_DIMENSIONS).contains(&p.dimensions) {
        return Err(KernelError::new(
            "factors.params",
            format!("factors have 1 to {MOST_DIMENSIONS} dimensions"),
        ));
    }
    let c = Catalogue::open(catalogue)?;
    let buckets = listeners
        .iter()
        .map(|path| Bucket::open(path, &c))
        .collect::<Result<Vec<_>>>()?;
    let data = Interactions::tracks(&buckets, c.tracks, p.history);
    let mut factors = train(&data, p);
    let longest = factors
        .chunks_exact(p.dimensions)
        .map(|row| {
            row.iter()
                .map(|&x| f64::from(x) * f64::from(x))
                .sum::<f64>()
        })
        .fold(0.0, f64::max)
        .sqrt();
    if !longest.is_finite() {
        return Err(KernelError::new(
            "factors.not_finite",
            "training of the factors went astray; a larger regularization holds it",
        ));
    }
    let scale = if longest > 0.0 { 1.0 / longest } else { 1.0 };
    // A hair below 1, so that rounding leaves no row longer than that.
    let scale = scale * (1.0 - 1e-6);
    for x in &mut factors {
        *x = (f64::from(*x) * scale) as f32;
    }
    let mut builder = ColBuilder::default();
    builder
        .put("vector", &factors)
        .put("gram", &gram(&factors, p.dimensions));
    builder.write(
        out,
        &serde_json::json!({
            "dimensions": p.dimensions,
            "alpha": p.alpha,
            "regularization": p.regularization * scale * scale,
            "history": p.history,
        }),
    )
}

/// The factors of a snapshot's tracks, open.
pub struct Factors {
    vector: View<f32>,
    gram: Vec<f64>,
    pub dimensions: usize,
    alpha: f64,
    regularization: f64,
    history: usize,
}

impl Factors {
    pub fn open(path: &Path, c: &Catalogue) -> Result<Self> {
        let col = Col::open(path)?;
        let number = |name: &str| col.meta[name].as_f64().unwrap_or(f64::NAN);
        let dimensions = number("dimensions") as usize;
        let factors = Self {
            vector: col.view("vector")?,
            gram: col.get::<f64>("gram")?.to_vec(),
            dimensions,
            alpha: number("alpha"),
            regularization: number("regularization"),
            history: number("history") as usize,
        };
        let fits = (1..=MOST_DIMENSIONS).contains(&dimensions)
            && factors.vector.len() == c.tracks * dimensions
            && factors.gram.len() == dimensions * dimensions
            && factors.alpha.is_finite()
            && factors.regularization.is_finite()
            && factors.vector.iter().all(|x| x.is_finite());
        if fits {
            return Ok(factors);
        }
        Err(invalid(format!(
            "{} does not fit its catalogue",
            path.display()
        )))
    }

    /// Appends the listener's factors: what training would give a listener with this record beside
    /// these tracks. Zeros without a liked track.
    pub fn query(&self, l: &Listener<'_>, solver: &mut Solver, out: &mut Vec<f32>) {
        let items = Interactions::liked(l, self.history);
        let side = Side {
            factors: &self.vector,
            gram: &self.gram,
            dimensions: self.dimensions,
        };
        solver.x.fill(0.0);
        solver.solve(&side, &items, self.alpha, self.regularization, QUERY_STEPS);
        out.extend(solver.x.iter().map(|&x| x as f32));
    }
}
