use crate::error::{KernelError, Result};
use serde::Deserialize;

/// Parameters of skip-gram with negative sampling; a missing one has its default.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Item2vecParams {
    /// Length of a row.
    pub dimensions: usize,
    /// Most places between a centre and its context; each centre draws 1 to `window`.
    pub window: usize,
    /// Negatives per window, shared by its pairs.
    pub negatives: usize,
    pub epochs: usize,
    /// Falls linearly over all words to `min_learning_rate`.
    pub learning_rate: f64,
    pub min_learning_rate: f64,
    /// Share of plays above which occurrences are left out at random (word2vec's rule); 0 for never.
    pub subsample: f64,
    /// Negatives are drawn in proportion to count^exponent.
    pub exponent: f64,
    /// Rarer tracks are left out before windows are laid.
    pub min_count: u32,
    /// Parts of a round that train from the same rows; the result depends on it, not on threads.
    pub shards: usize,
    pub seed: u32,
}

impl Default for Item2vecParams {
    fn default() -> Self {
        Self {
            dimensions: 64,
            window: 5,
            negatives: 5,
            epochs: 10,
            learning_rate: 0.025,
            min_learning_rate: 0.0001,
            subsample: 0.0,
            exponent: -0.5,
            min_count: 1,
            shards: 1,
            seed: 1,
        }
    }
}

impl Item2vecParams {
    /// Parameters from JSON, checked.
    pub fn parse(text: &str) -> Result<Self> {
        let params: Self = serde_json::from_str(text)
            .map_err(|e| KernelError::new("item2vec.params", e.to_string()))?;
        params.check()?;
        Ok(params)
    }

    /// Fails with `item2vec.params` where a value is outside its range.
    pub fn check(&self) -> Result<()> {
        let rate = |r: f64| r.is_finite() && r >= 0.0;
        let ranges = [
            ("dimensions", (1..=1024).contains(&self.dimensions)),
            ("window", (1..=1000).contains(&self.window)),
            ("negatives", (1..=100).contains(&self.negatives)),
            ("epochs", self.epochs >= 1),
            ("learningRate", rate(self.learning_rate)),
            (
                "minLearningRate",
                rate(self.min_learning_rate) && self.min_learning_rate <= self.learning_rate,
            ),
            ("subsample", (0.0..1.0).contains(&self.subsample)),
            ("exponent", self.exponent.is_finite()),
            ("minCount", self.min_count >= 1),
            ("shards", (1..=1024).contains(&self.shards)),
        ];
        match ranges.iter().find(|(_, fits)| !fits) {
            Some((name, _)) => Err(KernelError::new(
                "item2vec.params",
                format!("{name} is out of range"),
            )),
            None => Ok(()),
        }
    }
}
