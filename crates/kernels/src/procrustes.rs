//! Orthogonal Procrustes (Schoenemann 1966): the rotation that lays one training's vectors over another's,
//! so that vectors of different weeks can be compared.

use crate::error::{KernelError, Result};

/// Sweeps of the Jacobi method; it ends earlier when nothing turns any more.
const SWEEPS: usize = 60;

/// An orthogonal matrix R, row-major d x d: `row x R` lies where the other training has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rotation {
    pub matrix: Vec<f32>,
    pub dimensions: usize,
    /// Mean cosine of `from R` and `to` over the anchors; pairs with a zero row count as 0, no anchors as 0.
    pub cosine: f64,
}

/// The orthogonal R (reflections included) that minimises |from R - to| over anchor rows (row-major, n x d).
/// R = U V' of the singular value decomposition U S V' of from' to. Where anchors leave directions free
/// (fewer than d, or none) U is completed from the unit vectors in order, so R is always orthogonal. Sums
/// run in f64 in row order. Fails with `kernel.shape` where rows do not fit or a value is not finite.
pub fn rotation(from: &[f32], to: &[f32], d: usize) -> Result<Rotation> {
    let finite = |rows: &[f32]| rows.iter().all(|x| x.is_finite());
    if d == 0 || from.len() != to.len() || !from.len().is_multiple_of(d) {
        return Err(KernelError::new(
            "kernel.shape",
            "anchors differ in number or dimensions",
        ));
    }
    if !finite(from) || !finite(to) {
        return Err(KernelError::new("kernel.shape", "an anchor is not finite"));
    }
    // Columns of the product, one after the other.
    let mut product = vec![0f64; d * d];
    for (x, y) in from.chunks_exact(d).zip(to.chunks_exact(d)) {
        for (column, &b) in product.chunks_exact_mut(d).zip(y) {
            for (cell, &a) in column.iter_mut().zip(x) {
                *cell += f64::from(a) * f64::from(b);
            }
        }
    }
    let right = jacobi(&mut product, d);
    complete(&mut product, d);
    let mut matrix = vec![0f32; d * d];
    for i in 0..d {
        for j in 0..d {
            let sum: f64 = (0..d).map(|k| product[k * d + i] * right[k * d + j]).sum();
            matrix[i * d + j] = sum as f32;
        }
    }
    let mut rotation = Rotation {
        matrix,
        dimensions: d,
        cosine: 0.0,
    };
    rotation.cosine = mean_cosine(&rotation.apply(from)?, to, d);
    Ok(rotation)
}

/// Mean cosine of pairs of rows (row-major, n x d, in f64 in row order); a pair with a zero row counts as
/// 0, no pairs are 0.
pub fn mean_cosine(from: &[f32], to: &[f32], d: usize) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(&p, &q)| f64::from(p) * f64::from(q))
            .sum()
    };
    let pairs = from.chunks_exact(d).zip(to.chunks_exact(d));
    let cosines = pairs.map(|(x, y)| {
        let length = (dot(x, x) * dot(y, y)).sqrt();
        if length > 0.0 {
            dot(x, y) / length
        } else {
            0.0
        }
    });
    cosines.sum::<f64>() / (from.len() / d).max(1) as f64
}

impl Rotation {
    /// Rows (row-major, n x d) turned. Fails with `kernel.shape` where they do not fit.
    pub fn apply(&self, rows: &[f32]) -> Result<Vec<f32>> {
        let d = self.dimensions;
        if !rows.len().is_multiple_of(d) {
            return Err(KernelError::new("kernel.shape", "rows of other dimensions"));
        }
        let mut out = Vec::with_capacity(rows.len());
        let mut sum = vec![0f64; d];
        for row in rows.chunks_exact(d) {
            sum.fill(0.0);
            for (&x, line) in row.iter().zip(self.matrix.chunks_exact(d)) {
                for (cell, &r) in sum.iter_mut().zip(line) {
                    *cell += f64::from(x) * f64::from(r);
                }
            }
            out.extend(sum.iter().map(|&s| s as f32));
        }
        Ok(out)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// One-sided Jacobi (Hestenes 1958): turns pairs of columns of `a` until all are orthogonal, so that they
/// are U S; the columns of V.
fn jacobi(a: &mut [f64], d: usize) -> Vec<f64> {
    let mut v = vec![0f64; d * d];
    (0..d).for_each(|i| v[i * d + i] = 1.0);
    for _ in 0..SWEEPS {
        let mut turned = false;
        for p in 0..d {
            for q in p + 1..d {
                let (x, y) = pair(a, p, q, d);
                let (alpha, beta, gamma) = (dot(x, x), dot(y, y), dot(x, y));
                if gamma.abs() <= f64::EPSILON * (alpha * beta).sqrt() {
                    continue;
                }
                turned = true;
                let zeta = (beta - alpha) / (2.0 * gamma);
                let t = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                let c = 1.0 / (1.0 + t * t).sqrt();
                turn(x, y, c, c * t);
                let (x, y) = pair(&mut v, p, q, d);
                turn(x, y, c, c * t);
            }
        }
        if !turned {
            break;
        }
    }
    v
}

fn pair(a: &mut [f64], p: usize, q: usize, d: usize) -> (&mut [f64], &mut [f64]) {
    let (left, right) = a.split_at_mut(q * d);
    (&mut left[p * d..(p + 1) * d], &mut right[..d])
}

fn turn(x: &mut [f64], y: &mut [f64], c: f64, s: f64) {
    for (x, y) in x.iter_mut().zip(y) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

/// Columns to unit length; those of no length become unit vectors orthogonal to all others.
fn complete(a: &mut [f64], d: usize) {
    let length: Vec<f64> = a
        .chunks_exact(d)
        .map(|column| dot(column, column).sqrt())
        .collect();
    let least = length.iter().fold(0.0, |m: f64, &l| m.max(l)) * d as f64 * f64::EPSILON;
    let mut done: Vec<usize> = (0..d).filter(|&k| length[k] > least).collect();
    for &k in &done {
        a[k * d..(k + 1) * d]
            .iter_mut()
            .for_each(|x| *x /= length[k]);
    }
    let mut next = 0;
    for k in (0..d).filter(|&k| length[k] <= least) {
        loop {
            let mut column = vec![0f64; d];
            column[next] = 1.0;
            next += 1;
            for _ in 0..2 {
                for &other in &done {
                    let other = &a[other * d..(other + 1) * d];
                    let along = dot(&column, other);
                    column
                        .iter_mut()
                        .zip(other)
                        .for_each(|(x, o)| *x -= along * o);
                }
            }
            let rest = dot(&column, &column).sqrt();
            if rest * (d as f64).sqrt() > 0.1 || next == d {
                column.iter_mut().for_each(|x| *x /= rest);
                a[k * d..(k + 1) * d].copy_from_slice(&column);
                done.push(k);
                break;
            }
        }
    }
}
