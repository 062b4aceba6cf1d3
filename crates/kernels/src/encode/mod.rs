//! What the two towers see of a listener and of a track, and the moments they are trained on.

pub mod files;
pub mod input_rows;
pub mod listener_input;
pub mod mining;
pub mod moments;
pub mod track_input;
pub mod unit_vectors;

use crate::catalogue::Catalogue;

/// Languages of a catalogue, "unknown" among them.
pub fn languages(c: &Catalogue) -> usize {
    c.col
        .get::<u32>("language.name.off")
        .map_or(1, |off| off.len().saturating_sub(1).max(1))
}
