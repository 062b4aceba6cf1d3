//! Two towers for JavaScript: converts, calls, maps errors.

// Nothing registers the functions with Node in a test build.
#![cfg_attr(test, allow(dead_code))]

use crate::col::Col;
use crate::error::{KernelError, caught};
use crate::towers::file::{Side, encode_file};
use crate::towers::gemm::Simd;
use crate::towers::input::Rows;
use crate::towers::params::TowerParams;
use crate::towers::probe::{parameters, probe, set_parameters};
use crate::towers::train::{Examples, TrainStats, train_files, untrained};
use napi::bindgen_prelude::{AsyncTask, Float32Array, Uint32Array};
use napi::{Env, Error, Result, Task};
use napi_derive::napi;
use std::path::PathBuf;

fn failed(error: KernelError) -> Error {
    Error::from_reason(error.to_string())
}

#[napi(object)]
pub struct TowerTraining {
    pub pairs: f64,
    pub steps: u32,
    pub losses: Vec<f64>,
    pub digest: String,
}

pub struct TrainTowers {
    params: TowerParams,
    tracks: PathBuf,
    examples: PathBuf,
    out: PathBuf,
}

impl Task for TrainTowers {
    type Output = TrainStats;
    type JsValue = TowerTraining;

    fn compute(&mut self) -> Result<TrainStats> {
        let go_on = |_, _, _, _| true;
        caught(|| {
            train_files(
                &self.params,
                &self.tracks,
                &self.examples,
                &self.out,
                &go_on,
            )
        })
        .map_err(failed)
    }

    fn resolve(&mut self, _env: Env, stats: TrainStats) -> Result<TowerTraining> {
        Ok(TowerTraining {
            pairs: stats.pairs as f64,
            steps: stats.steps,
            losses: stats.losses,
            digest: stats.digest,
        })
    }
}

/// Trains both towers and writes `towers.col`.
#[napi(js_name = "trainTowers", catch_unwind)]
pub fn train_towers(
    params: String,
    tracks: String,
    examples: String,
    out: String,
) -> Result<AsyncTask<TrainTowers>> {
    Ok(AsyncTask::new(TrainTowers {
        params: TowerParams::parse(&params).map_err(failed)?,
        tracks: PathBuf::from(tracks),
        examples: PathBuf::from(examples),
        out: PathBuf::from(out),
    }))
}

pub struct EncodeTowers {
    towers: PathBuf,
    side: Side,
    input: PathBuf,
    out: PathBuf,
}

impl Task for EncodeTowers {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        caught(|| encode_file(&self.towers, self.side, &self.input, &self.out)).map_err(failed)
    }

    fn resolve(&mut self, _env: Env, digest: String) -> Result<String> {
        Ok(digest)
    }
}

/// Writes the unit vectors of an input file by the `listener` or the `track` tower.
#[napi(js_name = "encodeTowers", catch_unwind)]
pub fn encode_towers(
    towers: String,
    which: String,
    input: String,
    out: String,
) -> Result<AsyncTask<EncodeTowers>> {
    let side = match which.as_str() {
        "listener" => Side::Listener,
        "track" => Side::Track,
        _ => {
            let message = format!("there is no tower \"{which}\"");
            return Err(failed(KernelError::new("kernel.shape", message)));
        }
    };
    Ok(AsyncTask::new(EncodeTowers {
        towers: PathBuf::from(towers),
        side,
        input: PathBuf::from(input),
        out: PathBuf::from(out),
    }))
}

#[napi(object)]
pub struct TowerBatch {
    /// Indexes of pairs, and the uniform draws of tracks.
    pub pairs: Uint32Array,
    pub uniform: Uint32Array,
    /// Tracks that lose their dropout block.
    pub dropped: Uint32Array,
}

#[napi(object)]
pub struct TowerProbe {
    pub loss: f64,
    pub gradient: Float32Array,
    /// Parameters after one optimiser step on the batch.
    pub stepped: Float32Array,
}

/// Loss and gradient of one batch at given parameters (none: the untrained ones), all flat.
#[napi(js_name = "probeTowers", catch_unwind)]
pub fn probe_towers(
    params: String,
    tracks: String,
    examples: String,
    values: Float32Array,
    batch: TowerBatch,
) -> Result<TowerProbe> {
    let run = || {
        let params = TowerParams::parse(&params)?;
        let (tracks, examples) = (Col::open(tracks)?, Col::open(examples)?);
        let (track_shape, track_rows) = Rows::open(&tracks)?;
        let (listener_shape, listener_rows) = Rows::open(&examples)?;
        let data = Examples::open(&examples, listener_rows, track_rows)?;
        let mut towers = untrained(&params, &listener_shape, &track_shape);
        if !values.is_empty() {
            set_parameters(&mut towers, &values)?;
        }
        let inside = |ids: &[u32], n: usize| ids.iter().all(|&id| (id as usize) < n);
        if !inside(&batch.pairs, data.listener.len()) || !inside(&batch.uniform, data.tracks.count)
        {
            return Err(KernelError::new(
                "kernel.shape",
                "there is no such pair or track",
            ));
        }
        let TowerBatch {
            pairs,
            uniform,
            dropped,
        } = &batch;
        Ok(probe(
            Simd::best(),
            towers,
            &data,
            pairs,
            uniform,
            dropped,
            1,
        ))
    };
    let found = run().map_err(failed)?;
    Ok(TowerProbe {
        loss: found.loss,
        gradient: found.gradient.into(),
        stepped: found.stepped.into(),
    })
}

/// The flat parameters of untrained towers for two input files.
#[napi(js_name = "untrainedTowers", catch_unwind)]
pub fn untrained_towers(params: String, tracks: String, examples: String) -> Result<Float32Array> {
    let run = || {
        let params = TowerParams::parse(&params)?;
        let (tracks, examples) = (Col::open(tracks)?, Col::open(examples)?);
        let (track_shape, _) = Rows::open(&tracks)?;
        let (listener_shape, _) = Rows::open(&examples)?;
        Ok(parameters(&untrained(
            &params,
            &listener_shape,
            &track_shape,
        )))
    };
    Ok(run().map_err(failed)?.into())
}
