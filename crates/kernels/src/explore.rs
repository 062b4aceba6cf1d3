//! Exploratory slots with exact propensities: Thompson sampling (Thompson 1933) over a fixed set of
//! posterior draws.

use crate::catalogue::Catalogue;
use crate::col::{Col, View};
use crate::error::{Result, invalid};
use crate::rng::hash32;
use std::path::Path;

/// Posterior draws per arm; one of them is picked uniformly, so a propensity is a multiple of 1/256.
pub const DRAWS: usize = 256;

/// Arms per genre, most promising first, with their Beta posteriors and draws.
pub struct Exploration {
    start: Vec<u32>,
    track: View<u32>,
    alpha: View<f32>,
    beta: View<f32>,
    draw: View<f32>,
}

/// A track for one exploratory slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exploratory {
    pub track: u32,
    /// Mean of the posterior.
    pub mean: f32,
    /// As in list values: 0 for certain, else propensity x 256.
    pub propensity: u8,
}

impl Exploration {
    /// Opens `exploration.col` (`arm.off`, `arm.track`, `arm.alpha`, `arm.beta`, `draw`).
    pub fn open(path: impl AsRef<Path>, c: &Catalogue) -> Result<Self> {
        let col = Col::open(path)?;
        let track = col.view::<u32>("arm.track")?;
        let offsets = col.offsets("arm.off", c.genres, track.len())?;
        let start = (0..=c.genres).map(|g| offsets.at(g) as u32).collect();
        let (alpha, beta) = (col.view::<f32>("arm.alpha")?, col.view::<f32>("arm.beta")?);
        let draw = col.view::<f32>("draw")?;
        let fits = alpha.len() == track.len()
            && beta.len() == track.len()
            && draw.len() == track.len() * DRAWS
            && track.iter().all(|&t| (t as usize) < c.tracks);
        if !fits {
            let path = col.path().display();
            return Err(invalid(format!("{path} does not fit its catalogue")));
        }
        Ok(Self {
            start,
            track,
            alpha,
            beta,
            draw,
        })
    }

    /// Up to `slots` tracks. Slot k starts at the listener's k-th strongest genre that has arms (ties
    /// to the smaller index; from the first again where there are fewer genres) and moves on to the
    /// next while a genre has no eligible arm left. A slot's propensity is the share of draws in which
    /// its track wins among the arms eligible for it; `key` and the slot pick the draw.
    pub fn slots(
        &self,
        taste: &[f64],
        slots: usize,
        key: &[u32; 3],
        eligible: &dyn Fn(u32) -> bool,
        recording: &dyn Fn(u32) -> u32,
    ) -> Vec<Exploratory> {
        let mut genres: Vec<usize> = (0..taste.len().min(self.start.len() - 1))
            .filter(|&g| taste[g] > 0.0 && self.start[g] < self.start[g + 1])
            .collect();
        genres.sort_by(|&a, &b| taste[b].total_cmp(&taste[a]).then(a.cmp(&b)));
        let mut picked: Vec<Exploratory> = Vec::with_capacity(slots);
        for slot in 0..slots {
            let wanted = |arm: u32| {
                let track = self.track[arm as usize];
                let again = |p: &Exploratory| recording(p.track) == recording(track);
                !picked.iter().any(again) && eligible(track)
            };
            let arms = (0..genres.len())
                .map(|k| genres[(slot + k) % genres.len()])
                .map(|g| (self.start[g]..self.start[g + 1]).filter(|&arm| wanted(arm)))
                .map(Iterator::collect::<Vec<u32>>)
                .find(|arms| !arms.is_empty());
            let Some(arms) = arms else {
                break;
            };
            let draw = draw_of(key, slot);
            let (arm, wins) = winner(&self.draw, &arms, draw);
            let (a, b) = (self.alpha[arm as usize], self.beta[arm as usize]);
            picked.push(Exploratory {
                track: self.track[arm as usize],
                mean: a / (a + b),
                propensity: stored_propensity(wins),
            });
        }
        picked
    }
}

/// The draw that decides a slot: uniform over (seed, week, listener).
pub fn draw_of(key: &[u32; 3], slot: usize) -> usize {
    (hash32(&[key[0], key[1], key[2], slot as u32]) >> 24) as usize
}

/// The arm with the largest value in one draw, ties to the earlier arm, and in how many of the 256
/// draws it wins. `draws` is arms x 256; `arms` is ascending and not empty.
pub fn winner(draws: &[f32], arms: &[u32], draw: usize) -> (u32, usize) {
    let row = |arm: u32| &draws[arm as usize * DRAWS..(arm as usize + 1) * DRAWS];
    let mut won = arms[0];
    for &arm in &arms[1..] {
        if row(arm)[draw] > row(won)[draw] {
            won = arm;
        }
    }
    let (mut before, mut after) = ([f32::NEG_INFINITY; DRAWS], [f32::NEG_INFINITY; DRAWS]);
    for &arm in arms.iter().filter(|&&arm| arm != won) {
        let side = if arm < won { &mut before } else { &mut after };
        for (most, &value) in side.iter_mut().zip(row(arm)) {
            *most = if value > *most { value } else { *most };
        }
    }
    let own = row(won).iter().zip(before.iter().zip(&after));
    let wins = own.filter(|(value, (before, after))| value > before && value >= after);
    (won, wins.count())
}

/// The byte of a list value: 0 for 256 of 256.
pub fn stored_propensity(wins: usize) -> u8 {
    if wins >= DRAWS { 0 } else { wins.max(1) as u8 }
}
