//! Vectors as small integers whose inner products fit 16 bits.
//!
//! Items are `x`, |x_i| <= `offset`; listeners `q`, |q_i| <= `Items::most()`. Two bounds hold, so that
//! AVX2's saturating `maddubs` never saturates and 16-bit sums that wrap come out right:
//! a pair of products (x + offset) q is at most 4 * offset * most <= 32764, and |x| |q| <= 32767
//! bounds the inner product (Cauchy-Schwarz).

use crate::error::{KernelError, Result};

const LARGEST: f64 = 32_767.0;
/// Balances the two roundings: sqrt(32767).
const ITEM_NORM: f64 = 181.0;

/// How the items of an index were rounded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Items {
    /// An item is about `scale` times its vector.
    pub scale: f64,
    /// Largest |x_i|, 1 to 127; added to items in kernels that need them unsigned.
    pub offset: i32,
    /// Largest Euclidean norm of an item, at least 1.
    pub norm: f64,
}

impl Items {
    /// The scale for vectors whose largest component is `peak`; the rest is filled by `round`.
    pub fn for_peak(peak: f64) -> Self {
        Self {
            scale: if peak > 0.0 {
                ITEM_NORM.min(127.0 / peak)
            } else {
                ITEM_NORM
            },
            offset: 1,
            norm: 1.0,
        }
    }

    /// Rounds rows one after another and widens the bounds to hold them.
    pub fn round(&mut self, row: &[f32], out: &mut [i8]) {
        let mut squares = 0i32;
        for (o, &x) in out.iter_mut().zip(row) {
            let value = nearest(f64::from(x) * self.scale, 127.0);
            self.offset = self.offset.max(value.abs());
            squares += value * value;
            *o = value as i8;
        }
        self.norm = self.norm.max(f64::from(squares).sqrt());
    }

    /// Rounds centroids, which need not keep the bounds.
    pub fn centroids(&self, values: &[f32]) -> Vec<i8> {
        values
            .iter()
            .map(|&x| nearest(f64::from(x) * self.scale, 127.0) as i8)
            .collect()
    }

    /// Largest |q_i| of a listener.
    pub fn most(&self) -> i32 {
        (8191 / self.offset).min(127)
    }

    /// Rounds a listener's vector and returns its scale; `out` is as wide. A zero vector has scale 1.
    pub fn listener(&self, query: &[f32], out: &mut [i8]) -> Result<f64> {
        let (mut squares, mut peak) = (0f64, 0f64);
        for &q in query {
            let q = f64::from(q);
            squares += q * q;
            peak = peak.max(q.abs());
        }
        if !squares.is_finite() {
            return Err(KernelError::new(
                "kernel.shape",
                "a listener's vector is not finite",
            ));
        }
        let most = f64::from(self.most());
        let room = LARGEST / self.norm - (query.len() as f64).sqrt() / 2.0;
        let scale = if squares > 0.0 {
            (most / peak).min(room / squares.sqrt())
        } else {
            1.0
        };
        for (o, &q) in out.iter_mut().zip(query) {
            *o = nearest(f64::from(q) * scale, most) as i8;
        }
        Ok(scale)
    }
}

/// Halves go up, as JavaScript's `Math.round` does.
fn nearest(value: f64, most: f64) -> i32 {
    (value + 0.5).floor().clamp(-most, most) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn keeps_both_bounds_for_any_vectors() {
        let mut rng = Rng::new(&[1]);
        for d in [1, 2, 3, 16, 64, 200] {
            for power in [1, 3, 9] {
                let mut draw = || {
                    let row: Vec<f64> = (0..d)
                        .map(|_| (rng.uniform() * 2.0 - 1.0).powi(power))
                        .collect();
                    let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt();
                    row.iter().map(|x| (x / norm) as f32).collect::<Vec<f32>>()
                };
                let rows: Vec<Vec<f32>> = (0..50).map(|_| draw()).collect();
                let peak = rows.iter().flatten().fold(0f32, |m, x| m.max(x.abs()));
                let mut items = Items::for_peak(f64::from(peak));
                let mut x = vec![0i8; d];
                for row in &rows {
                    items.round(row, &mut x);
                }
                assert!(4 * items.offset * items.most() <= 32_767);
                for row in &rows {
                    let mut q = vec![0i8; d];
                    items.listener(row, &mut q).unwrap();
                    let squares: i32 = q.iter().map(|&q| i32::from(q) * i32::from(q)).sum();
                    assert!(f64::from(squares).sqrt() * items.norm <= LARGEST);
                    assert!(q.iter().all(|&q| i32::from(q).abs() <= items.most()));
                }
            }
        }
    }

    #[test]
    fn refuses_vectors_that_are_not_finite() {
        let items = Items::for_peak(1.0);
        assert!(items.listener(&[f32::NAN], &mut [0]).is_err());
        assert!(items.listener(&[f32::INFINITY], &mut [0]).is_err());
        assert_eq!(items.listener(&[0.0], &mut [0]), Ok(1.0));
    }
}
