//! Inputs of both towers from the files of a snapshot.

use crate::catalogue::Catalogue;
use crate::col::{Col, ColBuilder};
use crate::encode::languages;
use crate::encode::moments::{MomentParams, MomentStats, write_moments};
use crate::encode::track_input::track_rows;
use crate::encode::unit_vectors::UnitVectors;
use crate::error::{KernelError, Result};
use crate::join::{BuildParams, build};
use crate::listeners::Bucket;
use std::path::Path;

/// Where the parts of a snapshot and the item vectors lie.
pub struct InputPaths {
    pub catalogue: String,
    pub listeners: Vec<String>,
    pub responses: Vec<String>,
    pub item_vectors: String,
    /// Audio vectors in the format of item vectors.
    pub audio: Option<String>,
}

/// Writes `tower-tracks.col`; returns its content digest.
pub fn write_tracks(params: &str, from: &InputPaths, out: &Path) -> Result<String> {
    let params = moment_params(params)?;
    let c = Catalogue::open(&from.catalogue)?;
    let v = UnitVectors::open(Path::new(&from.item_vectors), &c)?;
    let audio = match &from.audio {
        Some(path) => Some(UnitVectors::open(Path::new(path), &c)?),
        None => None,
    };
    let rows = track_rows(&v, audio.as_ref(), &c, languages(&c), params.attributes);
    let mut builder = ColBuilder::default();
    let meta = rows.put(&mut builder);
    builder.write(out, &meta)
}

fn moment_params(text: &str) -> Result<MomentParams> {
    serde_json::from_str(text)
        .map_err(|e| KernelError::new("towers.moments", format!("moments: {e}")))
}

/// Writes `tower-examples.col`.
pub fn write_examples(params: &str, from: &InputPaths, out: &Path) -> Result<MomentStats> {
    let params = moment_params(params)?;
    let c = Catalogue::open(&from.catalogue)?;
    let v = UnitVectors::open(Path::new(&from.item_vectors), &c)?;
    let buckets = from
        .listeners
        .iter()
        .map(|path| Bucket::open(path, &c))
        .collect::<Result<Vec<_>>>()?;
    write_moments(
        &c,
        &v,
        languages(&c),
        &buckets,
        &from.responses,
        &params,
        out,
    )
}

/// Writes the index over the tracks' vectors: of `item2vec.col` those that are a track's own, of encoded
/// tracks (column `vector`) all. Returns its content digest.
pub fn write_index(catalogue: &str, vectors: &Path, seed: u32, out: &Path) -> Result<String> {
    let params = BuildParams {
        seed,
        ..BuildParams::default()
    };
    let col = Col::open(vectors)?;
    if col.has("vector") {
        let dimensions = col.meta["dimensions"].as_u64().unwrap_or(0) as usize;
        return build(col.get("vector")?, dimensions, &[], &params, out);
    }
    let c = Catalogue::open(catalogue)?;
    let v = UnitVectors::open(vectors, &c)?;
    let own: Vec<u8> = (0..c.tracks as u32)
        .map(|t| u8::from(v.is_own(t)))
        .collect();
    build(v.rows(), v.dimensions, &own, &params, out)
}
