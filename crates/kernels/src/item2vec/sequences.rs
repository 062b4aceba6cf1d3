use crate::col::Col;
use crate::error::{KernelError, Result};
use std::path::Path;

/// Runs of tracks in order of play (a session, a playlist): run `i` is `track[off[i]..off[i + 1]]`.
#[derive(Clone, Debug)]
pub struct Sequences {
    pub off: Vec<usize>,
    pub track: Vec<u32>,
}

impl Default for Sequences {
    fn default() -> Self {
        Self {
            off: vec![0],
            track: Vec::new(),
        }
    }
}

impl Sequences {
    /// Fails where offsets do not ascend from 0 to the number of tracks, or a track is not below `tracks`.
    pub fn check(&self, tracks: usize) -> Result<()> {
        let shape = |message: &str| Err(KernelError::new("kernel.shape", message));
        let ascending = self.off.windows(2).all(|pair| pair[0] <= pair[1]);
        if self.off.first() != Some(&0) || self.off.last() != Some(&self.track.len()) || !ascending
        {
            return shape("offsets of sequences do not fit their tracks");
        }
        if self.track.iter().any(|&t| t as usize >= tracks) {
            return shape("a sequence holds a track that the catalogue does not");
        }
        Ok(())
    }

    /// Appends the list column `<list>.off`, `<list>.track` of a `.col` file.
    pub fn append(&mut self, path: &Path, list: &str) -> Result<()> {
        let col = Col::open(path)?;
        let track = col.get::<u32>(&format!("{list}.track"))?;
        let name = format!("{list}.off");
        let n = col.get::<u32>(&name)?.len().saturating_sub(1);
        let offsets = col.offsets(&name, n, track.len())?;
        let base = self.track.len();
        self.off.extend((1..=n).map(|i| base + offsets.at(i)));
        self.track.extend_from_slice(track);
        Ok(())
    }
}
