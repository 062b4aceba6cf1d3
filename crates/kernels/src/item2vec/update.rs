use super::params::Item2vecParams;
use super::sequences::Sequences;
use super::train::{Vectors, fit};
use super::vocabulary::{Vocabulary, ranked};
use crate::error::{KernelError, Result};
use std::collections::HashMap;

/// Rows of an earlier training, by track.
pub trait Rows: Sync {
    fn dimensions(&self) -> usize;
    /// Input and output row, `dimensions` long; none for a track without.
    fn rows(&self, track: u32) -> Option<(&[f32], &[f32])>;
    /// Occurrences that the rows stand for.
    fn count(&self, track: u32) -> u32;
}

impl Rows for Vectors {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn rows(&self, track: u32) -> Option<(&[f32], &[f32])> {
        if self.count(track) == 0 {
            return None;
        }
        let row = track as usize * self.dimensions..(track as usize + 1) * self.dimensions;
        Some((&self.input[row.clone()], &self.output[row]))
    }

    fn count(&self, track: u32) -> u32 {
        self.count.get(track as usize).copied().unwrap_or(0)
    }
}

/// Rows that a day's training touched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    /// Ascending.
    pub track: Vec<u32>,
    /// Occurrences of before and of the day.
    pub count: Vec<u32>,
    /// Row-major, `track` x dimensions.
    pub input: Vec<f32>,
    pub output: Vec<f32>,
}

/// Trains on a day's sequences alone, from the rows of before; time and memory follow the day, not the
/// catalogue. Negatives are the day's tracks and those of `frequency` ((track, count) of before, a sample
/// of the catalogue; each once), by count^exponent; a track of the day counts as before plus the day.
/// `min_count` looks at that sum, `subsample` at the day alone. A track of `frequency` without rows that
/// the day lacks is passed over. Empty sequences give an empty overlay.
pub fn update(
    sequences: &Sequences,
    base: &dyn Rows,
    frequency: &[(u32, u32)],
    params: &Item2vecParams,
) -> Result<Overlay> {
    params.check()?;
    sequences.check(u32::MAX as usize)?;
    if sequences.track.is_empty() {
        return Ok(Overlay::default());
    }
    let mut day: HashMap<u32, u32> = HashMap::new();
    for &track in &sequences.track {
        *day.entry(track).or_default() += 1;
    }
    let mut counted: Vec<(u32, u32)> = day
        .iter()
        .map(|(&track, &count)| (track, base.count(track).saturating_add(count)))
        .collect();
    let mut others: Vec<(u32, u32)> = frequency
        .iter()
        .copied()
        .filter(|(track, count)| {
            *count > 0 && !day.contains_key(track) && base.rows(*track).is_some()
        })
        .collect();
    others.sort_unstable();
    if others.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(KernelError::new(
            "kernel.shape",
            "a track stands twice in the frequency table",
        ));
    }
    counted.extend(others);
    let vocabulary = Vocabulary::new(counted, params.min_count);
    let rank: HashMap<u32, u32> = vocabulary.track.iter().copied().zip(0..).collect();
    let corpus = ranked(sequences, |track| rank.get(&track).copied());
    let occurrences: Vec<u32> = vocabulary
        .track
        .iter()
        .map(|track| day.get(track).copied().unwrap_or(0))
        .collect();
    let model = fit(&corpus, &vocabulary, &occurrences, params, Some(base))?;
    let mut ranks: Vec<usize> = (0..vocabulary.len()).collect();
    ranks.sort_unstable_by_key(|&r| vocabulary.track[r]);
    let mut overlay = Overlay::default();
    for r in ranks {
        let (input, output) = model.rows(r);
        overlay.track.push(vocabulary.track[r]);
        overlay.count.push(vocabulary.count[r]);
        overlay.input.extend_from_slice(input);
        overlay.output.extend_from_slice(output);
    }
    Ok(overlay)
}
