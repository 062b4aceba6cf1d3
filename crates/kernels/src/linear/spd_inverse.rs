//! The inverse of a symmetric positive definite matrix in double precision, in place.

use crate::error::{KernelError, Result};
use rayon::prelude::*;

/// Rows of a block, and the multiple that matrices are padded to.
const BLOCK: usize = 64;
/// A tile of the update that stays in registers.
const ROWS: usize = 4;
const COLUMNS: usize = 16;

/// A symmetric matrix, row-major; `width` is `size` rounded up to whole blocks, and the padding is
/// that of an identity matrix.
pub struct Symmetric {
    pub size: usize,
    pub width: usize,
    pub values: Vec<f64>,
}

impl Symmetric {
    /// The identity matrix times `diagonal`.
    pub fn scaled_identity(size: usize, diagonal: f64) -> Self {
        let width = size.next_multiple_of(BLOCK);
        let mut values = vec![0.0; width * width];
        for i in 0..width {
            values[i * width + i] = if i < size { diagonal } else { 1.0 };
        }
        Self {
            size,
            width,
            values,
        }
    }

    /// Bytes that a matrix of `size` rows takes.
    pub fn bytes(size: usize) -> usize {
        let width = size.next_multiple_of(BLOCK);
        8 * width * width
    }

    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.width..i * self.width + self.size]
    }

    /// Replaces the matrix by its inverse. Only the lower triangle is read. Blocks of pivots are swept
    /// one after the other (Goodnight 1979: A_kk -> -A_kk^-1, A_ik -> A_ik A_kk^-1,
    /// A_ij -> A_ij - A_ik A_kk^-1 A_kj), which keeps the matrix symmetric and ends at minus the
    /// inverse: as many operations as a Cholesky factor and its inverse, in one kind of update. The
    /// order of every sum is fixed, so threads and instruction sets change no bit. A matrix that is not
    /// positive definite: `source.not_definite`.
    pub fn invert(&mut self) -> Result<()> {
        let n = self.width;
        let mut panel = vec![0.0; n * BLOCK];
        let mut swept = vec![0.0; n * BLOCK];
        for first in (0..n).step_by(BLOCK) {
            let mut pivot = [[0.0; BLOCK]; BLOCK];
            for (r, row) in pivot.iter_mut().enumerate() {
                for (c, value) in row.iter_mut().enumerate() {
                    let (low, high) = (r.min(c), r.max(c));
                    *value = self.values[(first + high) * n + first + low];
                }
            }
            invert_pivot(&mut pivot)?;
            self.take_panel(first, &mut panel);
            times(&panel, &pivot, &mut swept);
            let columns = packed_columns(&panel, n);
            self.update(first, &swept, &columns);
            self.put_panel(first, &swept, &pivot);
        }
        self.mirror_negated();
        Ok(())
    }

    /// Columns `first..first + BLOCK` of every row, zero for the rows of the block itself.
    fn take_panel(&self, first: usize, panel: &mut [f64]) {
        let n = self.width;
        for (i, row) in panel.chunks_exact_mut(BLOCK).enumerate() {
            for (c, value) in row.iter_mut().enumerate() {
                *value = if i >= first + BLOCK {
                    self.values[i * n + first + c]
                } else if i < first {
                    self.values[(first + c) * n + i]
                } else {
                    0.0
                };
            }
        }
    }

    fn put_panel(&mut self, first: usize, swept: &[f64], pivot: &[[f64; BLOCK]; BLOCK]) {
        let n = self.width;
        for (i, row) in swept.chunks_exact(BLOCK).enumerate() {
            for (c, &value) in row.iter().enumerate() {
                if i >= first + BLOCK {
                    self.values[i * n + first + c] = value;
                } else if i < first {
                    self.values[(first + c) * n + i] = value;
                } else if c <= i - first {
                    self.values[i * n + first + c] = -pivot[i - first][c];
                }
            }
        }
    }

    /// Subtracts swept x panel^T from the lower triangle; rows and columns of the block itself keep
    /// their values, since the panel is zero there.
    fn update(&mut self, first: usize, swept: &[f64], columns: &[f64]) {
        let n = self.width;
        self.values
            .par_chunks_mut(n * BLOCK)
            .zip(swept.par_chunks(BLOCK * BLOCK))
            .enumerate()
            .for_each(|(band, (rows, left))| {
                if band * BLOCK != first {
                    update_band(rows, n, left, columns, (band + 1) * BLOCK);
                }
            });
    }

    fn mirror_negated(&mut self) {
        let n = self.width;
        for top in (0..n).step_by(BLOCK) {
            for left in (0..=top).step_by(BLOCK) {
                for i in top..top + BLOCK {
                    for j in left..(left + BLOCK).min(i + 1) {
                        let value = -self.values[i * n + j];
                        self.values[i * n + j] = value;
                        self.values[j * n + i] = value;
                    }
                }
            }
        }
    }
}

/// Gauss-Jordan without exchanges; every pivot of a positive definite matrix is positive.
fn invert_pivot(a: &mut [[f64; BLOCK]; BLOCK]) -> Result<()> {
    for k in 0..BLOCK {
        let pivot = a[k][k];
        if pivot <= 0.0 || !pivot.is_finite() {
            return Err(KernelError::new(
                "source.not_definite",
                "the item-item system is not positive definite; a larger lambda makes it so",
            ));
        }
        let inverse = 1.0 / pivot;
        let mut own = a[k];
        own[k] = 1.0;
        own.iter_mut().for_each(|value| *value *= inverse);
        for (i, row) in a.iter_mut().enumerate() {
            if i == k {
                *row = own;
                continue;
            }
            let factor = row[k];
            row[k] = 0.0;
            for (value, &x) in row.iter_mut().zip(&own) {
                *value -= factor * x;
            }
        }
    }
    Ok(())
}

fn times(panel: &[f64], pivot: &[[f64; BLOCK]; BLOCK], out: &mut [f64]) {
    out.par_chunks_mut(BLOCK)
        .zip(panel.par_chunks(BLOCK))
        .for_each(|(out, row)| {
            out.fill(0.0);
            for (&x, line) in row.iter().zip(pivot) {
                for (value, &y) in out.iter_mut().zip(line) {
                    *value += x * y;
                }
            }
        });
}

/// The panel transposed, in tiles of `COLUMNS` rows of the matrix: tile after tile, BLOCK x COLUMNS.
fn packed_columns(panel: &[f64], n: usize) -> Vec<f64> {
    let mut packed = vec![0.0; n * BLOCK];
    packed
        .par_chunks_mut(BLOCK * COLUMNS)
        .enumerate()
        .for_each(|(tile, out)| {
            for j in 0..COLUMNS {
                let row = &panel[(tile * COLUMNS + j) * BLOCK..][..BLOCK];
                for (c, &value) in row.iter().enumerate() {
                    out[c * COLUMNS + j] = value;
                }
            }
        });
    packed
}

fn update_band(rows: &mut [f64], n: usize, left: &[f64], columns: &[f64], end: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has AVX-512 F.
            return unsafe { update_band_avx512(rows, n, left, columns, end) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { update_band_avx2(rows, n, left, columns, end) };
        }
    }
    update_band_portable(rows, n, left, columns, end);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn update_band_avx512(rows: &mut [f64], n: usize, left: &[f64], columns: &[f64], end: usize) {
    update_band_portable(rows, n, left, columns, end);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn update_band_avx2(rows: &mut [f64], n: usize, left: &[f64], columns: &[f64], end: usize) {
    update_band_portable(rows, n, left, columns, end);
}

/// BLOCK rows from column 0 to `end`. Products and sums stay apart (no fused operations), so that
/// every instruction set gives the same bits.
#[inline(always)]
fn update_band_portable(rows: &mut [f64], n: usize, left: &[f64], columns: &[f64], end: usize) {
    for (tile, right) in columns.chunks_exact(BLOCK * COLUMNS).enumerate() {
        let from = tile * COLUMNS;
        if from >= end {
            break;
        }
        for top in (0..BLOCK).step_by(ROWS) {
            let mut sum = [[0.0f64; COLUMNS]; ROWS];
            for (c, line) in right.chunks_exact(COLUMNS).enumerate() {
                for (r, sums) in sum.iter_mut().enumerate() {
                    let x = left[(top + r) * BLOCK + c];
                    for j in 0..COLUMNS {
                        sums[j] += x * line[j];
                    }
                }
            }
            for (r, sums) in sum.iter().enumerate() {
                let out = &mut rows[(top + r) * n + from..][..COLUMNS];
                for j in 0..COLUMNS {
                    out[j] -= sums[j];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::uniform_at;

    #[test]
    fn the_inverse_times_the_matrix_is_the_identity() {
        for size in [1, 5, 64, 65, 150] {
            let x = |i: usize, j: usize| uniform_at(&[i as u32, j as u32]) - 0.5;
            let mut a = Symmetric::scaled_identity(size, 2.0);
            let entry = |i: usize, j: usize| -> f64 {
                let sum: f64 = (0..8).map(|c| x(i, c) * x(j, c)).sum();
                sum + if i == j { 2.0 } else { 0.0 }
            };
            let full: Vec<Vec<f64>> = (0..size)
                .map(|i| (0..size).map(|j| entry(i, j)).collect())
                .collect();
            for (i, row) in full.iter().enumerate() {
                let from = i * a.width;
                a.values[from..=from + i].copy_from_slice(&row[..=i]);
            }
            a.invert().unwrap();
            for (i, row) in full.iter().enumerate() {
                for j in 0..size {
                    let sum: f64 = (0..size).map(|c| row[c] * a.row(c)[j]).sum();
                    assert!((sum - f64::from(u8::from(i == j))).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn instruction_sets_give_the_same_bits() {
        let value = |i: usize| uniform_at(&[i as u32]) - 0.5;
        let left: Vec<f64> = (0..BLOCK * BLOCK).map(value).collect();
        let columns: Vec<f64> = (0..2 * BLOCK * BLOCK).map(value).collect();
        let (mut fast, mut plain) = (vec![1.0; BLOCK * 2 * BLOCK], vec![1.0; BLOCK * 2 * BLOCK]);
        update_band(&mut fast, 2 * BLOCK, &left, &columns, 2 * BLOCK);
        update_band_portable(&mut plain, 2 * BLOCK, &left, &columns, 2 * BLOCK);
        assert_eq!(fast, plain);
    }

    #[test]
    fn refuses_what_is_not_definite() {
        let error = Symmetric::scaled_identity(3, -1.0).invert().unwrap_err();
        assert_eq!(error.code, "source.not_definite");
    }
}
