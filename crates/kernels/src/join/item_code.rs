//! Items as bytes: turned, scaled by dimension, rounded so that little is lost along the item.

use super::rotation::rotation;
use super::scorer::Scorer;
use rayon::prelude::*;

/// Largest |x_i| of a code; what kernels that need unsigned items add.
pub const OFFSET: i32 = 127;
/// Longest code to aim at: longer ones would leave the listeners too few bits.
const LONGEST: f64 = 256.0;
/// Times that a component is rounded the other way.
const FLIPS: usize = 6;
/// How much more an error along the item weighs than one across: for listeners at a cosine of about .6,
/// in 64 dimensions (score-aware quantisation, Guo et al. 2020).
const ALONG: f32 = 32.0;

/// How the items of an index are coded.
pub struct ItemCode {
    dimensions: usize,
    turn: Vec<f64>,
    turned: Scorer,
    /// Per dimension of the code.
    scale: Vec<f64>,
}

impl ItemCode {
    /// Fits the scales to the rows, each `dimensions` long.
    pub fn fit<'a>(
        dimensions: usize,
        seed: u32,
        rows: impl IndexedParallelIterator<Item = &'a [f32]>,
    ) -> Self {
        let turn = rotation(dimensions, seed);
        let single: Vec<f32> = turn.iter().map(|&x| x as f32).collect();
        let turned = Scorer::new(&single, dimensions);
        let none = || (vec![0f32; dimensions], 0f32);
        let (peaks, longest) = rows
            .with_min_len(1024)
            .fold(none, |(mut peaks, longest), row| {
                let mut out = vec![0f32; dimensions];
                turned.scores(row, &mut out);
                for (peak, y) in peaks.iter_mut().zip(&out) {
                    *peak = peak.max(y.abs());
                }
                let squares: f32 = out.iter().map(|y| y * y).sum();
                (peaks, longest.max(squares.sqrt()))
            })
            .reduce(none, |(mut a, x), (b, y)| {
                for (a, b) in a.iter_mut().zip(b) {
                    *a = a.max(b);
                }
                (a, x.max(y))
            });
        let most = LONGEST / f64::from(longest.max(1e-6));
        let scale = peaks
            .iter()
            .map(|&peak| (f64::from(OFFSET) / f64::from(peak.max(1e-6))).min(most))
            .collect();
        Self {
            dimensions,
            turn,
            turned,
            scale,
        }
    }

    /// The matrix, row-major, whose product with a listener's vector has with an item's code about the
    /// inner product of the two vectors.
    pub fn for_listeners(&self) -> Vec<f32> {
        self.turn
            .chunks_exact(self.dimensions)
            .zip(&self.scale)
            .flat_map(|(row, scale)| row.iter().map(move |x| (x / scale) as f32))
            .collect()
    }

    /// Codes one row and returns the code's squared length.
    pub fn code(&self, row: &[f32], out: &mut [i8]) -> i32 {
        let mut turned = vec![0f32; self.dimensions];
        self.turned.scores(row, &mut turned);
        let mut error = vec![0f32; self.dimensions];
        for (i, o) in out.iter_mut().enumerate() {
            let scale = self.scale[i];
            let value = f64::from(turned[i]) * scale;
            let rounded = (value + 0.5)
                .floor()
                .clamp(f64::from(-OFFSET), f64::from(OFFSET));
            *o = rounded as i8;
            error[i] = ((rounded - value) / scale) as f32;
        }
        self.straighten(&turned, &mut error, out);
        out.iter().map(|&x| i32::from(x) * i32::from(x)).sum()
    }

    /// Rounds some components the other way, the most useful first, while the error along the item
    /// shrinks by more than the whole grows.
    fn straighten(&self, turned: &[f32], error: &mut [f32], out: &mut [i8]) {
        let squares: f32 = turned.iter().map(|y| y * y).sum();
        if squares < 1e-12 {
            return;
        }
        let mut along: f32 = error.iter().zip(turned).map(|(e, y)| e * y).sum();
        let weight = ALONG / squares;
        for _ in 0..FLIPS {
            let mut best = (0f32, 0usize, 0f32);
            for (i, (&e, &y)) in error.iter().zip(turned).enumerate() {
                let step = (1.0 / self.scale[i]) as f32;
                let step = if e > 0.0 { -step } else { step };
                let after = along + step * y;
                let whole = (e + step) * (e + step) - e * e;
                let gain = weight * (along * along - after * after) - whole;
                let room = step.is_sign_negative() || i32::from(out[i]) < OFFSET;
                let room = room && (step.is_sign_positive() || i32::from(out[i]) > -OFFSET);
                if room && gain > best.0 {
                    best = (gain, i, step);
                }
            }
            let (gain, i, step) = best;
            if gain <= 0.0 {
                break;
            }
            out[i] += if step > 0.0 { 1 } else { -1 };
            error[i] += step;
            along += step * turned[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn codes_keep_inner_products_best_near_the_item() {
        let (d, mut rng) = (32, Rng::new(&[3]));
        let mut unit = || {
            let row: Vec<f32> = (0..d).map(|_| rng.uniform() as f32 - 0.5).collect();
            let norm = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            row.iter().map(|x| x / norm).collect::<Vec<f32>>()
        };
        let rows: Vec<Vec<f32>> = (0..200).map(|_| unit()).collect();
        let code = ItemCode::fit(d, 1, rows.par_iter().map(Vec::as_slice));
        let matrix = Scorer::new(&code.for_listeners(), d);
        let mut small = vec![0i8; d];
        let mut turned = vec![0f32; d];
        let (mut own, mut others) = (0f32, 0f32);
        for row in &rows {
            code.code(row, &mut small);
            for (other, worst) in [(row, &mut own), (&rows[0], &mut others)] {
                matrix.scores(other, &mut turned);
                let found: f32 = small
                    .iter()
                    .zip(&turned)
                    .map(|(&x, t)| f32::from(x) * t)
                    .sum();
                let exact: f32 = row.iter().zip(other).map(|(x, y)| x * y).sum();
                *worst = worst.max((found - exact).abs());
            }
        }
        assert!(own < 0.002 && others < 0.02, "{own} {others}");
    }

    #[test]
    fn zero_rows_have_zero_codes() {
        let code = ItemCode::fit(4, 1, [[0f32; 4]].par_iter().map(|r| &r[..]));
        let mut out = [1i8; 4];
        assert_eq!((code.code(&[0.0; 4], &mut out), out), (0, [0; 4]));
    }
}
