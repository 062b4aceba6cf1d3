//! A list meets its listeners: packs the list once, then runs register tiles of 4 listeners x 32 items.

use super::eligibility::ClassBits;
use super::kernel_portable;
use crate::simd::Simd;

/// Items of a tile.
pub const ITEMS: usize = 32;
/// Listeners of a tile.
pub const LISTENERS: usize = 4;
/// Passes nothing.
const CLOSED: i16 = i16::MAX;

/// What passed a threshold: listener and item by their place in the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub listener: u32,
    pub item: u32,
}

/// Words of 32 bits per listener: plain and AVX2 kernels keep pairs of dimensions (doubled for the
/// broadcast), VNNI keeps fours.
pub fn words(simd: Simd, dimensions: usize) -> usize {
    match simd {
        Simd::Avx512 => dimensions.div_ceil(4),
        _ => dimensions.div_ceil(2),
    }
}

/// Integers of a listener that a kernel reads, zeros behind its dimensions.
pub fn width(simd: Simd, dimensions: usize) -> usize {
    match simd {
        Simd::Avx512 => dimensions.next_multiple_of(4),
        _ => dimensions.next_multiple_of(2),
    }
}

/// Appends a listener's words; `query`: `width` integers.
#[inline]
pub fn listener_words(simd: Simd, query: &[i8], out: &mut Vec<u32>) {
    let bytes = |q: i8| u32::from(q as u8);
    if simd == Simd::Avx512 {
        let fours = query.as_chunks::<4>().0.iter();
        out.extend(fours.map(|q| u32::from_le_bytes(q.map(|q| q as u8))));
    } else {
        let pairs = query.as_chunks::<2>().0.iter();
        out.extend(pairs.map(|q| (bytes(q[0]) | bytes(q[1]) << 8) * 0x1_0001));
    }
}

/// The listeners of one list, in the kernel's layout; whole tiles, the last filled with nobody.
#[derive(Default)]
pub struct Listeners {
    pub words: Vec<u32>,
    /// -127 * sum(q): takes back what the items' offset adds.
    pub start: Vec<i16>,
    /// One below the smallest score that passes.
    pub floor: Vec<i16>,
    pub class: Vec<u32>,
}

impl Listeners {
    pub fn clear(&mut self) {
        self.words.clear();
        self.start.clear();
        self.floor.clear();
        self.class.clear();
    }

    /// `query`: `width` integers.
    #[inline]
    pub fn push(&mut self, simd: Simd, query: &[i8], start: i16, floor: i16, class: u32) {
        listener_words(simd, query, &mut self.words);
        self.start.push(start);
        self.floor.push(floor);
        self.class.push(class);
    }

    /// Fills the last tile.
    pub fn close(&mut self, simd: Simd, width: usize) {
        let nobody = vec![0; width];
        while !self.start.len().is_multiple_of(LISTENERS) {
            self.push(simd, &nobody, 0, CLOSED, 0);
        }
    }
}

/// One list against its listeners.
pub struct Visit<'a> {
    pub items: usize,
    /// Position of the list's first item.
    pub first: usize,
    /// Words per listener.
    pub words: usize,
    pub packed: &'a [u8],
    pub listeners: &'a Listeners,
    pub bits: &'a ClassBits,
}

impl Visit<'_> {
    /// Appends what passes, by group of items, then listener.
    pub fn run(&self, simd: Simd, log: &mut Vec<Hit>) {
        #[cfg(target_arch = "x86_64")]
        match simd {
            // SAFETY: a `Simd` exists only where the processor has it.
            Simd::Avx512 => return unsafe { super::kernel_avx512::visit(self, log) },
            // SAFETY: as above.
            Simd::Avx2 => return unsafe { super::kernel_avx2::visit(self, log) },
            Simd::Portable => {}
        }
        kernel_portable::visit(self, log);
    }

    /// Logs one listener's part of a tile; `over` has a bit per item above the floor.
    #[inline(always)]
    pub fn log(&self, group: usize, listener: usize, over: u32, log: &mut Vec<Hit>) {
        let item = group * ITEMS;
        let left = self.items - item;
        let real = if left < ITEMS {
            (1 << left) - 1
        } else {
            u32::MAX
        };
        let class = self.listeners.class[listener];
        let mut over = over & real & self.bits.group(class, self.first + item);
        while over != 0 {
            let lane = over.trailing_zeros() as usize;
            over &= over - 1;
            log.push(Hit {
                listener: listener as u32,
                item: (item + lane) as u32,
            });
        }
    }
}

/// Bytes of one group of 32 packed items.
pub fn group_bytes(simd: Simd, dimensions: usize) -> usize {
    match simd {
        Simd::Avx512 => words(simd, dimensions) * 4 * ITEMS,
        _ => words(simd, dimensions) * 2 * ITEMS,
    }
}

/// Packs a list's rows into groups of 32 items, offset added; missing items are zeros.
pub fn pack(simd: Simd, rows: &[i8], dimensions: usize, offset: i32, out: &mut Vec<u8>) {
    let items = rows.len() / dimensions;
    let group = group_bytes(simd, dimensions);
    out.resize(items.div_ceil(ITEMS) * group, 0);
    for (rows, out) in rows
        .chunks(ITEMS * dimensions)
        .zip(out.chunks_exact_mut(group))
    {
        #[cfg(target_arch = "x86_64")]
        if rows.len() == ITEMS * dimensions {
            match simd {
                // SAFETY: a `Simd` exists only where the processor has it.
                Simd::Avx512 => unsafe {
                    super::kernel_avx512::pack(rows, dimensions, offset as u8, out);
                    continue;
                },
                // SAFETY: as above.
                Simd::Avx2 => unsafe {
                    super::kernel_avx2::pack(rows, dimensions, offset as u8, out);
                    continue;
                },
                Simd::Portable => {}
            }
        }
        out.fill(0);
        pack_columns(simd, rows, dimensions, 0, offset as u8, out);
    }
}

/// Packs the dimensions from `from` on, byte by byte; `from` is a multiple of 4.
pub fn pack_columns(
    simd: Simd,
    rows: &[i8],
    dimensions: usize,
    from: usize,
    offset: u8,
    out: &mut [u8],
) {
    let together = if simd == Simd::Avx512 { 4 } else { 2 };
    for (i, row) in rows.chunks_exact(dimensions).enumerate() {
        for (j, &x) in row.iter().enumerate().skip(from) {
            out[j / together * together * ITEMS + i * together + j % together] =
                (x as u8).wrapping_add(offset);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::item_code::OFFSET;
    use crate::join::listener_code::start;
    use crate::rng::Rng;

    /// Extreme values, so that a saturating or overflowing kernel would show.
    #[test]
    fn every_kernel_finds_what_plain_sums_find() {
        let mut rng = Rng::new(&[5]);
        for (d, items, listeners) in [(1, 1, 1), (2, 33, 3), (16, 32, 4), (37, 70, 6), (64, 64, 5)]
        {
            let mut draw = |most: i32| match rng.next_u32() % 3 {
                0 => most as i8,
                1 => -most as i8,
                _ => (rng.uniform() * f64::from(2 * most) - f64::from(most)) as i8,
            };
            let most = (32_767 / 127 / d as i32).min(64);
            let rows: Vec<i8> = (0..items * d).map(|_| draw(127)).collect();
            let queries: Vec<Vec<i8>> = (0..listeners)
                .map(|_| (0..d).map(|_| draw(most)).collect())
                .collect();
            let mut expected = Vec::new();
            for (item, row) in rows.chunks_exact(d).enumerate() {
                for (listener, query) in queries.iter().enumerate() {
                    let dots = row
                        .iter()
                        .zip(query)
                        .map(|(&x, &q)| i32::from(x) * i32::from(q));
                    let score: i32 = dots.sum();
                    if score > 11 {
                        expected.push((item as u32, listener as u32));
                    }
                }
            }
            for simd in Simd::available() {
                let mut all = Listeners::default();
                for query in &queries {
                    let mut padded = query.clone();
                    padded.resize(width(simd, d), 0);
                    all.push(simd, &padded, start(query), 11, 0);
                }
                all.close(simd, width(simd, d));
                let mut packed = Vec::new();
                pack(simd, &rows, d, OFFSET, &mut packed);
                let mut log = Vec::new();
                Visit {
                    items,
                    first: 3,
                    words: words(simd, d),
                    packed: &packed,
                    listeners: &all,
                    bits: &ClassBits::all(items + 3),
                }
                .run(simd, &mut log);
                let mut found: Vec<_> = log.iter().map(|h| (h.item, h.listener)).collect();
                found.sort_unstable();
                assert_eq!(found, expected, "{simd:?}, {d} dimensions");
            }
        }
    }
}
