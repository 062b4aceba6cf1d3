//! Does a session belong to its listener? Artists get vectors by random indexing (Kanerva et al. 2000) from
//! who plays them; a session is compared with the listener's own sessions of other times, with the
//! listener's own part of every vector taken out first.

mod artist_vectors;
mod files;
mod session_fit;

pub use artist_vectors::{ArtistVectors, damped, sign_words};
pub use files::{HygieneFiles, score_files};
pub use session_fit::{Fit, Listening, fit_sessions};

use crate::error::{KernelError, Result};
use serde::Deserialize;

/// What decides the numbers; all of it is in the artifact's identity.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HygieneParams {
    /// Length of an artist's vector; a multiple of 32.
    pub dimensions: usize,
    /// Sessions nearer than this (s) are no references: those of one hijack would speak for each other.
    pub far_seconds: u32,
    /// The same where there are too few far sessions.
    pub near_seconds: u32,
    /// Fewest sessions that a session is compared with.
    pub least_references: usize,
    /// Most; beyond it they are taken evenly over time.
    pub most_references: usize,
    /// Nearest references whose mean cosine is the similarity.
    pub neighbours: usize,
}

impl HygieneParams {
    pub fn parse(json: &str) -> Result<Self> {
        let fail = |why: String| KernelError::new("hygiene.params", why);
        let params: Self = serde_json::from_str(json).map_err(|e| fail(e.to_string()))?;
        let whole = params.dimensions > 0 && params.dimensions.is_multiple_of(32);
        if !whole || params.neighbours == 0 || params.most_references < params.least_references {
            return Err(fail("dimensions, neighbours or references".into()));
        }
        Ok(params)
    }
}
