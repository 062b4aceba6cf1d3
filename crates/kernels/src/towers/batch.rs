//! What one step compares: distinct listeners, distinct tracks, the correction of each shared negative and
//! the negatives that a pair must not be given.

use super::params::{Correction, TowerParams};
use super::train::Examples;
use crate::math::ln;
use crate::rng::Rng;
use std::collections::HashMap;

/// A negative of one pair alone.
pub struct Hard {
    /// Place among the batch's tracks.
    pub track: u32,
    pub log_weight: f32,
}

pub struct Batch {
    /// Distinct rows of listeners, and per pair its place among them.
    pub listeners: Vec<u32>,
    pub listener: Vec<u32>,
    /// Distinct tracks: positives, then uniform draws (both in order of first appearance), then tracks
    /// that are only hard negatives.
    pub tracks: Vec<u32>,
    /// The leading tracks that are negatives of every pair.
    pub shared: usize,
    /// Per pair, the place of its positive.
    pub positive: Vec<u32>,
    /// Per shared track: ln of (how often it is in the batch / its expected count there).
    pub log_weight: Vec<f32>,
    /// Per distinct listener, the places of its positives in this batch.
    pub positives: Vec<Vec<u32>>,
    /// Per pair; accidental hits are left out.
    pub hard: Vec<Vec<Hard>>,
    /// Weights of the pairs over their sum.
    pub share: Vec<f32>,
    pub weight: f64,
}

#[derive(Default)]
struct Distinct {
    place: HashMap<u32, u32>,
    ids: Vec<u32>,
}

impl Distinct {
    fn add(&mut self, id: u32) -> u32 {
        *self.place.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.ids.len() as u32 - 1
        })
    }
}

impl Batch {
    /// `pairs` and `uniform` are indexes of pairs and of tracks; either may repeat itself.
    pub fn new(examples: &Examples, params: &TowerParams, pairs: &[u32], uniform: &[u32]) -> Self {
        let (mut listeners, mut tracks) = (Distinct::default(), Distinct::default());
        let (mut listener, mut positive) = (Vec::new(), Vec::new());
        for &pair in pairs {
            listener.push(listeners.add(examples.listener[pair as usize]));
            positive.push(tracks.add(examples.track[pair as usize]));
        }
        let uniform: Vec<u32> = uniform.iter().map(|&track| tracks.add(track)).collect();
        let shared = tracks.ids.len();
        let count = |places: &[u32]| {
            let mut counts = vec![0u32; shared];
            places.iter().for_each(|&place| counts[place as usize] += 1);
            counts
        };
        let (drawn, listed) = (count(&uniform), count(&positive));
        let log_weight = (0..shared)
            .map(|at| {
                let share = f64::from(examples.count[tracks.ids[at] as usize]) / examples.counted;
                let expected = [
                    share * pairs.len() as f64,
                    uniform.len() as f64 / examples.tracks.count as f64,
                ];
                let found = [f64::from(listed[at]), f64::from(drawn[at])];
                ln(corrected(params.correction, found, expected)) as f32
            })
            .collect();
        let mut positives = vec![Vec::new(); listeners.ids.len()];
        for (&who, &place) in listener.iter().zip(&positive) {
            let known: &mut Vec<u32> = &mut positives[who as usize];
            if !known.contains(&place) {
                known.push(place);
            }
        }
        let hard = pairs
            .iter()
            .zip(&listener)
            .map(|(&pair, &who)| {
                let at = examples.hard_off[pair as usize] as usize
                    ..examples.hard_off[pair as usize + 1] as usize;
                at.map(|h| Hard {
                    track: tracks.add(examples.hard_track[h]),
                    log_weight: examples.hard_weight[h],
                })
                .filter(|hard| !positives[who as usize].contains(&hard.track))
                .collect()
            })
            .collect();
        let weight: f64 = pairs
            .iter()
            .map(|&pair| f64::from(examples.weight[pair as usize]))
            .sum();
        let share = |&pair: &u32| {
            let own = f64::from(examples.weight[pair as usize]);
            if weight > 0.0 {
                (own / weight) as f32
            } else {
                0.0
            }
        };
        Self {
            listeners: listeners.ids,
            listener,
            tracks: tracks.ids,
            shared,
            positive,
            log_weight,
            positives,
            hard,
            share: pairs.iter().map(share).collect(),
            weight,
        }
    }

    /// Places of the negatives that pair `i` must not be given: the other positives of its listener.
    pub fn masked(&self, i: usize) -> impl Iterator<Item = usize> {
        let own = self.positive[i];
        self.positives[self.listener[i] as usize]
            .iter()
            .filter(move |&&place| place != own)
            .map(|&place| place as usize)
    }
}

/// Occurrences over expected occurrences: `found` and `expected` in the batch and among the draws. A
/// track found among the draws only has no in-batch term, whatever its count, and the other way round.
fn corrected(correction: Correction, found: [f64; 2], expected: [f64; 2]) -> f64 {
    match correction {
        Correction::None => found[0] + found[1],
        Correction::Own | Correction::Classic => {
            let term = |kind: usize| match found[kind] {
                0.0 => 0.0,
                some => some / expected[kind],
            };
            term(0) + term(1)
        }
        Correction::Mixture => (found[0] + found[1]) / (expected[0] + expected[1]),
    }
}

/// The uniform draws of a step, with replacement.
pub fn draw_uniform(params: &TowerParams, epoch: u32, step: u32, tracks: usize) -> Vec<u32> {
    let mut rng = Rng::new(&[params.seed, 11, epoch, step]);
    (0..params.uniform)
        .map(|_| (rng.uniform() * tracks as f64) as u32)
        .collect()
}
