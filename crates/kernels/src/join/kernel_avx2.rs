use super::visit::{Hit, ITEMS, LISTENERS, Visit, pack_columns};
use crate::simd::Simd;
use std::arch::x86_64::*;

/// The visit with `maddubs` and 16-bit sums that wrap; `listener_code` bounds both. One register holds the
/// sums of 16 items: about one cycle per inner product of 64 dimensions.
#[target_feature(enable = "avx2")]
pub fn visit(visit: &Visit, log: &mut Vec<Hit>) {
    let listeners = visit.listeners;
    let words = visit.words;
    let group_bytes = words * 2 * ITEMS;
    let tiles = listeners.start.len() / LISTENERS;
    assert!(
        listeners.words.len() == tiles * LISTENERS * words
            && listeners.floor.len() == listeners.start.len()
    );
    for (group, items) in visit.packed.chunks_exact(group_bytes).enumerate() {
        let items = items.as_ptr().cast::<__m256i>();
        for tile in 0..tiles {
            let first = tile * LISTENERS;
            let query = listeners.words[first * words..].as_ptr().cast::<i32>();
            let mut sums = [[_mm256_setzero_si256(); 2]; LISTENERS];
            for (l, sums) in sums.iter_mut().enumerate() {
                *sums = [_mm256_set1_epi16(listeners.start[first + l]); 2];
            }
            for w in 0..words {
                // SAFETY: a group holds `words` pairs of registers, a tile 4 rows of `words`.
                let (low, high) = unsafe {
                    (
                        _mm256_loadu_si256(items.add(2 * w)),
                        _mm256_loadu_si256(items.add(2 * w + 1)),
                    )
                };
                for (l, sums) in sums.iter_mut().enumerate() {
                    // SAFETY: as above.
                    let q = _mm256_set1_epi32(unsafe { *query.add(l * words + w) });
                    sums[0] = _mm256_add_epi16(sums[0], _mm256_maddubs_epi16(low, q));
                    sums[1] = _mm256_add_epi16(sums[1], _mm256_maddubs_epi16(high, q));
                }
            }
            let mut over = [_mm256_setzero_si256(); LISTENERS];
            let mut any = _mm256_setzero_si256();
            for (l, over) in over.iter_mut().enumerate() {
                let floor = _mm256_set1_epi16(listeners.floor[first + l]);
                *over = _mm256_packs_epi16(
                    _mm256_cmpgt_epi16(sums[l][0], floor),
                    _mm256_cmpgt_epi16(sums[l][1], floor),
                );
                any = _mm256_or_si256(any, *over);
            }
            if _mm256_testz_si256(any, any) != 0 {
                continue;
            }
            for (l, &over) in over.iter().enumerate() {
                // `packs` interleaves the halves of its arguments.
                let bits = _mm256_movemask_epi8(_mm256_permute4x64_epi64::<0xd8>(over)) as u32;
                if bits != 0 {
                    visit.log(group, first + l, bits, log);
                }
            }
        }
    }
}

/// The sums of one listener with every item of the groups.
#[target_feature(enable = "avx2")]
pub fn scores(packed: &[u8], words: &[u32], start: i16, out: &mut [[i16; ITEMS]]) {
    for (items, out) in packed.chunks_exact(words.len() * 2 * ITEMS).zip(out) {
        let mut sums = [_mm256_set1_epi16(start); 2];
        for (&word, items) in words.iter().zip(items.as_chunks::<{ 2 * ITEMS }>().0) {
            let q = _mm256_set1_epi32(word as i32);
            for (half, sum) in sums.iter_mut().enumerate() {
                // SAFETY: both halves of a pair of 32 items are 32 bytes.
                let x = unsafe { _mm256_loadu_si256(items[half * 32..].as_ptr().cast()) };
                *sum = _mm256_add_epi16(*sum, _mm256_maddubs_epi16(x, q));
            }
        }
        // SAFETY: the array holds two registers.
        unsafe {
            _mm256_storeu_si256(out[..16].as_mut_ptr().cast(), sums[0]);
            _mm256_storeu_si256(out[16..].as_mut_ptr().cast(), sums[1]);
        }
    }
}

/// Packs 32 whole rows: 8 x 8 transposes of pairs in each half of a register.
#[target_feature(enable = "avx2")]
pub fn pack(rows: &[i8], dimensions: usize, offset: u8, out: &mut [u8]) {
    let whole = dimensions / 16 * 16;
    assert!(rows.len() == ITEMS * dimensions && out.len() >= dimensions * ITEMS);
    let add = _mm256_set1_epi8(offset as i8);
    for j in (0..whole).step_by(16) {
        for half in 0..2 {
            let mut r = [_mm256_setzero_si256(); 8];
            for (i, r) in r.iter_mut().enumerate() {
                let at = (half * 16 + i) * dimensions + j;
                // SAFETY: 16 bytes from `at` lie in the row, as do those 8 rows further.
                *r = unsafe {
                    _mm256_loadu2_m128i(
                        rows.as_ptr().add(at + 8 * dimensions).cast(),
                        rows.as_ptr().add(at).cast(),
                    )
                };
                *r = _mm256_add_epi8(*r, add);
            }
            for (p, column) in transpose(r).into_iter().enumerate() {
                let at = (j / 2 + p) * 2 * ITEMS + half * 32;
                // SAFETY: pairs of 32 items are 64 bytes; `at` is one half of a pair's place.
                unsafe { _mm256_storeu_si256(out[at..at + 32].as_mut_ptr().cast(), column) };
            }
        }
    }
    if whole < dimensions {
        out[whole * ITEMS..].fill(0);
        pack_columns(Simd::Avx2, rows, dimensions, whole, offset, out);
    }
}

/// 8 x 8 matrices of 16 bits, one in each half.
#[target_feature(enable = "avx2")]
fn transpose(r: [__m256i; 8]) -> [__m256i; 8] {
    let mut a = r;
    for i in 0..4 {
        a[2 * i] = _mm256_unpacklo_epi16(r[2 * i], r[2 * i + 1]);
        a[2 * i + 1] = _mm256_unpackhi_epi16(r[2 * i], r[2 * i + 1]);
    }
    let mut b = a;
    for i in 0..2 {
        for h in 0..2 {
            b[4 * i + 2 * h] = _mm256_unpacklo_epi32(a[4 * i + h], a[4 * i + h + 2]);
            b[4 * i + 2 * h + 1] = _mm256_unpackhi_epi32(a[4 * i + h], a[4 * i + h + 2]);
        }
    }
    let mut c = b;
    for i in 0..4 {
        c[2 * i] = _mm256_unpacklo_epi64(b[i], b[i + 4]);
        c[2 * i + 1] = _mm256_unpackhi_epi64(b[i], b[i + 4]);
    }
    c
}
