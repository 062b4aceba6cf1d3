//! A guess at each listener's k-th best score, from every 16th item of its lists. It saves work and
//! decides nothing: a listener left with fewer than k is scanned again.

use super::index::{Index, SAMPLED};
use super::packed::PackedQuery;
use super::scan::{Context, Listener};
use super::survivors::score;

/// Listeners whose true k-th best calibrates the guess, and the share of them left enough by it.
const CALIBRATED: usize = 128;
const ENOUGH: f64 = 0.97;
/// Below this many items per k there is nothing to save.
const WORTH: usize = 4;
/// Samples of a listener: the nearest lists give half, beyond them every few lists stand for all.
const MOST: usize = 2048;
/// Coarse scores are counted in bins.
const BIN: u32 = 5;
const BINS: usize = 1 << (16 - BIN);

fn bin(coarse: i32) -> usize {
    ((coarse.clamp(-32_768, 32_767) + 32_768) >> BIN) as usize
}

/// Eligible samples by coarse score, each weighing as many samples as it stands for.
pub struct Sample {
    bins: Vec<u32>,
    scores: Vec<i16>,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            bins: vec![0; BINS],
            scores: Vec::new(),
        }
    }
}

impl Sample {
    /// False where the lists are too small to be worth it.
    fn fill(
        &mut self,
        context: &Context,
        listener: &Listener,
        query: &PackedQuery,
        lists: &[u32],
        k: usize,
    ) -> bool {
        let index = context.index;
        let sizes = lists.iter().map(|&list| index.list(list as usize).len());
        let all: usize = sizes.sum();
        if all < WORTH * k {
            return false;
        }
        self.bins.fill(0);
        let stride = (2 * all / SAMPLED).div_ceil(MOST).saturating_sub(1).max(1);
        let (mut seen, mut i) = (0, 0);
        while let Some(&list) = lists.get(i) {
            let weight = if seen * SAMPLED * 2 < MOST { 1 } else { stride };
            seen += self.add(context, listener, query, list as usize, weight as u32);
            i += weight;
        }
        true
    }

    /// Adds one list's samples and returns how many.
    fn add(
        &mut self,
        context: &Context,
        listener: &Listener,
        query: &PackedQuery,
        list: usize,
        weight: u32,
    ) -> usize {
        let sampled = Index::sampled(context.index.list(list));
        let count = sampled.len();
        query.scores(&context.index.sample, list, &mut self.scores);
        for (&score, position) in self.scores.iter().zip(sampled) {
            let allowed = u32::from(context.bits.allows(listener.place, position));
            self.bins[bin(i32::from(score))] += allowed * weight;
        }
        count
    }

    /// Weight of the bins from the highest to that of a score.
    fn above(&self, coarse: i32) -> u32 {
        self.bins[bin(coarse)..].iter().sum()
    }

    /// The lowest score of the bin by which `weight` is reached from above.
    fn reached(&self, weight: u32) -> Option<i32> {
        let mut left = weight;
        for (b, &count) in self.bins.iter().enumerate().rev() {
            if count >= left {
                return Some(((b as i32) << BIN) - 32_768);
            }
            left -= count;
        }
        None
    }
}

/// The weight of samples above which the k-th best probably is; 0 for none.
#[derive(Clone, Copy)]
pub struct Rank(u32);

impl Rank {
    /// How many listeners of `queries` calibrate.
    pub fn calibrated(queries: usize) -> usize {
        CALIBRATED.min(queries / 32)
    }

    /// What a calibrating listener needs: the weight down to its true k-th best.
    pub fn needed(
        context: &Context,
        listener: &Listener,
        query: &PackedQuery,
        lists: &[u32],
        k: usize,
        sample: &mut Sample,
    ) -> u32 {
        if !sample.fill(context, listener, query, lists, k) {
            return u32::MAX;
        }
        match context.best(listener, lists, k).get(k - 1) {
            Some(&last) => sample.above(listener.rounded.coarse(score(last))).max(1),
            None => u32::MAX,
        }
    }

    /// The weight that is enough for most.
    pub fn of(mut needed: Vec<u32>) -> Self {
        needed.retain(|&weight| weight < u32::MAX);
        needed.sort_unstable();
        let at = (needed.len() as f64 * ENOUGH) as usize;
        Self(needed.get(at).copied().unwrap_or(0))
    }

    /// A fine score that the k-th best probably reaches; the least where nothing is known.
    pub fn guess(
        self,
        context: &Context,
        listener: &Listener,
        query: &PackedQuery,
        lists: &[u32],
        k: usize,
        sample: &mut Sample,
    ) -> i32 {
        if self.0 == 0 || !sample.fill(context, listener, query, lists, k) {
            return i32::MIN;
        }
        let reached = sample.reached(self.0);
        reached.map_or(i32::MIN, |coarse| listener.rounded.fine(coarse))
    }
}
