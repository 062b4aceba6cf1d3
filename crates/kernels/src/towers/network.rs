//! One tower: x = [dense | bags] -> linear -> ReLU -> linear, plus linear skips of dense blocks, scaled to
//! length 1. The backward pass is written by hand.

use super::gemm::{Simd, Strided, multiply_add, transpose};
use super::input::{InputShape, Rows};
use super::params::TowerParams;
use crate::rng::Rng;

/// Parameters of a tower; matrices are row-major with one row per input.
#[derive(Clone, Debug, PartialEq)]
pub struct Tower {
    pub shape: InputShape,
    pub hidden: usize,
    pub dimensions: usize,
    /// columns x hidden, and hidden.
    pub w1: Vec<f32>,
    pub b1: Vec<f32>,
    /// hidden x dimensions, and dimensions.
    pub w2: Vec<f32>,
    pub b2: Vec<f32>,
    /// Per skip, width x dimensions.
    pub skips: Vec<Vec<f32>>,
    /// Per bag, tableRows x dim.
    pub tables: Vec<Vec<f32>>,
}

/// Gradient of a table: distinct rows in order of first use, and their values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SparseRows {
    pub rows: Vec<u32>,
    pub values: Vec<f32>,
}

/// Gradients of a tower: dense ones in the order of [`Tower::dense_mut`], then one per table.
#[derive(Clone, Debug, Default)]
pub struct Gradients {
    pub dense: Vec<Vec<f32>>,
    pub tables: Vec<SparseRows>,
}

/// What the backward pass needs of the forward pass of `n` rows.
pub struct Activations {
    x: Vec<f32>,
    h: Vec<f32>,
    norm: Vec<f32>,
    /// n x dimensions; a row is of length 1, or zero where the tower's output was zero.
    pub unit: Vec<f32>,
}

impl Tower {
    /// He-uniform hidden layer, biases 0, skips `scale` times the identity; the rest as
    /// [`TowerParams`] says. `salt` keeps the two towers apart.
    pub fn new(shape: &InputShape, params: &TowerParams, salt: u32) -> Self {
        let (hidden, dimensions, columns) = (params.hidden, params.dimensions, shape.columns());
        let even = |part: u32, n: usize, scale: f64| -> Vec<f32> {
            let mut rng = Rng::new(&[params.seed, salt, part]);
            (0..n)
                .map(|_| ((rng.uniform() * 2.0 - 1.0) * scale) as f32)
                .collect()
        };
        let skip = |s: &super::input::Skip| {
            let mut matrix = vec![0f32; s.width * dimensions];
            for i in 0..s.width.min(dimensions) {
                matrix[i * dimensions + i] = s.scale as f32;
            }
            matrix
        };
        Self {
            shape: shape.clone(),
            hidden,
            dimensions,
            w1: even(0, columns * hidden, (6.0 / columns as f64).sqrt()),
            b1: vec![0.0; hidden],
            w2: even(
                1,
                hidden * dimensions,
                params.output_scale / (hidden as f64).sqrt(),
            ),
            b2: vec![0.0; dimensions],
            skips: shape.skips.iter().map(skip).collect(),
            tables: (2..)
                .zip(&shape.bags)
                .map(|(part, bag)| even(part, bag.table_rows * bag.dim, params.table_scale))
                .collect(),
        }
    }

    /// Numbers that a tower of this shape holds; None where they cannot be counted.
    pub fn parameters(shape: &InputShape, params: &TowerParams) -> Option<usize> {
        let (hidden, dimensions) = (params.hidden, params.dimensions);
        let layer = |inputs: usize, outputs: usize| inputs.checked_mul(outputs);
        let skips = shape.skips.iter().map(|s| layer(s.width, dimensions));
        let tables = shape.bags.iter().map(|b| layer(b.table_rows, b.dim));
        [
            layer(shape.columns(), hidden),
            layer(hidden, dimensions),
            hidden.checked_add(dimensions),
        ]
        .into_iter()
        .chain(skips)
        .chain(tables)
        .try_fold(0usize, |sum, n| sum.checked_add(n?))
    }

    /// The dense parameters: w1, b1, w2, b2, skips.
    pub fn dense_mut(&mut self) -> Vec<&mut Vec<f32>> {
        let mut all = vec![&mut self.w1, &mut self.b1, &mut self.w2, &mut self.b2];
        all.extend(self.skips.iter_mut());
        all
    }

    /// All parameters: w1, b1, w2, b2, skips, tables.
    pub fn all(&self) -> Vec<&[f32]> {
        let mut all: Vec<&[f32]> = vec![&self.w1, &self.b1, &self.w2, &self.b2];
        all.extend(self.skips.iter().chain(&self.tables).map(Vec::as_slice));
        all
    }

    /// Encodes the chosen rows; `dropped` says which of them lose their dropout block.
    pub fn forward(
        &self,
        simd: Simd,
        rows: &Rows,
        chosen: &[u32],
        dropped: impl Fn(u32) -> bool,
    ) -> Activations {
        let (columns, d, n) = (self.shape.columns(), self.dimensions, chosen.len());
        let mut x = vec![0f32; n * columns];
        for (&row, x) in chosen.iter().zip(x.chunks_exact_mut(columns)) {
            self.read(rows, row, dropped(row), x);
        }
        let mut h = repeat(&self.b1, n);
        multiply_add(
            simd,
            Strided::rows(&x, columns),
            &self.w1,
            &mut h,
            columns,
            self.hidden,
        );
        for value in &mut h {
            *value = if *value > 0.0 { *value } else { 0.0 };
        }
        let mut unit = repeat(&self.b2, n);
        multiply_add(
            simd,
            Strided::rows(&h, self.hidden),
            &self.w2,
            &mut unit,
            self.hidden,
            d,
        );
        for (skip, matrix) in self.shape.skips.iter().zip(&self.skips) {
            if n > 0 {
                let block = Strided::rows(&x[skip.from..], columns);
                multiply_add(simd, block, matrix, &mut unit, skip.width, d);
            }
        }
        let mut norm = Vec::with_capacity(n);
        for row in unit.chunks_exact_mut(d) {
            let length = dot(row, row).sqrt();
            norm.push(length);
            if length > 0.0 {
                row.iter_mut().for_each(|value| *value /= length);
            }
        }
        Activations { x, h, norm, unit }
    }

    /// Gradients of the parameters from those of the unit rows; `gradient` is used up. A row whose
    /// output was zero passes nothing on.
    pub fn backward(
        &self,
        simd: Simd,
        rows: &Rows,
        chosen: &[u32],
        forward: &Activations,
        mut gradient: Vec<f32>,
    ) -> Gradients {
        let (columns, hidden, d) = (self.shape.columns(), self.hidden, self.dimensions);
        let n = chosen.len();
        for ((g, e), &norm) in gradient
            .chunks_exact_mut(d)
            .zip(forward.unit.chunks_exact(d))
            .zip(&forward.norm)
        {
            let along = dot(g, e);
            for (g, e) in g.iter_mut().zip(e) {
                *g = if norm > 0.0 {
                    (*g - e * along) / norm
                } else {
                    0.0
                };
            }
        }
        let mut w2 = vec![0f32; hidden * d];
        multiply_add(
            simd,
            Strided::transposed(&forward.h, hidden),
            &gradient,
            &mut w2,
            n,
            d,
        );
        let mut skips = Vec::new();
        for skip in &self.shape.skips {
            let mut matrix = vec![0f32; skip.width * d];
            if n > 0 {
                let block = Strided::transposed(&forward.x[skip.from..], columns);
                multiply_add(simd, block, &gradient, &mut matrix, n, d);
            }
            skips.push(matrix);
        }
        let mut h = vec![0f32; n * hidden];
        let turned = transpose(&self.w2, d, hidden);
        multiply_add(
            simd,
            Strided::rows(&gradient, d),
            &turned,
            &mut h,
            d,
            hidden,
        );
        for (g, &value) in h.iter_mut().zip(&forward.h) {
            *g = if value > 0.0 { *g } else { 0.0 };
        }
        let mut w1 = vec![0f32; columns * hidden];
        multiply_add(
            simd,
            Strided::transposed(&forward.x, columns),
            &h,
            &mut w1,
            n,
            hidden,
        );
        let mut dense = vec![w1, sum_rows(&h, hidden), w2, sum_rows(&gradient, d)];
        dense.extend(skips);
        Gradients {
            dense,
            tables: self.table_gradients(simd, rows, chosen, &h),
        }
    }

    fn table_gradients(
        &self,
        simd: Simd,
        rows: &Rows,
        chosen: &[u32],
        h: &[f32],
    ) -> Vec<SparseRows> {
        let mut from = self.shape.width;
        let mut tables = Vec::new();
        for (shape, bag) in self.shape.bags.iter().zip(&rows.bags) {
            let weights = &self.w1[from * self.hidden..(from + shape.dim) * self.hidden];
            let turned = transpose(weights, self.hidden, shape.dim);
            let mut x = vec![0f32; chosen.len() * shape.dim];
            multiply_add(
                simd,
                Strided::rows(h, self.hidden),
                &turned,
                &mut x,
                self.hidden,
                shape.dim,
            );
            let mut sparse = SparseRows::default();
            let mut slot = std::collections::HashMap::new();
            for (&row, x) in chosen.iter().zip(x.chunks_exact(shape.dim)) {
                for at in bag.off[row as usize] as usize..bag.off[row as usize + 1] as usize {
                    let id = bag.id[at];
                    let place = *slot.entry(id).or_insert_with(|| {
                        sparse.rows.push(id);
                        sparse.values.resize(sparse.values.len() + shape.dim, 0.0);
                        sparse.rows.len() - 1
                    });
                    add_scaled(
                        &mut sparse.values[place * shape.dim..][..shape.dim],
                        bag.weight[at],
                        x,
                    );
                }
            }
            tables.push(sparse);
            from += shape.dim;
        }
        tables
    }

    fn read(&self, rows: &Rows, row: u32, dropped: bool, x: &mut [f32]) {
        let (r, width) = (row as usize, self.shape.width);
        x[..width].copy_from_slice(&rows.dense[r * width..(r + 1) * width]);
        if let (true, Some(block)) = (dropped, &self.shape.dropout) {
            x[block.from..block.from + block.width].fill(0.0);
            x[block.present] = 0.0;
        }
        let mut from = width;
        for ((shape, bag), table) in self.shape.bags.iter().zip(&rows.bags).zip(&self.tables) {
            let out = &mut x[from..from + shape.dim];
            for at in bag.off[r] as usize..bag.off[r + 1] as usize {
                let id = bag.id[at] as usize;
                add_scaled(out, bag.weight[at], &table[id * shape.dim..][..shape.dim]);
            }
            from += shape.dim;
        }
    }
}

fn repeat(row: &[f32], n: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(n * row.len());
    (0..n).for_each(|_| out.extend_from_slice(row));
    out
}

fn sum_rows(values: &[f32], width: usize) -> Vec<f32> {
    let mut sum = vec![0f32; width];
    for row in values.chunks_exact(width) {
        sum.iter_mut().zip(row).for_each(|(s, v)| *s += v);
    }
    sum
}

pub(super) fn add_scaled(out: &mut [f32], scale: f32, values: &[f32]) {
    out.iter_mut()
        .zip(values)
        .for_each(|(o, v)| *o += scale * v);
}

/// Eight partial sums by place modulo 8, added as a tree.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0f32; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    tree(lanes)
}

/// The sum of eight lanes: halves, quarters, eighths.
pub(super) fn tree(l: [f32; 8]) -> f32 {
    ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]))
}
