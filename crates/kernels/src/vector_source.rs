//! Candidate sources that search vectors instead of reading postings: a block of listeners at a time.

use crate::catalogue::Catalogue;
use crate::col::{Col, View};
use crate::encode::input_rows::InputRows;
use crate::encode::languages;
use crate::encode::listener_input::{Person, history_of, listener_rows, push_listener};
use crate::encode::unit_vectors::UnitVectors;
use crate::error::{Result, invalid};
use crate::expand::SourceParams;
use crate::listeners::{Bucket, Listener};
use crate::model::Model;
use rayon::prelude::*;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Where a source's query comes from.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Query {
    /// The recency-weighted mean of item vectors of the newest tracks.
    Pool,
    /// The listener tower.
    Tower,
}

/// How a vector source is searched; `source.path` is its index.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VectorSourceParams {
    #[serde(flatten)]
    pub source: SourceParams,
    pub query: Query,
    /// Lists of the index scanned per listener; 0 for all.
    pub probe: usize,
}

/// Files of the trained towers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TowerPaths {
    pub towers: PathBuf,
    /// `.col` with `vector` f32, a unit row per track.
    pub tracks: PathBuf,
}

/// Item vectors, and the towers over them.
pub struct Vectors {
    pub items: UnitVectors,
    pub towers: Option<TowerVectors>,
    sources: Vec<(VectorSourceParams, Index)>,
}

/// The listener tower and the encoded tracks.
pub struct TowerVectors {
    listener: Towers,
    dimensions: usize,
    tracks: View<f32>,
}

impl TowerVectors {
    pub fn track(&self, track: u32) -> &[f32] {
        let from = track as usize * self.dimensions;
        &self.tracks[from..from + self.dimensions]
    }
}
