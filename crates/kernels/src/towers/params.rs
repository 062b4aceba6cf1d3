//! What a training run can be told.

use crate::error::{KernelError, Result};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Loss {
    Softmax,
    Triplet,
}

/// Which negatives of a row a triplet loss takes: the one of the highest score (ties: the first column),
/// or the mean over all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TripletNegatives {
    Hardest,
    All,
}

/// How a shared negative is corrected for being drawn by its popularity: not at all; by the expected
/// count of its own kind (in-batch, uniform); or by that of both kinds together, which estimates the same
/// sum with less variance. The positive is not drawn, so its own logit stays as it is and it is no
/// negative of itself: the gradient is that of Khrylchenko et al. (RecSys 2025), whose weight 1 - p of a
/// pair is the slope of this softmax. `Classic` corrects the positive as well (Yi et al. 2019).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Correction {
    None,
    Classic,
    Own,
    Mixture,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimiser {
    Adam,
    Adagrad,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TowerParams {
    pub dimensions: usize,
    pub hidden: usize,
    /// Cosines are divided by it in the softmax.
    pub temperature: f64,
    pub loss: Loss,
    /// Of the triplet loss, in cosines.
    pub margin: f64,
    pub triplet_negatives: TripletNegatives,
    pub correction: Correction,
    pub optimiser: Optimiser,
    /// Of the dense layers.
    pub learning_rate: f64,
    /// Of the embedding tables (row-wise Adagrad).
    pub table_learning_rate: f64,
    pub epochs: u32,
    /// Pairs per step; the last step of an epoch may have fewer.
    pub batch: usize,
    /// Uniform draws of tracks per step, shared by its pairs.
    pub uniform: usize,
    /// Share of the tracks of a step that lose the block named by their input's `dropout`.
    pub input_dropout: f64,
    /// Embeddings start even in (-scale, scale); so do the weights of the output layer, divided by the
    /// root of their number of inputs. At 0 an untrained tower is the sum of its skips.
    pub table_scale: f64,
    pub output_scale: f64,
    pub seed: u32,
}

impl Default for TowerParams {
    fn default() -> Self {
        Self {
            dimensions: 64,
            hidden: 128,
            temperature: 0.07,
            loss: Loss::Softmax,
            margin: 0.2,
            triplet_negatives: TripletNegatives::Hardest,
            correction: Correction::Own,
            optimiser: Optimiser::Adam,
            learning_rate: 1e-3,
            table_learning_rate: 0.02,
            epochs: 3,
            batch: 512,
            uniform: 512,
            input_dropout: 0.0,
            table_scale: 0.1,
            output_scale: 0.0,
            seed: 1,
        }
    }
}

pub(super) fn wrong(message: impl Into<String>) -> KernelError {
    KernelError::new("towers.params", message)
}

impl TowerParams {
    /// Reads JSON; what is left out has its default.
    pub fn parse(text: &str) -> Result<Self> {
        let params: Self = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
        params.check()?;
        Ok(params)
    }

    pub fn check(&self) -> Result<()> {
        let above = |x: f64| x.is_finite() && x > 0.0;
        let at_least = |x: f64| x.is_finite() && x >= 0.0;
        let checks = [
            (self.dimensions > 0, "dimensions must be positive"),
            (self.hidden > 0, "hidden must be positive"),
            (self.batch > 0, "batch must be positive"),
            (above(self.temperature), "temperature must be positive"),
            (above(self.learning_rate), "learningRate must be positive"),
            (at_least(self.margin), "margin must not be negative"),
            (
                at_least(self.table_learning_rate),
                "tableLearningRate must not be negative",
            ),
            (
                (0.0..1.0).contains(&self.input_dropout),
                "inputDropout must be in [0, 1)",
            ),
            (
                at_least(self.table_scale) && at_least(self.output_scale),
                "scales must not be negative",
            ),
        ];
        match checks.iter().find(|check| !check.0) {
            Some((_, message)) => Err(wrong(*message)),
            None => Ok(()),
        }
    }
}
