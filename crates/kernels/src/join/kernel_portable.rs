use super::visit::{Hit, ITEMS, Visit};

/// The visit in plain Rust, on the layout of pairs: 16-bit sums that wrap.
pub fn visit(visit: &Visit, log: &mut Vec<Hit>) {
    let listeners = visit.listeners;
    let group_bytes = visit.words * 2 * ITEMS;
    for (group, items) in visit.packed.chunks_exact(group_bytes).enumerate() {
        for (listener, query) in listeners.words.chunks_exact(visit.words).enumerate() {
            let sums = sums(items, query, listeners.start[listener]);
            let floor = listeners.floor[listener];
            let over = sums.iter().enumerate().fold(0, |bits, (lane, &sum)| {
                bits | u32::from(sum > floor) << lane
            });
            if over != 0 {
                visit.log(group, listener, over, log);
            }
        }
    }
}

/// The sums of one listener with a group's items.
#[inline]
pub fn sums(items: &[u8], query: &[u32], start: i16) -> [i16; ITEMS] {
    let mut sums = [start; ITEMS];
    for (&word, pairs) in query.iter().zip(items.as_chunks::<{ 2 * ITEMS }>().0) {
        let [q0, q1, ..] = word.to_le_bytes().map(|q| i16::from(q as i8));
        for (sum, x) in sums.iter_mut().zip(pairs.as_chunks::<2>().0) {
            let pair = i16::from(x[0]) * q0 + i16::from(x[1]) * q1;
            *sum = sum.wrapping_add(pair);
        }
    }
    sums
}
