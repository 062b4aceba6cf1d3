//! One setting of the list builder in numbers.

use crate::error::{KernelError, Result};
use serde::Deserialize;

/// One setting (`accurate | balanced | adventurous`). The defaults are a plain sort by score: every
/// step is off until it is named. A cap of `None` is no cap.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListParams {
    /// Tracks of the list, exploratory ones included.
    pub length: usize,
    /// Tracks kept behind the list.
    pub reserve: usize,
    /// What full similarity to a chosen track costs, in units of the best candidate's score.
    pub mmr: f64,
    /// Similarity of two tracks by one artist, [0, 1].
    pub artist_similarity: f64,
    /// Factor on the cosine of two tracks' item vectors, [0, 1]; 0: vectors are not read by MMR.
    pub vector_similarity: f64,
    /// Weight of a determinantal point process, in units of the best candidate's score; 0: off.
    pub dpp: f64,
    /// Steck's lambda, [0, 1]: weight of calibration against the mean value of the list.
    pub calibration: f64,
    /// Weight of the last 28 days in the listener's genres, [0, 1].
    pub recent_share: f64,
    /// The list's mean popularity percentile stays this much below the listener's habit.
    pub popularity_margin: Option<f64>,
    /// Largest penalty on popularity, in units of the best candidate's score.
    pub popularity_ceiling: f64,
    /// Tracks by artists the listener never played, chosen first.
    pub new_artists: usize,
    pub per_new_artist: Option<usize>,
    pub per_known_artist: Option<usize>,
    /// Others only where tracks by new artists run out.
    pub new_artists_only: bool,
    /// Exploratory tracks, at the first so many of `exploration_places`.
    pub exploration_slots: usize,
    /// Places in the list, from 1, ascending.
    pub exploration_places: Vec<usize>,
    /// An artist stands at most once in so many consecutive places, where that is possible.
    pub spacing: usize,
}

impl Default for ListParams {
    fn default() -> Self {
        Self {
            length: 30,
            reserve: 60,
            mmr: 0.0,
            artist_similarity: 0.7,
            vector_similarity: 0.0,
            dpp: 0.0,
            calibration: 0.0,
            recent_share: 0.5,
            popularity_margin: None,
            popularity_ceiling: 100.0,
            new_artists: 0,
            per_new_artist: None,
            per_known_artist: None,
            new_artists_only: false,
            exploration_slots: 0,
            exploration_places: vec![8, 17, 26],
            spacing: 0,
        }
    }
}

impl ListParams {
    pub fn parse(json: &str) -> Result<Self> {
        let params: Self = serde_json::from_str(json)
            .map_err(|e| KernelError::new("model.list", format!("list parameters: {e}")))?;
        params.check()?;
        Ok(params)
    }

    pub fn check(&self) -> Result<()> {
        let unit = |x: f64| (0.0..=1.0).contains(&x);
        let places = &self.exploration_places;
        let wrong = if self.length > LONGEST {
            "length"
        } else if self.reserve > LONGEST {
            "reserve"
        } else if !(self.mmr.is_finite() && self.mmr >= 0.0) {
            "mmr"
        } else if !unit(self.artist_similarity) {
            "artistSimilarity"
        } else if !unit(self.vector_similarity) {
            "vectorSimilarity"
        } else if !(self.dpp.is_finite() && (0.0..=1e3).contains(&self.dpp)) {
            "dpp"
        } else if !unit(self.calibration) {
            "calibration"
        } else if !unit(self.recent_share) {
            "recentShare"
        } else if self.popularity_margin.is_some_and(|m| !m.is_finite()) {
            "popularityMargin"
        } else if !(self.popularity_ceiling > LEAST_PENALTY && self.popularity_ceiling <= 1e6) {
            "popularityCeiling"
        } else if places.first() == Some(&0)
            || places.windows(2).any(|pair| pair[0] >= pair[1])
            || places.len() < self.exploration_slots
        {
            "explorationPlaces"
        } else {
            return Ok(());
        };
        let message = format!("the list parameter \"{wrong}\" is out of its range");
        Err(KernelError::new("model.list", message))
    }
}

/// Most tracks of a list, and of its reserve.
const LONGEST: usize = 10_000;

/// Smallest penalty that the search for one considers besides 0.
pub const LEAST_PENALTY: f64 = 1e-4;
