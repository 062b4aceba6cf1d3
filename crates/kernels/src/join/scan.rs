//! One listener over whole lists: for those whose threshold was too high, and to calibrate thresholds.

use super::eligibility::{ClassBits, Eligibility};
use super::index::Index;
use super::listener_code::Rounded;
use super::rows::RowQuery;
use super::survivors::{cut, key, score};

/// What every step of a search shares.
pub struct Context<'a> {
    pub index: &'a Index,
    pub bits: &'a ClassBits,
    pub eligibility: &'a dyn Eligibility,
}

/// A listener of a block.
pub struct Listener<'a> {
    /// Among all queries.
    pub number: usize,
    /// Place of its class.
    pub place: u32,
    pub query: RowQuery<'a>,
    pub rounded: Rounded,
}

impl Context<'_> {
    /// The `k` best eligible tracks of the lists, in order.
    pub fn best(&self, listener: &Listener, lists: &[u32], k: usize) -> Vec<u64> {
        let most = 4 * k + 1024;
        let mut kept: Vec<u64> = Vec::with_capacity(most);
        let mut floor = i32::MIN;
        let mut dots = Vec::new();
        for &list in lists {
            let range = self.index.list(list as usize);
            dots.resize(range.len(), 0);
            listener
                .query
                .dots(self.index.rows(range.clone()), &mut dots);
            for (&dot, position) in dots.iter().zip(range) {
                if dot < floor || !self.bits.allows(listener.place, position) {
                    continue;
                }
                let track = self.index.order[position];
                if self.eligibility.excluded(listener.number, track) {
                    continue;
                }
                kept.push(key(dot, track));
                if kept.len() == most {
                    kept.select_nth_unstable(k - 1);
                    kept.truncate(k);
                    floor = score(kept[k - 1]);
                }
            }
        }
        cut(&mut kept, k);
        kept
    }
}
