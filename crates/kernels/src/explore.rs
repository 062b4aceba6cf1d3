//! Exploratory slots with exact propensities.

use crate::catalogue::Catalogue;
use crate::error::Result;
use std::path::Path;

/// Posterior draws of exploratory tracks per cluster.
pub struct Exploration {}

impl Exploration {
    pub fn open(_path: impl AsRef<Path>, _c: &Catalogue) -> Result<Self> {
        Ok(Self {})
    }
}
