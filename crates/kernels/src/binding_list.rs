//! The list builder on raw arrays, for its TypeScript twins, and the builder of exploration
//! artifacts: converts, calls, maps errors.

// Nothing registers the functions with Node in a test build.
#![cfg_attr(test, allow(dead_code))]

use crate::assemble::select;
use crate::calibration::divergence;
use crate::catalogue::Catalogue;
use crate::error::{KernelError, caught};
use crate::exploration_build::{self, ExplorationParams};
use crate::explore;
use crate::list_params::ListParams;
use crate::pool::{Pool, Row, Vectors};
use crate::spacing::space;
use napi::bindgen_prelude::{
    AsyncTask, Float32Array, Float64Array, Uint8Array, Uint16Array, Uint32Array,
};
use napi::{Env, Error, Result, Task};
use napi_derive::napi;
use std::path::PathBuf;

fn failed(error: KernelError) -> Error {
    Error::from_reason(error.to_string())
}

fn shape(message: &str) -> Error {
    failed(KernelError::new("kernel.shape", message))
}

pub struct BuildExploration {
    catalogue: PathBuf,
    params: ExplorationParams,
    out: PathBuf,
}

impl Task for BuildExploration {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        caught(|| {
            let catalogue = Catalogue::open(&self.catalogue)?;
            exploration_build::build(&catalogue, &self.params, &self.out)
        })
        .map_err(failed)
    }

    fn resolve(&mut self, _env: Env, digest: String) -> Result<String> {
        Ok(digest)
    }
}

/// Writes `exploration.col` of a snapshot's catalogue; resolves to its content digest.
#[napi(js_name = "buildExploration", catch_unwind)]
pub fn build_exploration(
    catalogue: String,
    params: String,
    out: String,
) -> Result<AsyncTask<BuildExploration>> {
    let params = serde_json::from_str(&params)
        .map_err(|e| failed(KernelError::new("exploration.params", e.to_string())))?;
    Ok(AsyncTask::new(BuildExploration {
        catalogue: PathBuf::from(catalogue),
        params,
        out: PathBuf::from(out),
    }))
}

/// Candidates as columns; `genre_off` has one entry more than there are candidates.
#[napi(object)]
pub struct CandidateColumns {
    pub score: Float32Array,
    pub recording: Uint32Array,
    pub artist: Uint32Array,
    /// 1 where the listener played the artist before.
    pub known: Uint8Array,
    pub percentile: Float32Array,
    pub genre_off: Uint32Array,
    pub genre: Uint16Array,
    /// Unit vectors, row-major; empty for none.
    pub vectors: Float32Array,
    pub dimensions: u32,
}

impl CandidateColumns {
    fn check(&self) -> Result<()> {
        let n = self.score.len();
        let off = &self.genre_off;
        let fits = self.recording.len() == n
            && self.artist.len() == n
            && self.known.len() == n
            && self.percentile.len() == n
            && off.len() == n + 1
            && off[0] == 0
            && off[n] as usize == self.genre.len()
            && off.windows(2).all(|pair| pair[0] <= pair[1])
            && self.score.iter().all(|s| s.is_finite())
            && self.percentile.iter().all(|p| p.is_finite())
            && (self.vectors.is_empty() || self.vectors.len() == n * self.dimensions as usize);
        if fits {
            Ok(())
        } else {
            Err(shape("the columns of candidates do not fit each other"))
        }
    }
}

#[napi(object)]
pub struct SelectedList {
    /// Places among the candidates, in the order of choice.
    pub chosen: Uint32Array,
    pub reserve: Uint32Array,
    pub penalty: f64,
    pub duplicate: u32,
    pub capped: u32,
    pub beyond_cap: u32,
    pub left: u32,
}

/// The list and its reserve before exploration. `taste`: shares over genres, empty for none.
#[napi(js_name = "selectList", catch_unwind)]
pub fn select_list(
    params: String,
    candidates: CandidateColumns,
    taste: Float64Array,
    habit: f64,
) -> Result<SelectedList> {
    let params = ListParams::parse(&params).map_err(failed)?;
    candidates.check()?;
    if !(habit.is_finite() && taste.iter().all(|p| p.is_finite() && *p >= 0.0)) {
        return Err(shape("taste and habit must be finite and not negative"));
    }
    let c = &candidates;
    let row = |i: usize| Row {
        score: c.score[i],
        recording: c.recording[i],
        artist: c.artist[i],
        percentile: c.percentile[i],
        genres: &c.genre[c.genre_off[i] as usize..c.genre_off[i + 1] as usize],
    };
    let mut pool = Pool::new(c.score.len(), row, |i| c.known[i] != 0);
    if !c.vectors.is_empty() {
        pool.vectors = Some(Vectors {
            rows: &c.vectors,
            place: None,
            dimensions: c.dimensions as usize,
        });
    }
    let found = select(&pool, &params, &taste, habit);
    let origin = |some: &[u32]| -> Uint32Array {
        some.iter()
            .map(|&i| pool.origin[i as usize])
            .collect::<Vec<_>>()
            .into()
    };
    Ok(SelectedList {
        chosen: origin(&found.chosen),
        reserve: origin(&found.reserve),
        penalty: found.penalty,
        duplicate: found.counts.duplicate as u32,
        capped: found.counts.capped as u32,
        beyond_cap: found.counts.beyond_cap as u32,
        left: found.counts.left as u32,
    })
}

/// The order in which tracks of these artists stand apart; `fixed` is 1 where a place keeps its track.
#[napi(js_name = "spaceArtists", catch_unwind)]
pub fn space_artists(artist: Uint32Array, fixed: Uint8Array, spacing: u32) -> Result<Uint32Array> {
    if fixed.len() != artist.len() {
        return Err(shape("artists and fixed places differ in number"));
    }
    let fixed: Vec<bool> = fixed.iter().map(|&f| f != 0).collect();
    Ok(space(&artist, &fixed, spacing as usize).into())
}

#[napi(object)]
pub struct Winner {
    pub arm: u32,
    pub wins: u32,
}

/// Who wins one draw among some arms (ascending), and in how many of the 256 draws.
#[napi(js_name = "explorationWinner", catch_unwind)]
pub fn exploration_winner(draws: Float32Array, arms: Uint32Array, draw: u32) -> Result<Winner> {
    let inside = |&arm: &u32| (arm as usize + 1) * explore::DRAWS <= draws.len();
    let ascending = arms.windows(2).all(|pair| pair[0] < pair[1]);
    if arms.is_empty() || draw as usize >= explore::DRAWS || !ascending || !arms.iter().all(inside)
    {
        return Err(shape("there is no such arm or draw"));
    }
    let (arm, wins) = explore::winner(&draws, &arms, draw as usize);
    Ok(Winner {
        arm,
        wins: wins as u32,
    })
}

/// KL(p || q~) of Steck's calibration.
#[napi(js_name = "calibrationDivergence", catch_unwind)]
pub fn calibration_divergence(p: Float64Array, q: Float64Array) -> Result<f64> {
    if p.len() != q.len() {
        return Err(shape("distributions over different genres"));
    }
    Ok(divergence(&p, &q))
}
