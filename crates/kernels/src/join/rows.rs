//! Inner products of one listener with rows as they are stored.

use crate::simd::Simd;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

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
        if self.simd >= Simd::Avx2 && self.wide.len().is_multiple_of(16) {
            // SAFETY: a `Simd` of AVX2 or more exists only where the processor has it.
            unsafe { self.dots_avx2(rows, out) };
            return;
        }
        self.dots_any(rows, out);
    }

    /// Four rows at a time, whose sums are added across together.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn dots_avx2(&self, rows: &[i8], out: &mut [i32]) {
        let d = self.wide.len();
        let (fours, rest) = out.as_chunks_mut::<4>();
        let whole = fours.len() * 4 * d;
        assert!(rows.len() >= whole);
        for (sums, rows) in fours.iter_mut().zip(rows.chunks_exact(4 * d)) {
            let mut s = [_mm256_setzero_si256(); 4];
            for j in (0..d).step_by(16) {
                // SAFETY: the query and each of the four rows have 16 values from `j` on.
                let q = unsafe { _mm256_loadu_si256(self.wide.as_ptr().add(j).cast()) };
                for (r, s) in s.iter_mut().enumerate() {
                    // SAFETY: as above.
                    let x = unsafe { _mm_loadu_si128(rows.as_ptr().add(r * d + j).cast()) };
                    *s = _mm256_add_epi32(*s, _mm256_madd_epi16(_mm256_cvtepi8_epi16(x), q));
                }
            }
            let pairs =
                _mm256_hadd_epi32(_mm256_hadd_epi32(s[0], s[1]), _mm256_hadd_epi32(s[2], s[3]));
            let sum = _mm_add_epi32(
                _mm256_castsi256_si128(pairs),
                _mm256_extracti128_si256::<1>(pairs),
            );
            // SAFETY: four sums are 16 bytes.
            unsafe { _mm_storeu_si128(sums.as_mut_ptr().cast(), sum) };
        }
        self.dots_any(&rows[whole..], rest);
    }

    #[inline(always)]
    fn dots_any(&self, rows: &[i8], out: &mut [i32]) {
        for (o, row) in out.iter_mut().zip(rows.chunks_exact(self.wide.len())) {
            let products = row.iter().zip(&self.wide);
            *o = products.map(|(&x, &q)| i32::from(x) * i32::from(q)).sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_plain_sums_on_every_path() {
        for d in [1, 16, 37, 64] {
            let value = |i: usize| (i * 89 % 255) as i32 - 127;
            let rows: Vec<i8> = (0..7 * d).map(|i| value(i) as i8).collect();
            let query: Vec<i8> = (0..d).map(|i| value(i * 31 + 5) as i8).collect();
            let expected: Vec<i32> = (0..7)
                .map(|r| (0..d).map(|j| value(r * d + j) * value(j * 31 + 5)).sum())
                .collect();
            for simd in Simd::available() {
                let mut out = vec![0; 7];
                RowQuery::new(simd, &query).dots(&rows, &mut out);
                assert_eq!(out, expected);
            }
        }
    }
}
