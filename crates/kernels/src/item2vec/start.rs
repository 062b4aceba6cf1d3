//! Rows before training.

use super::arena::Arena;
use super::sequences::Sequences;
use super::step::LANES;
use super::update::Rows;
use super::vocabulary::Vocabulary;
use crate::error::Result;
use crate::rng::Rng;

const START: u32 = 0x7374_6172;

/// Both matrices by rank, rows filled up with zeros to `stride`.
pub struct Model {
    pub input: Arena,
    pub output: Arena,
    pub dimensions: usize,
    pub stride: usize,
}

impl Model {
    /// Rows of a start from nothing: input uniform in +-1 / dimensions as a function of seed and
    /// track, output zero. With earlier rows: theirs for the tracks that have them; for a track that
    /// has none the mean of both rows over the known tracks of its sequences (each pair of their
    /// occurrences counts once), or a start from nothing where there are none.
    pub fn start(
        vocabulary: &Vocabulary,
        sequences: &Sequences,
        dimensions: usize,
        seed: u32,
        warm: Option<&dyn Rows>,
    ) -> Result<Self> {
        let stride = dimensions.next_multiple_of(LANES);
        let mut model = Self {
            input: Arena::zeros(vocabulary.len() * stride)?,
            output: Arena::zeros(vocabulary.len() * stride)?,
            dimensions,
            stride,
        };
        let mut fresh = Vec::new();
        for (rank, &track) in vocabulary.track.iter().enumerate() {
            let row = rank * stride..rank * stride + dimensions;
            if let Some((input, output)) = warm.and_then(|w| w.rows(track)) {
                model.input[row.clone()].copy_from_slice(input);
                model.output[row].copy_from_slice(output);
            } else {
                fresh.push(rank as u32);
                let mut rng = Rng::new(&[seed, START, track]);
                for cell in &mut model.input[row] {
                    *cell = ((2.0 * rng.uniform() - 1.0) / dimensions as f64) as f32;
                }
            }
        }
        if warm.is_some() && !fresh.is_empty() && fresh.len() < vocabulary.len() {
            model.place_between(&fresh, sequences);
        }
        Ok(model)
    }

    /// Moves the ranks in `fresh` (ascending) to the mean of the others in their sequences.
    fn place_between(&mut self, fresh: &[u32], sequences: &Sequences) {
        let stride = self.stride;
        let slot = |rank: u32| fresh.binary_search(&rank).ok();
        let mut sums = vec![0f64; fresh.len() * 2 * stride];
        let mut pairs = vec![0f64; fresh.len()];
        let mut here = vec![0f64; 2 * stride];
        for bounds in sequences.off.windows(2) {
            let run = &sequences.track[bounds[0]..bounds[1]];
            let slots: Vec<usize> = run.iter().filter_map(|&rank| slot(rank)).collect();
            if slots.is_empty() || slots.len() == run.len() {
                continue;
            }
            here.fill(0.0);
            for &rank in run.iter().filter(|&&rank| slot(rank).is_none()) {
                let row = rank as usize * stride..(rank as usize + 1) * stride;
                let both = self.input[row.clone()].iter().chain(&self.output[row]);
                here.iter_mut()
                    .zip(both)
                    .for_each(|(sum, &x)| *sum += f64::from(x));
            }
            let known = (run.len() - slots.len()) as f64;
            for slot in slots {
                pairs[slot] += known;
                let sum = &mut sums[slot * 2 * stride..(slot + 1) * 2 * stride];
                sum.iter_mut().zip(&here).for_each(|(s, x)| *s += x);
            }
        }
        for (i, &rank) in fresh.iter().enumerate().filter(|&(i, _)| pairs[i] > 0.0) {
            let row = rank as usize * stride;
            for k in 0..stride {
                let sum = i * 2 * stride + k;
                self.input[row + k] = (sums[sum] / pairs[i]) as f32;
                self.output[row + k] = (sums[sum + stride] / pairs[i]) as f32;
            }
        }
    }

    /// The rows of a rank without their filling.
    pub fn rows(&self, rank: usize) -> (&[f32], &[f32]) {
        let row = rank * self.stride..rank * self.stride + self.dimensions;
        (&self.input[row.clone()], &self.output[row])
    }
}
