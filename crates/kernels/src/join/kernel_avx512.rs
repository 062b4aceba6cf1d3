use super::visit::{Hit, ITEMS, LISTENERS, Visit, pack_columns};
use crate::simd::Simd;
use std::arch::x86_64::*;

/// The visit with VNNI: a register holds the 32-bit sums of 16 items, four dimensions a step. The
/// same sums as the 16-bit kernels, whose true values fit 16 bits.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2")]
pub fn visit(visit: &Visit, log: &mut Vec<Hit>) {
    let listeners = visit.listeners;
    let words = visit.words;
    let group_bytes = words * 4 * ITEMS;
    let tiles = listeners.start.len() / LISTENERS;
    assert!(
        listeners.words.len() == tiles * LISTENERS * words
            && listeners.floor.len() == listeners.start.len()
    );
    for (group, items) in visit.packed.chunks_exact(group_bytes).enumerate() {
        let items = items.as_ptr().cast::<__m512i>();
        for tile in 0..tiles {
            let first = tile * LISTENERS;
            let query = listeners.words[first * words..].as_ptr().cast::<i32>();
            let mut sums = [[_mm512_setzero_si512(); 2]; LISTENERS];
            for w in 0..words {
                // SAFETY: a group holds `words` pairs of registers, a tile 4 rows of `words`.
                let (low, high) = unsafe {
                    (
                        _mm512_loadu_si512(items.add(2 * w)),
                        _mm512_loadu_si512(items.add(2 * w + 1)),
                    )
                };
                for (l, sums) in sums.iter_mut().enumerate() {
                    // SAFETY: as above.
                    let q = _mm512_set1_epi32(unsafe { *query.add(l * words + w) });
                    sums[0] = _mm512_dpbusd_epi32(sums[0], low, q);
                    sums[1] = _mm512_dpbusd_epi32(sums[1], high, q);
                }
            }
            for (l, &sums) in sums.iter().enumerate() {
                let listener = first + l;
                let floor = _mm512_set1_epi16(listeners.floor[listener]);
                let over = _mm512_cmpgt_epi16_mask(narrow(sums, listeners.start[listener]), floor);
                if over != 0 {
                    visit.log(group, listener, over, log);
                }
            }
        }
    }
}

/// As 16-bit sums, which wrap, the offset taken back: the other kernels' numbers.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2")]
fn narrow([low, high]: [__m512i; 2], start: i16) -> __m512i {
    let scores = _mm512_inserti64x4::<1>(
        _mm512_castsi256_si512(_mm512_cvtepi32_epi16(low)),
        _mm512_cvtepi32_epi16(high),
    );
    _mm512_add_epi16(scores, _mm512_set1_epi16(start))
}

/// The sums of one listener with every item of the groups.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2")]
pub fn scores(packed: &[u8], words: &[u32], start: i16, out: &mut [[i16; ITEMS]]) {
    for (items, out) in packed.chunks_exact(words.len() * 4 * ITEMS).zip(out) {
        let mut sums = [_mm512_setzero_si512(); 2];
        for (&word, items) in words.iter().zip(items.as_chunks::<{ 4 * ITEMS }>().0) {
            let q = _mm512_set1_epi32(word as i32);
            for (half, sum) in sums.iter_mut().enumerate() {
                // SAFETY: both halves of a four of 32 items are 64 bytes.
                let x = unsafe { _mm512_loadu_si512(items[half * 64..].as_ptr().cast()) };
                *sum = _mm512_dpbusd_epi32(*sum, x, q);
            }
        }
        // SAFETY: the array is one register long.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), narrow(sums, start)) };
    }
}

/// Packs 32 whole rows: 4 x 4 transposes of fours.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2")]
pub fn pack(rows: &[i8], dimensions: usize, offset: u8, out: &mut [u8]) {
    let whole = dimensions / 16 * 16;
    assert!(rows.len() == ITEMS * dimensions && out.len() >= dimensions * ITEMS);
    let add = _mm_set1_epi8(offset as i8);
    for j in (0..whole).step_by(16) {
        for i in (0..ITEMS).step_by(4) {
            let mut r = [_mm_setzero_si128(); 4];
            for (k, r) in r.iter_mut().enumerate() {
                let at = (i + k) * dimensions + j;
                // SAFETY: 16 bytes from `at` lie in the row.
                let row = unsafe { _mm_loadu_si128(rows[at..at + 16].as_ptr().cast()) };
                *r = _mm_add_epi8(row, add);
            }
            let (a, b) = (
                _mm_unpacklo_epi32(r[0], r[1]),
                _mm_unpackhi_epi32(r[0], r[1]),
            );
            let (c, d) = (
                _mm_unpacklo_epi32(r[2], r[3]),
                _mm_unpackhi_epi32(r[2], r[3]),
            );
            let columns = [
                _mm_unpacklo_epi64(a, c),
                _mm_unpackhi_epi64(a, c),
                _mm_unpacklo_epi64(b, d),
                _mm_unpackhi_epi64(b, d),
            ];
            for (f, column) in columns.into_iter().enumerate() {
                let at = (j / 4 + f) * 4 * ITEMS + i * 4;
                // SAFETY: four items of a four are 16 bytes from `at`.
                unsafe { _mm_storeu_si128(out[at..at + 16].as_mut_ptr().cast(), column) };
            }
        }
    }
    if whole < dimensions {
        out[whole * ITEMS..].fill(0);
        pack_columns(Simd::Avx512, rows, dimensions, whole, offset, out);
    }
}
