//! A guess at each listener's k-th best score, from a sample of its nearest lists. It saves work and
//! decides nothing: a listener left with fewer than k is scanned again.

use super::scan::{Context, Listener};
use super::survivors::score;

/// Sampled items per listener.
const SAMPLE: usize = 768;
/// Neighbouring items sampled together.
const RUN: usize = 8;
/// The sample comes from the nearest lists with this part of the items.
const NEAREST: usize = 8;
/// Listeners whose true k-th best calibrates the rank, and the share of them left enough by it.
const CALIBRATED: usize = 192;
const ENOUGH: f64 = 0.97;
/// Below this many items per k there is nothing to save.
const WORTH: usize = 4;

/// Largest to smallest eligible scores of the sample; none where the lists are small.
fn sample(context: &Context, listener: &Listener, lists: &[u32], k: usize) -> Vec<i32> {
    let index = context.index;
    let items =
        |lists: &[u32]| -> usize { lists.iter().map(|&l| index.list(l as usize).len()).sum() };
    let all = items(lists);
    if all < WORTH * k {
        return Vec::new();
    }
    let mut nearest = 0;
    let mut seen = 0;
    while seen < (all / NEAREST).max(SAMPLE) && nearest < lists.len() {
        seen += items(&lists[nearest..=nearest]);
        nearest += 1;
    }
    let step = RUN * (seen / SAMPLE).max(1);
    let mut found = Vec::with_capacity(2 * SAMPLE);
    let mut dots = [0; RUN];
    let mut next = 0;
    for &list in &lists[..nearest] {
        let range = index.list(list as usize);
        let len = range.len();
        while next < len {
            let run = range.start + next..range.end.min(range.start + next + RUN);
            let dots = &mut dots[..run.len()];
            listener.query.dots(index.rows(run.clone()), dots);
            let allowed = context.bits.group(listener.place, run.start);
            let eligible = dots.iter().enumerate().filter(|d| allowed >> d.0 & 1 == 1);
            found.extend(eligible.map(|d| *d.1));
            next += step;
        }
        next -= len;
    }
    found
}

/// Which rank of a sample stands for the k-th best; 0 for none.
#[derive(Clone, Copy)]
pub struct Rank(usize);

impl Rank {
    /// How many listeners of `queries` calibrate.
    pub fn calibrated(queries: usize) -> usize {
        CALIBRATED.min(queries / 32)
    }

    /// What a calibrating listener needs: the rank of its true k-th best in its sample.
    pub fn needed(context: &Context, listener: &Listener, lists: &[u32], k: usize) -> usize {
        let found = sample(context, listener, lists, k);
        let best = context.best(listener, lists, k);
        match best.get(k - 1) {
            Some(&last) => found.iter().filter(|&&s| s >= score(last)).count() + 1,
            None => usize::MAX,
        }
    }

    /// The rank that is enough for most.
    pub fn of(mut needed: Vec<usize>) -> Self {
        needed.sort_unstable();
        let at = (needed.len() as f64 * ENOUGH) as usize;
        Self(needed.get(at).copied().unwrap_or(0))
    }

    /// One below the smallest score that passes.
    pub fn floor(self, context: &Context, listener: &Listener, lists: &[u32], k: usize) -> i16 {
        if self.0 == 0 {
            return i16::MIN;
        }
        let mut found = sample(context, listener, lists, k);
        if self.0 > found.len() {
            return i16::MIN;
        }
        let (_, &mut score, _) = found.select_nth_unstable_by(self.0 - 1, |a, b| b.cmp(a));
        (score - 1) as i16
    }
}
