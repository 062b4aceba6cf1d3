use super::negatives::AliasTable;
use super::step::TILE;
use crate::rng::Rng;

/// A run of `Draws::word` that windows do not leave, and its learning rate.
pub struct Run {
    pub from: usize,
    pub to: usize,
    pub rate: f32,
}

/// What is random about runs of tracks, drawn before their steps: who stays, how far windows reach, and
/// the negatives. A function of seed, epoch and sequence, not of shards.
#[derive(Default)]
pub struct Draws {
    pub runs: Vec<Run>,
    /// Ranks that stayed, run after run.
    pub word: Vec<u32>,
    /// Reach of the window around each.
    pub reach: Vec<u16>,
    /// `tiles` per word: the centre and its negatives, filled up with the centre.
    pub outputs: Vec<[u32; TILE]>,
}

/// What draws are made from.
pub struct Chances<'a> {
    pub keep: &'a [u64],
    pub negatives: &'a AliasTable,
    pub per_window: usize,
    pub window: usize,
}

impl Chances<'_> {
    /// Groups of outputs per window.
    pub fn tiles(&self) -> usize {
        (self.per_window + 1).div_ceil(TILE)
    }
}

impl Draws {
    pub fn clear(&mut self) {
        self.runs.clear();
        self.word.clear();
        self.reach.clear();
        self.outputs.clear();
    }

    /// Adds the draws of one run, unless it is left without a pair.
    pub fn push(&mut self, run: &[u32], rate: f32, chances: &Chances, rng: &mut Rng) {
        let from = self.word.len();
        for &word in run {
            let keep = chances.keep[word as usize];
            if keep >> 32 != 0 || u64::from(rng.next_u32()) < keep {
                self.word.push(word);
            }
        }
        if self.word.len() < from + 2 {
            self.word.truncate(from);
            return;
        }
        let slots = chances.tiles() * TILE;
        for at in from..self.word.len() {
            let centre = self.word[at];
            let reach = (u64::from(rng.next_u32()) * chances.window as u64) >> 32;
            self.reach.push(1 + reach as u16);
            let mut tile = [centre; TILE];
            for slot in 1..slots {
                if slot % TILE == 0 {
                    self.outputs.push(tile);
                    tile = [centre; TILE];
                }
                if slot <= chances.per_window {
                    tile[slot % TILE] = chances.negatives.draw(rng);
                }
            }
            self.outputs.push(tile);
        }
        let to = self.word.len();
        self.runs.push(Run { from, to, rate });
    }
}
