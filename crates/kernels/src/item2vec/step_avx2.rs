//! The step in AVX2 and FMA registers: two contexts meet six outputs in 12 sums; then, 8 places at a time,
//! both matrices change in one pass.

use super::step::{EXP, LANES, LN2_HIGH, LN2_LOW, LOG2_E, Matrices, SIGMOID_BOUND, TILE, Tile};
use std::arch::x86_64::*;

/// See `Path::step`.
///
/// # Safety
/// The contract of `Path::step`; the processor has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub unsafe fn step(rows: &mut Matrices, tile: &Tile, errors: &mut [[f32; LANES]]) {
    let stride = rows.stride;
    let input = rows.input.as_mut_ptr();
    let output = rows.output.as_mut_ptr();
    // SAFETY: ids are rows of their matrices, errors has a row per context (the caller's promise).
    unsafe {
        let outputs: [*mut f32; TILE] =
            std::array::from_fn(|n| output.add(tile.outputs[n] as usize * stride));
        let label = _mm256_loadu_ps(tile.label.as_ptr());
        let rate = _mm256_loadu_ps(tile.rate.as_ptr());
        let mut pairs = tile.contexts.chunks_exact(2);
        let mut error = errors.as_mut_ptr();
        for pair in &mut pairs {
            let at = [0, 1].map(|m| input.add(pair[m] as usize * stride).cast_const());
            for product in dots(at, &outputs, stride) {
                _mm256_storeu_ps((*error).as_mut_ptr(), scaled(product, label, rate));
                error = error.add(1);
            }
        }
        if let [last] = *pairs.remainder() {
            let at = [input.add(last as usize * stride).cast_const()];
            let [product] = dots(at, &outputs, stride);
            _mm256_storeu_ps((*error).as_mut_ptr(), scaled(product, label, rate));
        }
        let errors = errors.as_ptr().cast::<f32>();
        for k in (0..stride).step_by(LANES) {
            let old = outputs.map(|row| _mm256_loadu_ps(row.add(k)));
            let mut change = [_mm256_setzero_ps(); TILE];
            let column = input.add(k);
            let mut error = errors;
            for &context in tile.contexts {
                let cell = column.add(context as usize * stride);
                let x = _mm256_loadu_ps(cell);
                let mut sum = x;
                for n in 0..TILE {
                    let e = _mm256_broadcast_ss(&*error.add(n));
                    change[n] = _mm256_fmadd_ps(e, x, change[n]);
                    sum = _mm256_fmadd_ps(e, old[n], sum);
                }
                _mm256_storeu_ps(cell, sum);
                error = error.add(LANES);
            }
            for (row, change) in outputs.into_iter().zip(change) {
                let cell = row.add(k);
                _mm256_storeu_ps(cell, _mm256_add_ps(_mm256_loadu_ps(cell), change));
            }
        }
    }
}

/// Dot products of M input rows with the outputs, in lanes 0 to 5.
///
/// # Safety
/// Every pointer is to `stride` singles; the processor has AVX2 and FMA.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn dots<const M: usize>(
    rows: [*const f32; M],
    outputs: &[*mut f32; TILE],
    stride: usize,
) -> [__m256; M] {
    let mut sum = [[_mm256_setzero_ps(); TILE]; M];
    for k in (0..stride).step_by(LANES) {
        // SAFETY: k + LANES <= stride.
        unsafe {
            let x = rows.map(|row| _mm256_loadu_ps(row.add(k)));
            for n in 0..TILE {
                let y = _mm256_loadu_ps(outputs[n].add(k));
                for m in 0..M {
                    sum[m][n] = _mm256_fmadd_ps(x[m], y, sum[m][n]);
                }
            }
        }
    }
    sum.map(|s| across(s))
}

/// Sums of the lanes of six registers, as the tree ((0 1)(2 3))((4 5)(6 7)).
#[inline]
#[target_feature(enable = "avx2,fma")]
fn across(s: [__m256; TILE]) -> __m256 {
    let first = _mm256_hadd_ps(_mm256_hadd_ps(s[0], s[1]), _mm256_hadd_ps(s[2], s[3]));
    let rest = _mm256_hadd_ps(s[4], s[5]);
    let rest = _mm256_hadd_ps(rest, rest);
    _mm256_add_ps(
        _mm256_permute2f128_ps::<0x20>(first, rest),
        _mm256_permute2f128_ps::<0x31>(first, rest),
    )
}

/// (label - sigmoid(x)) * rate, as in the portable step.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn scaled(x: __m256, label: __m256, rate: __m256) -> __m256 {
    let set = |value: f32| _mm256_set1_ps(value);
    let x = _mm256_min_ps(_mm256_max_ps(x, set(-SIGMOID_BOUND)), set(SIGMOID_BOUND));
    let z = _mm256_xor_ps(x, set(-0.0));
    let n = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(_mm256_mul_ps(
        z,
        set(LOG2_E),
    ));
    let r = _mm256_fnmadd_ps(n, set(LN2_HIGH), z);
    let r = _mm256_fnmadd_ps(n, set(LN2_LOW), r);
    let mut poly = set(EXP[0]);
    for &c in &EXP[1..] {
        poly = _mm256_fmadd_ps(poly, r, set(c));
    }
    let power = _mm256_fmadd_ps(poly, _mm256_mul_ps(r, r), r);
    let power = _mm256_add_ps(power, set(1.0));
    let scale = _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(
        _mm256_cvtps_epi32(n),
        _mm256_set1_epi32(127),
    )));
    let sigmoid = _mm256_div_ps(set(1.0), _mm256_fmadd_ps(power, scale, set(1.0)));
    _mm256_mul_ps(_mm256_sub_ps(label, sigmoid), rate)
}
