//! Vectors of tracks: converts, calls, maps errors.

// Nothing registers the functions with Node in a test build.
#![cfg_attr(test, allow(dead_code))]

use crate::error::{KernelError, caught};
use crate::item2vec::{
    self, Carried, DayFiles, DayLimits, DayReport, Item2vecFiles, Item2vecParams, Sequences,
};
use crate::procrustes;
use napi::bindgen_prelude::{AsyncTask, Float32Array, Uint32Array};
use napi::{Env, Error, Result, Task};
use napi_derive::napi;
use std::path::PathBuf;

fn failed(error: KernelError) -> Error {
    Error::from_reason(error.to_string())
}

pub struct TrainItem2vec {
    params: Item2vecParams,
    files: Item2vecFiles,
}

impl Task for TrainItem2vec {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        caught(|| item2vec::train_files(&self.params, &self.files)).map_err(failed)
    }

    fn resolve(&mut self, _env: Env, digest: String) -> Result<String> {
        Ok(digest)
    }
}

/// Writes `item2vec.col` of a snapshot's files; resolves to its content digest.
#[napi(js_name = "trainItem2vec", catch_unwind)]
pub fn train_item2vec(
    params: String,
    catalogue: String,
    sessions: Vec<String>,
    playlists: Option<String>,
    warm: Option<String>,
    out: String,
) -> Result<AsyncTask<TrainItem2vec>> {
    Ok(AsyncTask::new(TrainItem2vec {
        params: Item2vecParams::parse(&params).map_err(failed)?,
        files: Item2vecFiles {
            catalogue: catalogue.into(),
            sessions: sessions.into_iter().map(Into::into).collect(),
            playlists: playlists.map(Into::into),
            warm: warm.map(Into::into),
            out: out.into(),
        },
    }))
}

#[napi(object)]
pub struct Item2vecDay {
    pub digest: String,
    pub sequences: u32,
    pub words: u32,
    pub moved: u32,
    pub fresh: u32,
    pub anchors: u32,
    /// Absent without anchors.
    pub cosine: Option<f64>,
    pub refused: bool,
}

pub struct UpdateItem2vec {
    params: Item2vecParams,
    limits: DayLimits,
    files: DayFiles,
}

impl Task for UpdateItem2vec {
    type Output = DayReport;
    type JsValue = Item2vecDay;

    fn compute(&mut self) -> Result<DayReport> {
        caught(|| item2vec::update_files(&self.params, &self.limits, &self.files)).map_err(failed)
    }

    fn resolve(&mut self, _env: Env, found: DayReport) -> Result<Item2vecDay> {
        Ok(Item2vecDay {
            digest: found.digest,
            sequences: found.sequences as u32,
            words: found.words as u32,
            moved: found.moved as u32,
            fresh: found.fresh as u32,
            anchors: found.anchors as u32,
            cosine: found.cosine,
            refused: found.refused,
        })
    }
}

/// Writes `item2vec-day.col`: a day's sequences trained on the newest rows of base and overlays.
#[napi(js_name = "updateItem2vec", catch_unwind)]
pub fn update_item2vec(
    params: String,
    limits: String,
    base: String,
    overlays: Vec<String>,
    day: String,
    out: String,
) -> Result<AsyncTask<UpdateItem2vec>> {
    let limits = serde_json::from_str(&limits)
        .map_err(|e| failed(KernelError::new("item2vec.params", e.to_string())))?;
    Ok(AsyncTask::new(UpdateItem2vec {
        params: Item2vecParams::parse(&params).map_err(failed)?,
        limits,
        files: DayFiles {
            base: base.into(),
            overlays: overlays.into_iter().map(Into::into).collect(),
            day: day.into(),
            out: out.into(),
        },
    }))
}

#[napi(object)]
pub struct CarriedItem2vec {
    pub digest: String,
    /// Tracks of the catalogue that have rows.
    pub tracks: u32,
}

pub struct CarryItem2vec {
    base: PathBuf,
    overlays: Vec<PathBuf>,
    catalogue: PathBuf,
    out: PathBuf,
}

impl Task for CarryItem2vec {
    type Output = Carried;
    type JsValue = CarriedItem2vec;

    fn compute(&mut self) -> Result<Carried> {
        caught(|| item2vec::carry_files(&self.base, &self.overlays, &self.catalogue, &self.out))
            .map_err(failed)
    }

    fn resolve(&mut self, _env: Env, found: Carried) -> Result<CarriedItem2vec> {
        Ok(CarriedItem2vec {
            digest: found.digest,
            tracks: found.tracks as u32,
        })
    }
}

/// Writes the `item2vec.col` of a catalogue with the newest rows of base and overlays.
#[napi(js_name = "carryItem2vec", catch_unwind)]
pub fn carry_item2vec(
    base: String,
    overlays: Vec<String>,
    catalogue: String,
    out: String,
) -> AsyncTask<CarryItem2vec> {
    AsyncTask::new(CarryItem2vec {
        base: base.into(),
        overlays: overlays.into_iter().map(Into::into).collect(),
        catalogue: catalogue.into(),
        out: out.into(),
    })
}

#[napi(object)]
pub struct TrackVectors {
    pub dimensions: u32,
    pub count: Uint32Array,
    /// Row-major, tracks x dimensions.
    pub input: Float32Array,
    pub output: Float32Array,
}

/// Vectors of sequences in memory; sequence `i` is `tracks[offsets[i]..offsets[i + 1]]`.
#[napi(js_name = "item2vecVectors", catch_unwind)]
pub fn item2vec_vectors(
    offsets: Uint32Array,
    tracks: Uint32Array,
    track_count: u32,
    params: String,
) -> Result<TrackVectors> {
    let params = Item2vecParams::parse(&params).map_err(failed)?;
    let sequences = Sequences {
        off: offsets.iter().map(|&o| o as usize).collect(),
        track: tracks.to_vec(),
    };
    let found = item2vec::train(&sequences, track_count as usize, &params, None).map_err(failed)?;
    Ok(TrackVectors {
        dimensions: found.dimensions as u32,
        count: found.count.into(),
        input: found.input.into(),
        output: found.output.into(),
    })
}

#[napi(object)]
pub struct AnchorRotation {
    /// Row-major, d x d.
    pub matrix: Float32Array,
    /// Mean cosine of the anchors after it.
    pub cosine: f64,
}

/// The orthogonal matrix that lays rows `from` over rows `to`.
#[napi(js_name = "procrustes", catch_unwind)]
pub fn anchor_rotation(from: Float32Array, to: Float32Array, d: u32) -> Result<AnchorRotation> {
    let found = procrustes::rotation(&from, &to, d as usize).map_err(failed)?;
    Ok(AnchorRotation {
        matrix: found.matrix.into(),
        cosine: found.cosine,
    })
}
