//! `FeatureBins::fill` with AVX2. Eight features at a time are transposed into columns of singles;
//! of each 32 values, seven pivots choose a run of cuts and a permutation fetches the run's cuts.

use crate::feature_bins::{BLOCK, CutTable, Feature, FeatureBins, LANES};
use std::arch::x86_64::{
    __m256, __m256i, _CMP_EQ_OQ, _CMP_LT_OQ, _CMP_UNORD_Q, _mm256_and_ps, _mm256_andnot_ps,
    _mm256_andnot_si256, _mm256_castps_si256, _mm256_cmp_ps, _mm256_load_ps, _mm256_loadu_ps,
    _mm256_mullo_epi16, _mm256_or_si256, _mm256_packs_epi16, _mm256_packs_epi32,
    _mm256_packus_epi16, _mm256_permute2f128_ps, _mm256_permutevar8x32_epi32,
    _mm256_permutevar8x32_ps, _mm256_set1_epi8, _mm256_set1_epi32, _mm256_set1_ps,
    _mm256_setr_epi32, _mm256_setzero_ps, _mm256_setzero_si256, _mm256_shuffle_ps, _mm256_store_ps,
    _mm256_storeu_si256, _mm256_sub_epi32, _mm256_unpackhi_ps, _mm256_unpacklo_ps,
    _mm256_xor_si256,
};

/// Columns of eight neighbouring features.
#[repr(align(32))]
struct Singles([[f32; BLOCK]; LANES]);

#[target_feature(enable = "avx2")]
pub(crate) fn fill(bins: &FeatureBins, rows: &[f32], width: usize, out: &mut [i8]) {
    let n = rows.len() / width;
    let mut singles = Singles([[0.0; BLOCK]; LANES]);
    let mut features = bins.features.as_slice();
    while let Some(first) = features.first() {
        let start = first.index.min(width.saturating_sub(LANES));
        let near = features
            .iter()
            .take_while(|f| f.index < start + LANES)
            .count();
        columns(rows, width, start, &mut singles);
        for feature in &features[..near] {
            let column = &singles.0[feature.index - start];
            for from in (0..n).step_by(32) {
                bin_32(feature, bins.arithmetic.zero, column, from, out);
            }
        }
        features = &features[near..];
    }
}

/// Columns `start` to `start + 8` of the rows, where the rows are as wide.
#[target_feature(enable = "avx2")]
fn columns(rows: &[f32], width: usize, start: usize, out: &mut Singles) {
    let n = rows.len() / width;
    let whole = if width < LANES { 0 } else { n / LANES * LANES };
    for r in (0..whole).step_by(LANES) {
        // SAFETY: row `r + i` has `width >= start + 8` values, and the column has `BLOCK >= r + 8`.
        unsafe {
            let row = |i: usize| _mm256_loadu_ps(rows.as_ptr().add((r + i) * width + start));
            let turned = transpose(std::array::from_fn(row));
            for (column, values) in out.0.iter_mut().zip(turned) {
                _mm256_store_ps(column.as_mut_ptr().add(r), values);
            }
        }
    }
    for (r, row) in rows.chunks_exact(width).enumerate().skip(whole) {
        for (column, &value) in out.0.iter_mut().zip(&row[start..]) {
            column[r] = value;
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn transpose(r: [__m256; 8]) -> [__m256; 8] {
    let pair = |a: usize| {
        let (low, high) = (
            _mm256_unpacklo_ps(r[a], r[a + 1]),
            _mm256_unpackhi_ps(r[a], r[a + 1]),
        );
        let (low2, high2) = (
            _mm256_unpacklo_ps(r[a + 2], r[a + 3]),
            _mm256_unpackhi_ps(r[a + 2], r[a + 3]),
        );
        [
            _mm256_shuffle_ps::<0x44>(low, low2),
            _mm256_shuffle_ps::<0xee>(low, low2),
            _mm256_shuffle_ps::<0x44>(high, high2),
            _mm256_shuffle_ps::<0xee>(high, high2),
        ]
    };
    let (top, bottom) = (pair(0), pair(4));
    let mut out = [_mm256_setzero_ps(); 8];
    for i in 0..4 {
        out[i] = _mm256_permute2f128_ps::<0x20>(top[i], bottom[i]);
        out[i + 4] = _mm256_permute2f128_ps::<0x31>(top[i], bottom[i]);
    }
    out
}

/// Bins of 32 values in each column of a feature.
#[inline]
#[target_feature(enable = "avx2")]
fn bin_32(feature: &Feature, zero: f32, column: &[f32; BLOCK], from: usize, out: &mut [i8]) {
    // SAFETY: `from` is a multiple of 32 below `BLOCK`, and the column is aligned.
    let raw: [__m256; 4] =
        std::array::from_fn(|v| unsafe { _mm256_load_ps(column.as_ptr().add(from + 8 * v)) });
    let sign = _mm256_set1_ps(-0.0);
    let tiny = _mm256_set1_ps(zero);
    let values = raw.map(|x| {
        // NaNs pass neither comparison and become 0, as do tiny values.
        let large = _mm256_cmp_ps::<_CMP_LT_OQ>(tiny, _mm256_andnot_ps(sign, x));
        _mm256_and_ps(large, x)
    });
    let bins = count(&feature.table, values);
    for column in &feature.columns {
        let bins = match column.rule.bin() {
            None => bins,
            Some(bin) => {
                let missing = if column.rule.zeros() {
                    let zero = _mm256_setzero_ps();
                    pack_masks(values.map(|x| _mm256_cmp_ps::<_CMP_EQ_OQ>(x, zero)))
                } else {
                    pack_masks(raw.map(|x| _mm256_cmp_ps::<_CMP_UNORD_Q>(x, x)))
                };
                if bin == 0 {
                    _mm256_andnot_si256(missing, bins)
                } else {
                    _mm256_or_si256(missing, bins)
                }
            }
        };
        let biased = _mm256_xor_si256(bins, _mm256_set1_epi8(-128));
        let place = usize::from(column.place) * BLOCK + from;
        let target = &mut out[place..place + 32];
        // SAFETY: the target has 32 bytes.
        unsafe { _mm256_storeu_si256(target.as_mut_ptr().cast(), biased) };
    }
}

/// Cuts below each value, in the order of the values.
#[inline]
#[target_feature(enable = "avx2")]
fn count(table: &CutTable, values: [__m256; 4]) -> __m256i {
    let mut run = [_mm256_setzero_si256(); 4];
    for &pivot in &table.pivots {
        let pivot = _mm256_set1_ps(pivot);
        for (run, value) in run.iter_mut().zip(values) {
            *run = add_if_less(*run, pivot, value);
        }
    }
    let step = _mm256_set1_epi32(table.runs.len() as i32 + 1);
    let mut bins = run.map(|run| _mm256_mullo_epi16(run, step));
    for cuts in &table.runs {
        // SAFETY: eight singles.
        let cuts = unsafe { _mm256_loadu_ps(cuts.as_ptr()) };
        for ((bins, run), value) in bins.iter_mut().zip(run).zip(values) {
            *bins = add_if_less(*bins, _mm256_permutevar8x32_ps(cuts, run), value);
        }
    }
    let low = _mm256_packs_epi32(bins[0], bins[1]);
    let high = _mm256_packs_epi32(bins[2], bins[3]);
    unzip(_mm256_packus_epi16(low, high))
}

#[inline]
#[target_feature(enable = "avx2")]
fn add_if_less(count: __m256i, cut: __m256, value: __m256) -> __m256i {
    let below = _mm256_cmp_ps::<_CMP_LT_OQ>(cut, value);
    _mm256_sub_epi32(count, _mm256_castps_si256(below))
}

#[inline]
#[target_feature(enable = "avx2")]
fn pack_masks(masks: [__m256; 4]) -> __m256i {
    let m = masks.map(|mask| _mm256_castps_si256(mask));
    unzip(_mm256_packs_epi16(
        _mm256_packs_epi32(m[0], m[1]),
        _mm256_packs_epi32(m[2], m[3]),
    ))
}

/// Bytes packed lane by lane, put in order.
#[inline]
#[target_feature(enable = "avx2")]
fn unzip(packed: __m256i) -> __m256i {
    _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))
}
