//! Matrix products whose every element is one chain of fused multiply-adds over k in ascending order.
//! Tiles, paths and threads change which elements are computed together, never an element's bits.

use rayon::prelude::*;

/// Which instructions the inner loops use; the results are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simd {
    Portable,
    Avx2,
}

impl Simd {
    /// The best path of this processor; `DEEPCUTS_SIMD=portable` forces the plain one.
    pub fn best() -> Self {
        let forced = std::env::var("DEEPCUTS_SIMD").is_ok_and(|path| path == "portable");
        if !forced && Self::has_avx2() {
            Self::Avx2
        } else {
            Self::Portable
        }
    }

    pub fn has_avx2() -> bool {
        #[cfg(target_arch = "x86_64")]
        return is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        #[cfg(not(target_arch = "x86_64"))]
        false
    }
}

/// A matrix read by strides: element (i, k) lies at `values[i * row + k * step]`.
#[derive(Clone, Copy)]
pub struct Strided<'a> {
    pub values: &'a [f32],
    pub row: usize,
    pub step: usize,
}

impl<'a> Strided<'a> {
    /// Row-major with rows of `width`.
    pub fn rows(values: &'a [f32], width: usize) -> Self {
        Self {
            values,
            row: width,
            step: 1,
        }
    }

    /// The transpose of a row-major matrix with rows of `width`.
    pub fn transposed(values: &'a [f32], width: usize) -> Self {
        Self {
            values,
            row: 1,
            step: width,
        }
    }
}

/// Rows and columns of a register tile.
const TALL: usize = 6;
const WIDE: usize = 16;
/// Rows of C that one task computes, and the work below which no task is split off.
const TASK_ROWS: usize = 8 * TALL;
const TASK_WORK: usize = 1 << 21;

/// Adds A (m x k) times B (k x n, row-major) to C (m x n, row-major): c(i, j) becomes
/// `fma(a(i, k-1), b(k-1, j), ... fma(a(i, 0), b(0, j), c(i, j)))`. Empty sides leave C as it is.
pub fn multiply_add(simd: Simd, a: Strided, b: &[f32], c: &mut [f32], k: usize, n: usize) {
    if n == 0 || k == 0 || c.is_empty() {
        return;
    }
    let m = c.len() / n;
    assert!(c.len() == m * n && b.len() >= k * n);
    assert!(a.values.len() > (m - 1) * a.row + (k - 1) * a.step);
    let panels = match simd {
        Simd::Portable => Vec::new(),
        Simd::Avx2 => pack(b, k, n),
    };
    let task = |(t, c): (usize, &mut [f32])| {
        let a = Strided {
            values: &a.values[t * TASK_ROWS * a.row..],
            ..a
        };
        match simd {
            Simd::Portable => portable(a, b, c, k, n),
            Simd::Avx2 => avx2(a, &panels, c, k, n),
        }
    };
    if m * n * k < TASK_WORK || rayon::current_num_threads() == 1 {
        c.chunks_mut(TASK_ROWS * n).enumerate().for_each(task);
    } else {
        c.par_chunks_mut(TASK_ROWS * n).enumerate().for_each(task);
    }
}

/// B as panels of 16 columns, each k x 16, the last one filled up with zeros.
fn pack(b: &[f32], k: usize, n: usize) -> Vec<f32> {
    let mut panels = vec![0f32; n.div_ceil(WIDE) * WIDE * k];
    for (p, panel) in panels.chunks_exact_mut(WIDE * k).enumerate() {
        let from = p * WIDE;
        let width = WIDE.min(n - from);
        for (row, out) in panel.chunks_exact_mut(WIDE).enumerate() {
            out[..width].copy_from_slice(&b[row * n + from..][..width]);
        }
    }
    panels
}

fn portable(a: Strided, b: &[f32], c: &mut [f32], k: usize, n: usize) {
    for (i, c) in c.chunks_exact_mut(n).enumerate() {
        for (q, b) in b.chunks_exact(n).take(k).enumerate() {
            let x = a.values[i * a.row + q * a.step];
            for (c, b) in c.iter_mut().zip(b) {
                *c = x.mul_add(*b, *c);
            }
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn avx2(_: Strided, _: &[f32], _: &mut [f32], _: usize, _: usize) {
    unreachable!("no AVX2 on this architecture")
}

#[cfg(target_arch = "x86_64")]
fn avx2(a: Strided, panels: &[f32], c: &mut [f32], k: usize, n: usize) {
    assert!(Simd::has_avx2());
    let m = c.len() / n;
    let mut tile = vec![0f32; if a.step == 1 { 0 } else { TALL * k }];
    for from in (0..m).step_by(TALL) {
        let rows = TALL.min(m - from);
        let mut block = Strided {
            values: &a.values[from * a.row..],
            ..a
        };
        if a.step != 1 {
            for q in 0..k {
                for r in 0..rows {
                    tile[q * TALL + r] = block.values[r * a.row + q * a.step];
                }
            }
            block = Strided {
                values: &tile,
                row: 1,
                step: TALL,
            };
        }
        let c = &mut c[from * n..(from + rows) * n];
        // SAFETY: the processor has AVX2 and FMA; `tile` reads within the sizes asserted above.
        unsafe {
            match rows {
                6 => strip::<6>(block, panels, c, k, n),
                5 => strip::<5>(block, panels, c, k, n),
                4 => strip::<4>(block, panels, c, k, n),
                3 => strip::<3>(block, panels, c, k, n),
                2 => strip::<2>(block, panels, c, k, n),
                _ => strip::<1>(block, panels, c, k, n),
            }
        }
    }
}

/// ROWS rows of C over all panels.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn strip<const ROWS: usize>(a: Strided, panels: &[f32], c: &mut [f32], k: usize, n: usize) {
    use std::arch::x86_64::*;
    let mut edge = [0f32; TALL * WIDE];
    for (p, panel) in panels.chunks_exact(WIDE * k).enumerate() {
        let from = p * WIDE;
        let width = WIDE.min(n - from);
        let whole = width == WIDE;
        if !whole {
            for r in 0..ROWS {
                edge[r * WIDE..][..width].copy_from_slice(&c[r * n + from..][..width]);
            }
        }
        let (out, stride) = if whole {
            (c[from..].as_mut_ptr(), n)
        } else {
            (edge.as_mut_ptr(), WIDE)
        };
        // SAFETY: `out` has ROWS rows of 16 at `stride`; A was checked to reach (ROWS - 1, k - 1).
        unsafe {
            let mut sum = [[_mm256_setzero_ps(); 2]; ROWS];
            for (r, sum) in sum.iter_mut().enumerate() {
                sum[0] = _mm256_loadu_ps(out.add(r * stride));
                sum[1] = _mm256_loadu_ps(out.add(r * stride + 8));
            }
            let (mut x, mut b) = (a.values.as_ptr(), panel.as_ptr());
            for _ in 0..k {
                let (left, right) = (_mm256_loadu_ps(b), _mm256_loadu_ps(b.add(8)));
                for (r, sum) in sum.iter_mut().enumerate() {
                    let x = _mm256_broadcast_ss(&*x.add(r * a.row));
                    sum[0] = _mm256_fmadd_ps(x, left, sum[0]);
                    sum[1] = _mm256_fmadd_ps(x, right, sum[1]);
                }
                x = x.wrapping_add(a.step);
                b = b.add(WIDE);
            }
            for (r, sum) in sum.iter().enumerate() {
                _mm256_storeu_ps(out.add(r * stride), sum[0]);
                _mm256_storeu_ps(out.add(r * stride + 8), sum[1]);
            }
        }
        if !whole {
            for r in 0..ROWS {
                c[r * n + from..][..width].copy_from_slice(&edge[r * WIDE..][..width]);
            }
        }
    }
}

/// The transpose of a row-major matrix with rows of `width`: `width` rows, each filled up with zeros to
/// `stride`.
pub fn transpose(values: &[f32], width: usize, stride: usize) -> Vec<f32> {
    let mut out = vec![0f32; width * stride];
    for (i, row) in values.chunks_exact(width).enumerate() {
        for (j, &value) in row.iter().enumerate() {
            out[j * stride + i] = value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn random(rng: &mut Rng, n: usize) -> Vec<f32> {
        (0..n).map(|_| rng.uniform() as f32 - 0.5).collect()
    }

    #[test]
    fn every_path_gives_the_bits_of_the_plain_loop_for_any_shape() {
        let mut rng = Rng::new(&[3]);
        for (m, k, n) in [
            (1, 1, 1),
            (5, 7, 3),
            (6, 16, 16),
            (49, 33, 17),
            (97, 130, 40),
        ] {
            for turned in [false, true] {
                let (a, b) = (random(&mut rng, m * k), random(&mut rng, k * n));
                let start = random(&mut rng, m * n);
                let strided = if turned {
                    Strided::transposed(&a, m)
                } else {
                    Strided::rows(&a, k)
                };
                let mut expected = start.clone();
                for i in 0..m {
                    for j in 0..n {
                        for q in 0..k {
                            let x = a[if turned { q * m + i } else { i * k + q }];
                            expected[i * n + j] = x.mul_add(b[q * n + j], expected[i * n + j]);
                        }
                    }
                }
                let paths = [Simd::Portable, Simd::Avx2];
                for simd in &paths[..1 + usize::from(Simd::has_avx2())] {
                    let mut c = start.clone();
                    multiply_add(*simd, strided, &b, &mut c, k, n);
                    assert_eq!(c, expected, "{simd:?} {m} x {k} x {n}");
                }
            }
        }
    }

    #[test]
    fn empty_sides_leave_the_sum_as_it_was() {
        let mut c = [1f32, 2.0];
        multiply_add(Simd::best(), Strided::rows(&[], 0), &[], &mut c, 0, 2);
        assert_eq!(c, [1.0, 2.0]);
    }

    #[test]
    fn a_transpose_fills_up_with_zeros() {
        assert_eq!(
            transpose(&[1.0, 2.0, 3.0, 4.0], 2, 3),
            [1.0, 3.0, 0.0, 2.0, 4.0, 0.0]
        );
    }
}
