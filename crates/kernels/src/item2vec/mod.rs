//! item2vec: skip-gram with negative sampling over playlists and sessions (Barkan and Koenigstein 2016;
//! Mikolov et al. 2013), the exponent of negative sampling free (Caselles-Dupre et al. 2018), the
//! negatives shared by the pairs of a window (Ji et al. 2016, "Parallelizing Word2Vec in Shared and
//! Distributed Memory").
//!
//! A pair is (context track, centre track): the input row of the context predicts the output row of the
//! centre among negatives. One window is one step: all its pairs read the same rows, then all change them.
//! Same sequences, parameters and seed give the same bits, whatever the threads and the processor.

mod arena;
mod carry;
mod day;
#[cfg(test)]
mod day_tests;
mod draws;
mod file;
mod negatives;
mod params;
mod rounds;
mod sequences;
mod sparse;
mod start;
mod step;
#[cfg(target_arch = "x86_64")]
mod step_avx2;
#[cfg(test)]
mod tests;
mod train;
mod update;
mod vocabulary;

pub use carry::{Carried, carry_files};
pub use day::{DayFiles, DayLimits, DayReport, update_files};
pub use file::{Item2vecFiles, ItemVectors, train_files};
pub use params::Item2vecParams;
pub use sequences::Sequences;
pub use train::{Vectors, train};
pub use update::{Overlay, Rows, update};
