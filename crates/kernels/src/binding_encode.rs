//! Inputs of the towers, for JavaScript.

#![cfg_attr(test, allow(dead_code))]

use crate::binding::Work;
use crate::encode::files::{self, InputPaths};
use crate::encode::mining;
use crate::encode::moments::MomentStats;
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Result, Task};
use napi_derive::napi;
use std::path::PathBuf;

#[napi(object)]
pub struct TowerInputPaths {
    pub catalogue: String,
    pub listeners: Vec<String>,
    pub responses: Vec<String>,
    pub item_vectors: String,
    pub audio: Option<String>,
}

impl From<TowerInputPaths> for InputPaths {
    fn from(p: TowerInputPaths) -> Self {
        Self {
            catalogue: p.catalogue,
            listeners: p.listeners,
            responses: p.responses,
            item_vectors: p.item_vectors,
            audio: p.audio,
        }
    }
}

#[napi(object)]
pub struct TowerInputResult {
    pub moments: f64,
    pub pairs: f64,
    pub negatives: f64,
    pub tracks_digest: String,
    pub examples_digest: String,
}

/// Content digest of the track input, and what the examples hold.
pub type TowerInputs = (String, MomentStats);

impl Task for Work<TowerInputs> {
    type Output = TowerInputs;
    type JsValue = TowerInputResult;

    fn compute(&mut self) -> Result<TowerInputs> {
        self.run()
    }

    fn resolve(&mut self, _env: Env, (tracks, stats): TowerInputs) -> Result<TowerInputResult> {
        Ok(TowerInputResult {
            moments: stats.moments as f64,
            pairs: stats.pairs as f64,
            negatives: stats.negatives as f64,
            tracks_digest: tracks,
            examples_digest: stats.digest,
        })
    }
}

/// Writes the track input and the training examples of the towers.
#[napi(js_name = "writeTowerInputs", catch_unwind)]
pub fn write_tower_inputs(
    params: String,
    paths: TowerInputPaths,
    tracks: String,
    examples: String,
) -> AsyncTask<Work<TowerInputs>> {
    let paths = InputPaths::from(paths);
    Work::task(move || {
        let digest = files::write_tracks(&params, &paths, &PathBuf::from(tracks))?;
        let stats = files::write_examples(&params, &paths, &PathBuf::from(examples))?;
        Ok((digest, stats))
    })
}

/// Writes an index over track vectors; resolves to its content digest.
#[napi(js_name = "buildTrackIndex", catch_unwind)]
pub fn build_track_index(
    catalogue: String,
    vectors: String,
    seed: u32,
    out: String,
) -> AsyncTask<Work<String>> {
    Work::task(move || {
        files::write_index(
            &catalogue,
            &PathBuf::from(vectors),
            seed,
            &PathBuf::from(out),
        )
    })
}

/// Writes examples with negatives from an index mixed in; resolves to the content digest.
#[napi(js_name = "mineNegatives", catch_unwind)]
pub fn mine_negatives(
    examples: String,
    towers: String,
    index: String,
    per_pair: u32,
    seed: u32,
    out: String,
) -> AsyncTask<Work<String>> {
    Work::task(move || {
        mining::mine_negatives(
            &PathBuf::from(examples),
            &PathBuf::from(towers),
            &PathBuf::from(index),
            per_pair as usize,
            seed,
            &PathBuf::from(out),
        )
    })
}
