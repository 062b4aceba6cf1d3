//! Inner products of one listener with rows as they are stored.

use crate::simd::Simd;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// A listener's fine integers, ready for rows.
#[derive(Clone, Copy)]
pub struct RowQuery<'a> {
    pub simd: Simd,
    pub wide: &'a [i16],
}

impl RowQuery<'_> {
    /// Inner product with each row, in order.
    pub fn dots(&self, rows: &[i8], out: &mut [i32]) {
        #[cfg(target_arch = "x86_64")]
        if self.simd >= Simd::Avx2 && self.wide.len().is_multiple_of(16) {
            // SAFETY: a `Simd` of AVX2 or more exists only where the processor has it.
            return unsafe { self.dots_avx2(rows, out) };
        }
        self.dots_any(rows, out);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn dots_avx2(&self, rows: &[i8], out: &mut [i32]) {
        let d = self.wide.len();
        let (fours, rest) = out.as_chunks_mut::<4>();
        let whole = fours.len() * 4 * d;
        assert!(rows.len() >= whole);
        let mut row = rows.as_ptr();
        for sums in fours {
            // SAFETY: four rows from `row` on lie before `whole`.
            unsafe {
                let rows = [row, row.add(d), row.add(2 * d), row.add(3 * d)];
                *sums = four(rows, [self.wide.as_ptr(); 4], d);
                row = row.add(4 * d);
            }
        }
        self.dots_any(&rows[whole..], rest);
    }

    #[inline(always)]
    fn dots_any(&self, rows: &[i8], out: &mut [i32]) {
        for (o, row) in out.iter_mut().zip(rows.chunks_exact(self.wide.len())) {
            let products = row.iter().zip(self.wide);
            *o = products.map(|(&x, &q)| i32::from(x) * i32::from(q)).sum();
        }
    }
}

/// Inner products of pairs: row `pairs[i].0` of `rows` with row `pairs[i].1` of `queries`.
pub fn pair_dots(
    simd: Simd,
    dimensions: usize,
    rows: &[i8],
    queries: &[i16],
    pairs: &[(u32, u32)],
    out: &mut Vec<i32>,
) {
    out.clear();
    out.resize(pairs.len(), 0);
    #[cfg(target_arch = "x86_64")]
    if simd >= Simd::Avx2 && dimensions.is_multiple_of(16) {
        // SAFETY: a `Simd` of AVX2 or more exists only where the processor has it.
        return unsafe { pair_dots_avx2(dimensions, rows, queries, pairs, out) };
    }
    pair_dots_any(simd, dimensions, rows, queries, pairs, out);
}

fn pair_dots_any(
    simd: Simd,
    d: usize,
    rows: &[i8],
    queries: &[i16],
    pairs: &[(u32, u32)],
    out: &mut [i32],
) {
    for (o, &(row, query)) in out.iter_mut().zip(pairs) {
        let wide = &queries[query as usize * d..][..d];
        let row = &rows[row as usize * d..][..d];
        RowQuery { simd, wide }.dots_any(row, std::slice::from_mut(o));
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn pair_dots_avx2(d: usize, rows: &[i8], queries: &[i16], pairs: &[(u32, u32)], out: &mut [i32]) {
    let (fours, rest) = out.as_chunks_mut::<4>();
    let (places, last) = pairs.as_chunks::<4>();
    for (sums, places) in fours.iter_mut().zip(places) {
        let (mut row, mut query) = ([rows.as_ptr(); 4], [queries.as_ptr(); 4]);
        for i in 0..4 {
            let (r, q) = (places[i].0 as usize * d, places[i].1 as usize * d);
            assert!(r + d <= rows.len() && q + d <= queries.len());
            row[i] = row[i].wrapping_add(r);
            query[i] = query[i].wrapping_add(q);
        }
        // SAFETY: each was found to be a whole row.
        *sums = unsafe { four(row, query, d) };
    }
    pair_dots_any(Simd::Portable, d, rows, queries, last, rest);
}

/// Four rows by four queries, whose sums are added across together.
///
/// # Safety
/// Each pointer is to `d` values.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn four(rows: [*const i8; 4], queries: [*const i16; 4], d: usize) -> [i32; 4] {
    let mut s = [_mm256_setzero_si256(); 4];
    for j in (0..d).step_by(16) {
        for r in 0..4 {
            // SAFETY: the query and the row have 16 values from `j` on.
            unsafe {
                let q = _mm256_loadu_si256(queries[r].add(j).cast());
                let x = _mm256_cvtepi8_epi16(_mm_loadu_si128(rows[r].add(j).cast()));
                s[r] = _mm256_add_epi32(s[r], _mm256_madd_epi16(x, q));
            }
        }
    }
    let pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(s[0], s[1]), _mm256_hadd_epi32(s[2], s[3]));
    let sum = _mm_add_epi32(
        _mm256_castsi256_si128(pairs),
        _mm256_extracti128_si256::<1>(pairs),
    );
    let mut out = [0; 4];
    // SAFETY: four sums are 16 bytes.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), sum) };
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_plain_sums_on_every_path() {
        for d in [1, 16, 37, 64] {
            let value = |i: usize| (i * 89 % 255) as i32 - 127;
            let rows: Vec<i8> = (0..7 * d).map(|i| value(i) as i8).collect();
            let query: Vec<i16> = (0..d).map(|i| (value(i * 31 + 5) * 250) as i16).collect();
            let expected: Vec<i32> = (0..7)
                .map(|r| {
                    (0..d)
                        .map(|j| value(r * d + j) * value(j * 31 + 5) * 250)
                        .sum()
                })
                .collect();
            for simd in Simd::available() {
                let rows_of = RowQuery { simd, wide: &query };
                let mut out = vec![0; 7];
                rows_of.dots(&rows, &mut out);
                assert_eq!(out, expected);
                let pairs = [6, 0, 3, 3, 1].map(|r| (r, 1));
                let queries = [vec![9; d], query.clone()].concat();
                pair_dots(simd, d, &rows, &queries, &pairs, &mut out);
                assert_eq!(out, pairs.map(|(r, _)| expected[r as usize]));
            }
        }
    }
}
