//! Inner products of one listener with rows as they are stored.

use crate::simd::Simd;

/// A listener's integers, ready for rows.
pub struct RowQuery {
    simd: Simd,
    wide: Vec<i16>,
}

impl RowQuery {
    pub fn new(simd: Simd, query: &[i8]) -> Self {
        Self {
            simd,
            wide: query.iter().map(|&q| i16::from(q)).collect(),
        }
    }

    pub fn dimensions(&self) -> usize {
        self.wide.len()
    }

    /// Inner product with each row, in order.
    pub fn dots(&self, rows: &[i8], out: &mut [i32]) {
        #[cfg(target_arch = "x86_64")]
        if self.simd >= Simd::Avx2 {
            // SAFETY: a `Simd` of AVX2 or more exists only where the processor has it.
            unsafe { self.dots_avx2(rows, out) };
            return;
        }
        self.dots_any(rows, out);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn dots_avx2(&self, rows: &[i8], out: &mut [i32]) {
        self.dots_any(rows, out);
    }

    #[inline(always)]
    fn dots_any(&self, rows: &[i8], out: &mut [i32]) {
        let d = self.wide.len();
        for (o, row) in out.iter_mut().zip(rows.chunks_exact(d)) {
            let (heads, tail) = row.as_chunks::<16>();
            let (wide, wide_tail) = self.wide.as_chunks::<16>();
            let mut lanes = [0i32; 16];
            for (x, q) in heads.iter().zip(wide) {
                for j in 0..16 {
                    lanes[j] += i32::from(i16::from(x[j])) * i32::from(q[j]);
                }
            }
            let mut sum: i32 = lanes.iter().sum();
            for (&x, &q) in tail.iter().zip(wide_tail) {
                sum += i32::from(x) * i32::from(q);
            }
            *o = sum;
        }
    }
}
