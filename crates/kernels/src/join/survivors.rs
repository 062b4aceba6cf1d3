//! What passed the thresholds, sorted by listener and cut to the best.
//!
//! An entry is one number, `slot (20 bits) | 32767 - score (16) | track (28)`: entries of a slot sort by
//! falling score, then rising track.

use super::visit::Hit;

/// Tracks, and positions, that an entry can name.
pub const MOST_POSITIONS: usize = 1 << TRACK_BITS;
/// Listeners of a block.
pub const MOST_SLOTS: usize = 1 << 20;
const TRACK_BITS: u32 = 28;
const KEY_BITS: u32 = TRACK_BITS + 16;
const KEY: u64 = (1 << KEY_BITS) - 1;
/// Slots of a bucket: its entries fit the second-level cache.
const SLOTS: usize = 256;

/// Sorts by falling score, then rising track.
#[inline]
pub fn key(score: i32, track: u32) -> u64 {
    ((32_767 - score) as u64) << TRACK_BITS | u64::from(track)
}

pub fn score(key: u64) -> i32 {
    32_767 - (key >> TRACK_BITS) as i32
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
pub struct Buckets(Vec<Vec<u64>>);

impl Buckets {
    pub fn new(slots: usize) -> Self {
        Self(vec![Vec::new(); slots.div_ceil(SLOTS)])
    }

    /// Moves a visit's log, small enough for the cache, to the buckets of its listeners.
    pub fn take(&mut self, log: &mut Vec<Hit>, slots: &[u32], tracks: &[u32]) {
        for hit in log.drain(..) {
            let slot = slots[hit.listener as usize];
            let entry =
                u64::from(slot) << KEY_BITS | key(i32::from(hit.score), tracks[hit.item as usize]);
            self.0[slot as usize / SLOTS].push(entry);
        }
    }
}

/// Calls `each(slot, its keys, unordered)` for the slots of one bucket, over all workers.
pub fn by_slot(
    workers: &[Buckets],
    bucket: usize,
    slots: usize,
    mut each: impl FnMut(usize, &mut Vec<u64>),
) {
    let first = bucket * SLOTS;
    let entries = || workers.iter().flat_map(|w| &w.0[bucket]);
    let mut ends = [0usize; SLOTS + 1];
    for entry in entries() {
        ends[(entry >> KEY_BITS) as usize - first + 1] += 1;
    }
    for i in 0..SLOTS {
        ends[i + 1] += ends[i];
    }
    let mut sorted = vec![0u64; ends[SLOTS]];
    let mut next = ends;
    for entry in entries() {
        let place = &mut next[(entry >> KEY_BITS) as usize - first];
        sorted[*place] = entry & KEY;
        *place += 1;
    }
    let mut keys = Vec::new();
    for slot in first..(first + SLOTS).min(slots) {
        keys.clear();
        keys.extend_from_slice(&sorted[ends[slot - first]..ends[slot - first + 1]]);
        each(slot, &mut keys);
    }
}

pub fn buckets(slots: usize) -> std::ops::Range<usize> {
    0..slots.div_ceil(SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_to_the_best_with_ties_to_the_smaller_track() {
        let mut keys = vec![key(5, 9), key(-32_767, 1), key(5, 2), key(32_767, 7)];
        cut(&mut keys, 3);
        let found: Vec<(i32, u32)> = keys.iter().map(|&k| (score(k), track(k))).collect();
        assert_eq!(found, [(32_767, 7), (5, 2), (5, 9)]);
    }
}
