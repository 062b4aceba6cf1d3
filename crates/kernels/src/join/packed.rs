//! Inner products of one listener with every row of a packed table: for routing.

use super::item_code::OFFSET;
use super::listener_code::start;
use super::visit::{ITEMS, group_bytes, listener_words, pack, width, words};
use crate::simd::Simd;

/// Rows packed in parts, each from a whole group on, in each layout that this processor can use.
pub struct Packed {
    dimensions: usize,
    /// Groups of each part.
    off: Vec<usize>,
    bytes: Vec<(Simd, Vec<u8>)>,
}

impl Packed {
    /// `parts`: offsets of rows.
    pub fn new(rows: &[i8], dimensions: usize, parts: &[u32]) -> Self {
        let rows_of =
            |part: &[u32]| &rows[part[0] as usize * dimensions..part[1] as usize * dimensions];
        let mut off = vec![0];
        for part in parts.windows(2) {
            let groups = ((part[1] - part[0]) as usize).div_ceil(ITEMS);
            off.push(off[off.len() - 1] + groups);
        }
        let bytes = Simd::available()
            .into_iter()
            .filter(|&simd| simd == layout(simd))
            .map(|simd| {
                let (mut all, mut one) = (Vec::new(), Vec::new());
                for part in parts.windows(2) {
                    pack(simd, rows_of(part), dimensions, OFFSET, &mut one);
                    all.extend_from_slice(&one);
                }
                (simd, all)
            })
            .collect();
        Self {
            dimensions,
            off,
            bytes,
        }
    }

    fn part(&self, simd: Simd, part: usize) -> &[u8] {
        let size = group_bytes(simd, self.dimensions);
        let bytes = self.bytes.iter().find(|b| b.0 == layout(simd));
        bytes.map_or(&[], |b| {
            &b.1[self.off[part] * size..self.off[part + 1] * size]
        })
    }
}

/// The plainest kernels of the same layout.
fn layout(simd: Simd) -> Simd {
    match simd {
        Simd::Avx512 => Simd::Avx512,
        Simd::Avx2 | Simd::Portable => Simd::Portable,
    }
}

/// A listener in the kernel's layout.
pub struct PackedQuery {
    simd: Simd,
    start: i16,
    words: Vec<u32>,
}

impl PackedQuery {
    /// `coarse`: `width` integers.
    pub fn new(simd: Simd, coarse: &[i8]) -> Self {
        let mut words = Vec::with_capacity(coarse.len() / 2);
        listener_words(simd, coarse, &mut words);
        Self {
            simd,
            start: start(coarse),
            words,
        }
    }

    /// Writes the inner product with each row of a part, and whatever for the missing rows of its last
    /// group.
    pub fn scores(&self, rows: &Packed, part: usize, out: &mut Vec<i16>) {
        debug_assert_eq!(self.words.len(), words(self.simd, rows.dimensions));
        debug_assert!(width(self.simd, rows.dimensions) > 0);
        let packed = rows.part(self.simd, part);
        let groups = rows.off[part + 1] - rows.off[part];
        out.resize(groups * ITEMS, 0);
        let groups = out.as_chunks_mut::<ITEMS>().0;
        #[cfg(target_arch = "x86_64")]
        match self.simd {
            // SAFETY: a `Simd` exists only where the processor has it.
            Simd::Avx512 => unsafe {
                return super::kernel_avx512::scores(packed, &self.words, self.start, groups);
            },
            // SAFETY: as above.
            Simd::Avx2 => unsafe {
                return super::kernel_avx2::scores(packed, &self.words, self.start, groups);
            },
            Simd::Portable => {}
        }
        let size = self.words.len() * 2 * ITEMS;
        for (items, out) in packed.chunks_exact(size).zip(groups) {
            *out = super::kernel_portable::sums(items, &self.words, self.start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_plain_sums_on_every_path() {
        for d in [1, 13, 64] {
            let value = |i: usize, most: usize| (i * 89 % (2 * most + 1)) as i32 - most as i32;
            let rows: Vec<i8> = (0..70 * d).map(|i| value(i, 30) as i8).collect();
            for simd in Simd::available() {
                let mut coarse: Vec<i8> = (0..d).map(|i| value(i * 31 + 5, 16) as i8).collect();
                coarse.resize(width(simd, d), 0);
                let packed = Packed::new(&rows, d, &[0, 33, 33, 70]);
                let mut out = Vec::new();
                for (part, from, to) in [(0, 0, 33), (1, 33, 33), (2, 33, 70)] {
                    PackedQuery::new(simd, &coarse).scores(&packed, part, &mut out);
                    let expected: Vec<i16> = (from..to)
                        .map(|r| {
                            let products =
                                (0..d).map(|j| rows[r * d + j] as i16 * coarse[j] as i16);
                            products.sum()
                        })
                        .collect();
                    assert_eq!(out[..to - from], expected, "{simd:?}, {d} dimensions");
                }
            }
        }
    }
}
