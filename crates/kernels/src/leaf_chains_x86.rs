//! `LeafChains::find` in AVX2 and AVX-512 registers, as many of them as the rows fill.

use crate::feature_bins::BLOCK;
use crate::leaf_chains::{Chain, Line, Step};
use crate::simd::Simd;
use std::arch::x86_64::{
    __m256i, __m512i, _mm256_blendv_epi8, _mm256_cmpgt_epi8, _mm256_load_si256, _mm256_loadu_si256,
    _mm256_set1_epi8, _mm256_store_si256, _mm256_xor_si256, _mm512_cmpgt_epi8_mask,
    _mm512_load_si512, _mm512_loadu_si512, _mm512_mask_blend_epi8, _mm512_set1_epi8,
    _mm512_store_si512, _mm512_xor_si512,
};

/// # Safety
/// The processor has `simd`, which is not portable; every step's column is one of `columns`, every
/// line that a step or chain names lies, with its slot, in `scratch`; the chains' steps are `steps`.
pub(crate) unsafe fn find(
    chains: &[Chain],
    steps: &[Step],
    columns: &[i8],
    rows: usize,
    simd: Simd,
    scratch: &mut [Line],
) {
    let columns = columns.as_ptr();
    let lines = scratch.as_mut_ptr().cast::<u8>();
    // SAFETY: as for this function.
    unsafe {
        if simd == Simd::Avx512 {
            match rows.div_ceil(64) {
                0 | 1 => find_avx512::<1>(chains, steps, columns, lines),
                2 => find_avx512::<2>(chains, steps, columns, lines),
                3 => find_avx512::<3>(chains, steps, columns, lines),
                _ => find_avx512::<4>(chains, steps, columns, lines),
            }
        } else {
            match rows.div_ceil(32) {
                0 | 1 => find_avx2::<1>(chains, steps, columns, lines),
                2 => find_avx2::<2>(chains, steps, columns, lines),
                3 => find_avx2::<3>(chains, steps, columns, lines),
                4 => find_avx2::<4>(chains, steps, columns, lines),
                5 => find_avx2::<5>(chains, steps, columns, lines),
                6 => find_avx2::<6>(chains, steps, columns, lines),
                7 => find_avx2::<7>(chains, steps, columns, lines),
                _ => find_avx2::<8>(chains, steps, columns, lines),
            }
        }
    }
}

#[target_feature(enable = "avx2")]
unsafe fn find_avx2<const V: usize>(
    chains: &[Chain],
    steps: &[Step],
    columns: *const i8,
    lines: *mut u8,
) {
    let mut next = steps.as_ptr();
    for chain in chains {
        let mut leaves: [__m256i; V] = [_mm256_set1_epi8(chain.leaf as i8); V];
        for _ in 0..chain.steps {
            // SAFETY: as for `find`; lines are aligned to 64 bytes.
            unsafe {
                let step = *next;
                next = next.add(1);
                let column = columns.add(usize::from(step.column) * BLOCK);
                let other = lines.add(usize::from(step.other) * size_of::<Line>());
                let (cut, flip) = (_mm256_set1_epi8(step.cut), _mm256_set1_epi8(step.flip));
                let taken = |v: usize| {
                    let bins = _mm256_loadu_si256(column.add(32 * v).cast());
                    _mm256_cmpgt_epi8(_mm256_xor_si256(bins, flip), cut)
                };
                // The loads of a loop bound it; most other sides are one leaf.
                if step.varies {
                    for (v, leaves) in leaves.iter_mut().enumerate() {
                        let other = _mm256_load_si256(other.add(32 * v).cast());
                        *leaves = _mm256_blendv_epi8(*leaves, other, taken(v));
                    }
                } else {
                    let other = _mm256_load_si256(other.cast());
                    for (v, leaves) in leaves.iter_mut().enumerate() {
                        *leaves = _mm256_blendv_epi8(*leaves, other, taken(v));
                    }
                }
            }
        }
        // SAFETY: as above.
        unsafe {
            let to = lines.add(usize::from(chain.to) * size_of::<Line>());
            for (v, leaves) in leaves.into_iter().enumerate() {
                _mm256_store_si256(to.add(32 * v).cast(), leaves);
            }
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn find_avx512<const V: usize>(
    chains: &[Chain],
    steps: &[Step],
    columns: *const i8,
    lines: *mut u8,
) {
    let mut next = steps.as_ptr();
    for chain in chains {
        let mut leaves: [__m512i; V] = [_mm512_set1_epi8(chain.leaf as i8); V];
        for _ in 0..chain.steps {
            // SAFETY: as for `find`; lines are aligned to 64 bytes.
            unsafe {
                let step = *next;
                next = next.add(1);
                let column = columns.add(usize::from(step.column) * BLOCK);
                let other = lines.add(usize::from(step.other) * size_of::<Line>());
                let (cut, flip) = (_mm512_set1_epi8(step.cut), _mm512_set1_epi8(step.flip));
                let taken = |v: usize| {
                    let bins = _mm512_loadu_si512(column.add(64 * v).cast());
                    _mm512_cmpgt_epi8_mask(_mm512_xor_si512(bins, flip), cut)
                };
                // The loads of a loop bound it; most other sides are one leaf.
                if step.varies {
                    for (v, leaves) in leaves.iter_mut().enumerate() {
                        let other = _mm512_load_si512(other.add(64 * v).cast());
                        *leaves = _mm512_mask_blend_epi8(taken(v), *leaves, other);
                    }
                } else {
                    let other = _mm512_load_si512(other.cast());
                    for (v, leaves) in leaves.iter_mut().enumerate() {
                        *leaves = _mm512_mask_blend_epi8(taken(v), *leaves, other);
                    }
                }
            }
        }
        // SAFETY: as above.
        unsafe {
            let to = lines.add(usize::from(chain.to) * size_of::<Line>());
            for (v, leaves) in leaves.into_iter().enumerate() {
                _mm512_store_si512(to.add(64 * v).cast(), leaves);
            }
        }
    }
}
