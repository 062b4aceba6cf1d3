use super::index::Index;
use rayon::prelude::*;

/// What a listener may be given. Asked before the cut, never after.
pub trait Eligibility: Sync {
    /// Listeners of a class share what is allowed: a market and an explicit preference.
    fn class(&self, query: usize) -> u32;
    /// Asked once per class and track.
    fn allowed(&self, class: u32, track: u32) -> bool;
    /// Heard or blocked; asked of what passed a listener's threshold.
    fn excluded(&self, query: usize, track: u32) -> bool;
}

/// Everything for everybody.
pub struct Everything;

impl Eligibility for Everything {
    fn class(&self, _query: usize) -> u32 {
        0
    }
    fn allowed(&self, _class: u32, _track: u32) -> bool {
        true
    }
    fn excluded(&self, _query: usize, _track: u32) -> bool {
        false
    }
}

/// A bit per position for each class that occurs.
pub struct ClassBits {
    classes: Vec<u32>,
    /// Per class, with a spare word at the end.
    words: Vec<Vec<u32>>,
}

impl ClassBits {
    pub fn build(index: &Index, queries: usize, eligibility: &dyn Eligibility) -> Self {
        let mut classes: Vec<u32> = (0..queries).map(|q| eligibility.class(q)).collect();
        classes.sort_unstable();
        classes.dedup();
        let words = classes
            .iter()
            .map(|&class| {
                let mut words: Vec<u32> = index
                    .order
                    .par_chunks(32)
                    .map(|tracks| {
                        tracks.iter().enumerate().fold(0, |word, (bit, &track)| {
                            word | u32::from(eligibility.allowed(class, track)) << bit
                        })
                    })
                    .collect();
                words.extend([0, 0]);
                words
            })
            .collect();
        Self { classes, words }
    }

    /// One class that may have all of `positions`.
    #[cfg(test)]
    pub fn all(positions: usize) -> Self {
        Self {
            classes: vec![0],
            words: vec![vec![u32::MAX; positions / 32 + 3]],
        }
    }

    /// Place of a class that occurs.
    pub fn place(&self, class: u32) -> u32 {
        self.classes.partition_point(|&c| c < class) as u32
    }

    /// Bits of 32 positions from any position on.
    #[inline(always)]
    pub fn group(&self, place: u32, position: usize) -> u32 {
        let words = &self.words[place as usize];
        let pair = u64::from(words[position / 32]) | u64::from(words[position / 32 + 1]) << 32;
        (pair >> (position % 32)) as u32
    }

    pub fn allows(&self, place: u32, position: usize) -> bool {
        self.group(place, position) & 1 == 1
    }
}
