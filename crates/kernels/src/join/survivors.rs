//! What passed the floors, sorted by listener, and keys that sort by score.
//!
//! An entry is one number, `slot within its bucket (5 bits) | 2^30 - score (31) | track (28)`; without
//! the slot it is a key, and keys sort by falling score, then rising track.

/// Tracks that a key can name.
pub const MOST_POSITIONS: usize = 1 << TRACK_BITS;
const TRACK_BITS: u32 = 28;
const KEY_BITS: u32 = TRACK_BITS + 31;
const KEY: u64 = (1 << KEY_BITS) - 1;
const HIGHEST: i32 = 1 << 30;
/// Slots of a bucket: its entries fit the second-level cache.
const SLOTS: usize = 1 << (64 - KEY_BITS);

/// Sorts by falling score, then rising track.
#[inline]
pub fn key(score: i32, track: u32) -> u64 {
    ((HIGHEST - score) as u64) << TRACK_BITS | u64::from(track)
}

pub fn score(key: u64) -> i32 {
    HIGHEST - (key >> TRACK_BITS) as i32
}

pub fn track(key: u64) -> u32 {
    key as u32 & (MOST_POSITIONS as u32 - 1)
}

/// The best `k`, in order.
pub fn cut(keys: &mut Vec<u64>, k: usize) {
    if keys.len() > k {
        keys.select_nth_unstable(k - 1);
        keys.truncate(k);
    }
    keys.sort_unstable();
}

/// One worker's survivors of a block, in buckets of slots.
#[derive(Default)]
pub struct Buckets(Vec<Vec<u64>>);

impl Buckets {
    /// Empties what an earlier block left, keeping its room.
    pub fn clear(&mut self, slots: usize) {
        self.0.iter_mut().for_each(Vec::clear);
        self.0.resize(buckets(slots), Vec::new());
    }

    #[inline]
    pub fn add(&mut self, slot: u32, score: i32, track: u32) {
        let entry = u64::from(slot) << KEY_BITS | key(score, track);
        self.0[slot as usize / SLOTS].push(entry);
    }
}

pub fn buckets(slots: usize) -> usize {
    slots.div_ceil(SLOTS)
}

/// Calls `each(slot, its keys, unordered)` for the slots of one bucket, over all workers.
pub fn by_slot(
    workers: &[Buckets],
    bucket: usize,
    slots: usize,
    mut each: impl FnMut(usize, &[u64]),
) {
    let mut ends = [0usize; SLOTS + 1];
    for &entry in workers.iter().flat_map(|w| &w.0[bucket]) {
        ends[(entry >> KEY_BITS) as usize + 1] += 1;
    }
    for i in 0..SLOTS {
        ends[i + 1] += ends[i];
    }
    let mut sorted = vec![0u64; ends[SLOTS]];
    let mut next = ends;
    for worker in workers {
        for &entry in &worker.0[bucket] {
            let place = &mut next[(entry >> KEY_BITS) as usize];
            sorted[*place] = entry & KEY;
            *place += 1;
        }
    }
    let first = bucket * SLOTS;
    for i in 0..SLOTS.min(slots - first) {
        each(first + i, &sorted[ends[i]..ends[i + 1]]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_to_the_best_with_ties_to_the_smaller_track() {
        let mut keys = vec![
            key(5, 9),
            key(-1_073_741_823, 1),
            key(5, 2),
            key(1_073_741_824, 7),
        ];
        cut(&mut keys, 3);
        let found: Vec<(i32, u32)> = keys.iter().map(|&k| (score(k), track(k))).collect();
        assert_eq!(found, [(1_073_741_824, 7), (5, 2), (5, 9)]);
    }
}
