//! One row of implicit ALS: the factors of a listener (or a track) given those of the other side.

use crate::linear::column_ease::dot;

/// Working memory of one thread.
pub struct Solver {
    residual: Vec<f64>,
    direction: Vec<f64>,
    image: Vec<f64>,
    row: Vec<f64>,
    /// The solution of the last call.
    pub x: Vec<f64>,
}

/// The other side: its factors (rows x dimensions) and their Gram matrix.
pub struct Side<'a> {
    pub factors: &'a [f32],
    pub gram: &'a [f64],
    pub dimensions: usize,
}

impl Solver {
    pub fn new(dimensions: usize) -> Self {
        let zeros = || vec![0.0; dimensions];
        Self {
            residual: zeros(),
            direction: zeros(),
            image: zeros(),
            row: zeros(),
            x: zeros(),
        }
    }

    /// Moves `self.x` towards the solution of
    /// (Y^T Y + alpha * sum over `items` of y y^T + regularization I) x = (1 + alpha) * sum of y
    /// (Hu, Koren and Volinsky 2008, every interaction once) by at most `steps` of conjugate gradients
    /// (Takacs, Pilaszy and Tikk 2011), from where it stands. No items: zeros.
    pub fn solve(
        &mut self,
        side: &Side<'_>,
        items: &[u32],
        alpha: f64,
        regularization: f64,
        steps: usize,
    ) {
        if items.is_empty() {
            self.x.fill(0.0);
            return;
        }
        let x = std::mem::take(&mut self.x);
        self.apply(side, items, alpha, regularization, &x);
        self.x = x;
        for (r, &image) in self.residual.iter_mut().zip(&self.image) {
            *r = -image;
        }
        for &i in items {
            load(side, i, &mut self.row);
            for (r, &y) in self.residual.iter_mut().zip(&self.row) {
                *r += (1.0 + alpha) * y;
            }
        }
        self.direction.copy_from_slice(&self.residual);
        let mut norm = dot(&self.residual, &self.residual);
        for _ in 0..steps {
            if norm < 1e-20 {
                break;
            }
            let direction = std::mem::take(&mut self.direction);
            self.apply(side, items, alpha, regularization, &direction);
            self.direction = direction;
            let step = norm / dot(&self.direction, &self.image);
            for d in 0..side.dimensions {
                self.x[d] += step * self.direction[d];
                self.residual[d] -= step * self.image[d];
            }
            let next = dot(&self.residual, &self.residual);
            let turn = next / norm;
            for (p, &r) in self.direction.iter_mut().zip(&self.residual) {
                *p = r + turn * *p;
            }
            norm = next;
        }
    }

    /// `self.image` = the matrix of the system times `x`.
    fn apply(
        &mut self,
        side: &Side<'_>,
        items: &[u32],
        alpha: f64,
        regularization: f64,
        x: &[f64],
    ) {
        let d = side.dimensions;
        for (row, (out, &own)) in side.gram.chunks_exact(d).zip(self.image.iter_mut().zip(x)) {
            *out = dot(row, x) + regularization * own;
        }
        for &i in items {
            load(side, i, &mut self.row);
            let weight = alpha * dot(&self.row, x);
            for (out, &y) in self.image.iter_mut().zip(&self.row) {
                *out += weight * y;
            }
        }
    }
}

fn load(side: &Side<'_>, item: u32, row: &mut [f64]) {
    let from = item as usize * side.dimensions;
    let factors = &side.factors[from..from + side.dimensions];
    for (out, &y) in row.iter_mut().zip(factors) {
        *out = f64::from(y);
    }
}
