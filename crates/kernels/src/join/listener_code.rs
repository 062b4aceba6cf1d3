//! Listeners as integers, coarse for scanning and fine for ranking, and what the coarse ones can miss.
//!
//! Codes are `x`, |x_i| <= 127, |x| <= `norm`. Coarse listeners `q` keep two bounds, so that AVX2's
//! saturating `maddubs` never saturates and 16-bit sums that wrap come out right: a pair of products
//! (x + 127) q is at most 4 * 127 * 64 = 32512, and |x| |q| <= 32767 bounds the inner product
//! (Cauchy-Schwarz). Fine listeners `f` have 16 bits and sums of 32.
//!
//! Let f = g q + e with e across q. Then f x = g (q x) + e x, and of x only the part across q counts:
//! |e x| <= |e| sqrt(|x|^2 - (q x)^2 / |q|^2). So a floor under coarse scores is known below which no
//! fine score reaches a given one, and scanning coarsely loses nothing.

use super::scorer::Scorer;
use crate::error::{KernelError, Result};

const LARGEST: f64 = 32_767.0;
/// Largest |q_i|.
const MOST: f64 = 64.0;
/// About the bound of a fine score; rounding adds less than what is left to 2^30.
const LARGEST_FINE: f64 = 1_073_000_000.0;

/// Turns listeners' vectors to the items' codes.
pub struct ListenerCode {
    dimensions: usize,
    turn: Scorer,
    /// Length of the longest code, at least 1.
    norm: f64,
}

/// What is known of a rounded listener besides its integers.
#[derive(Debug, Clone, Copy)]
pub struct Rounded {
    /// A fine score is this times the inner product of vectors.
    pub scale: f64,
    /// g.
    ratio: f64,
    /// |e|, a little more.
    error: f64,
    /// 1 / |q|^2; 0 for zeros.
    inverse: f64,
}

impl Rounded {
    /// About the coarse score of a fine one, and the other way round.
    pub fn coarse(&self, fine: i32) -> i32 {
        if self.ratio > 0.0 {
            (f64::from(fine) / self.ratio) as i32
        } else {
            0
        }
    }

    pub fn fine(&self, coarse: i32) -> i32 {
        (f64::from(coarse) * self.ratio) as i32
    }
}

impl ListenerCode {
    /// `turn`: row-major, dimensions x dimensions.
    pub fn new(turn: &[f32], dimensions: usize, norm: f64) -> Self {
        Self {
            dimensions,
            turn: Scorer::new(turn, dimensions),
            norm,
        }
    }

    /// Rounds a listener's vector to `coarse` and `fine`, which are as long. A zero vector has scale 1.
    /// An error where it is not finite.
    pub fn round(&self, vector: &[f32], coarse: &mut [i8], fine: &mut [i16]) -> Result<Rounded> {
        let mut turned = vec![0f32; self.dimensions];
        self.turn.scores(vector, &mut turned);
        let (mut squares, mut peak) = (0f64, 0f64);
        for &t in &turned {
            let t = f64::from(t);
            squares += t * t;
            peak = peak.max(t.abs());
        }
        if !squares.is_finite() {
            return Err(KernelError::new(
                "kernel.shape",
                "a listener's vector is not finite",
            ));
        }
        let length = squares.sqrt();
        let room = LARGEST / self.norm - (self.dimensions as f64).sqrt() / 2.0;
        let (small, scale) = if squares > 0.0 {
            (
                (MOST / peak).min(room / length),
                (LARGEST / peak).min(LARGEST_FINE / (self.norm * length)),
            )
        } else {
            (1.0, 1.0)
        };
        let (mut product, mut own) = (0f64, 0f64);
        for ((&t, q), f) in turned.iter().zip(coarse.iter_mut()).zip(fine.iter_mut()) {
            let t = f64::from(t);
            *q = nearest(t * small, MOST) as i8;
            *f = nearest(t * scale, LARGEST) as i16;
            product += f64::from(*q) * f64::from(*f);
            own += f64::from(*q) * f64::from(*q);
        }
        let ratio = if own > 0.0 { product / own } else { 0.0 };
        let errors = coarse
            .iter()
            .zip(fine.iter())
            .map(|(&q, &f)| f64::from(f) - ratio * f64::from(q));
        let error: f64 = errors.map(|e| e * e).sum();
        Ok(Rounded {
            scale,
            ratio,
            error: error.sqrt() * (1.0 + 1e-9) + 1e-6,
            inverse: if own > 0.0 { 1.0 / own } else { 0.0 },
        })
    }

    /// A coarse score such that no item at or below it has a fine score of `fine` or more; everything
    /// passes -32768.
    pub fn floor(&self, rounded: &Rounded, fine: i32) -> i16 {
        let fine = f64::from(fine);
        let Rounded {
            ratio,
            error,
            inverse,
            ..
        } = *rounded;
        if ratio <= 0.0 {
            return i16::MIN;
        }
        // Each estimate is below the true one, at which ratio * score + error * across(score) = fine.
        let mut score = (fine - error * self.norm) / ratio;
        for _ in 0..3 {
            if score <= 0.0 {
                break;
            }
            let across = (self.norm * self.norm - score * score * inverse).max(0.0);
            score = (fine - error * across.sqrt()) / ratio;
        }
        ((score - 1.0).floor() - 1.0).clamp(f64::from(i16::MIN), LARGEST - 1.0) as i16
    }
}

/// Halves go up, as JavaScript's `Math.round` does.
fn nearest(value: f64, most: f64) -> i32 {
    (value + 0.5).floor().clamp(-most, most) as i32
}

/// The start of a listener's coarse sums: takes back what the items' offset adds.
pub fn start(coarse: &[i8]) -> i16 {
    let sum: i32 = coarse.iter().map(|&q| i32::from(q)).sum();
    (-super::item_code::OFFSET * sum) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Codes and vectors of several shapes, also long in a few dimensions.
    fn each(mut check: impl FnMut(&ListenerCode, &[i8], &[f32])) {
        let mut rng = Rng::new(&[1]);
        for d in [1, 2, 13, 64, 200, 1024] {
            for power in [1, 3, 9] {
                let mut draw = || {
                    let row: Vec<f64> = (0..d)
                        .map(|_| (rng.uniform() * 2.0 - 1.0).powi(power))
                        .collect();
                    let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt();
                    row.iter().map(|x| x / norm).collect::<Vec<f64>>()
                };
                let most = (256.0 / (d as f64).sqrt()).min(127.0);
                let codes: Vec<i8> = (0..40)
                    .flat_map(|_| draw())
                    .map(|x| (x * 256.0).clamp(-most, most) as i8)
                    .collect();
                let mut unit = vec![0f32; d * d];
                for i in 0..d {
                    unit[i * d + i] = 1.0;
                }
                let code = ListenerCode::new(&unit, d, 256.0);
                for _ in 0..6 {
                    let vector: Vec<f32> = draw().iter().map(|&x| x as f32).collect();
                    check(&code, &codes, &vector);
                }
            }
        }
    }

    fn product(row: &[i8], query: impl Iterator<Item = i32>) -> i32 {
        row.iter().zip(query).map(|(&x, q)| i32::from(x) * q).sum()
    }

    #[test]
    fn nothing_at_or_below_a_floor_reaches_its_fine_score() {
        each(|code, codes, vector| {
            let d = vector.len();
            let (mut coarse, mut fine) = (vec![0i8; d], vec![0i16; d]);
            let rounded = code.round(vector, &mut coarse, &mut fine).unwrap();
            let scores: Vec<(i32, i32)> = codes
                .chunks_exact(d)
                .map(|row| {
                    let coarse = product(row, coarse.iter().map(|&q| i32::from(q)));
                    (coarse, product(row, fine.iter().map(|&f| i32::from(f))))
                })
                .collect();
            for &(_, wanted) in &scores {
                let floor = i32::from(code.floor(&rounded, wanted));
                for &(coarse, fine) in &scores {
                    assert!(coarse > floor || fine < wanted, "{d} dimensions");
                }
            }
        });
    }

    #[test]
    fn keeps_both_bounds_for_any_vectors() {
        each(|code, _, vector| {
            let (mut coarse, mut fine) = (vec![0i8; vector.len()], vec![0i16; vector.len()]);
            code.round(vector, &mut coarse, &mut fine).unwrap();
            let squares: i32 = coarse.iter().map(|&q| i32::from(q) * i32::from(q)).sum();
            assert!(f64::from(squares).sqrt() * 256.0 <= LARGEST);
            assert!(coarse.iter().all(|&q| f64::from(q).abs() <= MOST));
            let squares: f64 = fine.iter().map(|&f| f64::from(f) * f64::from(f)).sum();
            assert!(squares.sqrt() * 256.0 < f64::from(1 << 30));
        });
    }

    #[test]
    fn refuses_vectors_that_are_not_finite() {
        let code = ListenerCode::new(&[1.0], 1, 1.0);
        let round = |x: f32| code.round(&[x], &mut [0], &mut [0]).map(|r| r.scale);
        assert!(round(f32::NAN).is_err());
        assert!(round(f32::INFINITY).is_err());
        assert_eq!(round(0.0), Ok(1.0));
    }
}
