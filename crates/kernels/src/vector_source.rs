//! Candidate sources that search vectors instead of reading postings: a block of listeners at a time.

use crate::catalogue::Catalogue;
use crate::col::{Col, View};
use crate::encode::input_rows::InputRows;
use crate::encode::languages;
use crate::encode::listener_input::{Person, history_of, listener_rows, push_listener};
use crate::encode::unit_vectors::UnitVectors;
use crate::error::Result;
use crate::expand::{Found, SourceParams};
use crate::listeners::Bucket;
use crate::model::{Model, ModelSpec};
use rayon::prelude::*;
use serde::Deserialize;
use std::path::PathBuf;

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
}

/// The listener tower and the encoded tracks.
pub struct TowerVectors {
    dimensions: usize,
    tracks: View<f32>,
}

impl TowerVectors {
    fn open(paths: &TowerPaths, c: &Catalogue) -> Result<Self> {
        let col = Col::open(&paths.tracks)?;
        let tracks = col.view::<f32>("vector")?;
        Ok(Self {
            dimensions: tracks.len() / c.tracks.max(1),
            tracks,
        })
    }

    pub fn track(&self, track: u32) -> &[f32] {
        let from = track as usize * self.dimensions;
        &self.tracks[from..from + self.dimensions]
    }
}

impl Vectors {
    /// Opens what the specification names; None without item vectors.
    pub fn open(spec: &ModelSpec, c: &Catalogue) -> Result<Option<Self>> {
        let Some(path) = &spec.item_vectors else {
            return Ok(None);
        };
        let towers = match &spec.towers {
            Some(paths) => Some(TowerVectors::open(paths, c)?),
            None => None,
        };
        Ok(Some(Self {
            items: UnitVectors::open(path, c)?,
            towers,
        }))
    }
}

/// What the vectors say of the listeners of a block.
#[derive(Default)]
pub struct Tastes {
    /// Rows of the listeners as the towers see them; empty without vectors.
    rows: Option<InputRows>,
    pools: usize,
    tower: Vec<f32>,
    dimensions: usize,
    found: Vec<Lists>,
}

/// The lists of a source: `rows[off[i]..off[i + 1]]` for the block's listener `i`, best first.
struct Lists {
    weight: f32,
    off: Vec<u32>,
    rows: Vec<(u32, f32)>,
}

impl Lists {
    fn of(&self, i: usize) -> Found<'_> {
        Found {
            weight: self.weight,
            rows: &self.rows[self.off[i] as usize..self.off[i + 1] as usize],
        }
    }
}

/// What they say of one listener.
#[derive(Default)]
pub struct Taste<'a> {
    /// Unit pools (latest, short, long), one after the other; empty without item vectors.
    pub pools: &'a [f32],
    /// Unit row of the listener tower; empty without towers.
    pub tower: &'a [f32],
    /// What each vector source found.
    pub found: Vec<Found<'a>>,
}

const CHUNK: usize = 256;

impl Tastes {
    /// Encodes the listeners and searches every vector source for them.
    pub fn of(model: &Model, bucket: &Bucket, listeners: &[u32]) -> Result<Self> {
        let Some(vectors) = &model.vectors else {
            return Ok(Self::default());
        };
        let c = &model.catalogue;
        let rows = encode(vectors, c, bucket, listeners);
        Ok(Self {
            pools: 3 * vectors.items.dimensions,
            rows: Some(rows),
            ..Self::default()
        })
    }

    /// Of the block's listener `i`.
    pub fn at(&self, i: usize) -> Taste<'_> {
        let Some(rows) = &self.rows else {
            return Taste::default();
        };
        let (from, d) = (i * rows.width, self.dimensions);
        Taste {
            pools: &rows.dense[from..from + self.pools],
            tower: self.tower.get(i * d..(i + 1) * d).unwrap_or(&[]),
            found: self.found.iter().map(|lists| lists.of(i)).collect(),
        }
    }
}

fn encode(vectors: &Vectors, c: &Catalogue, bucket: &Bucket, listeners: &[u32]) -> InputRows {
    let empty = listener_rows(&vectors.items, c, languages(c));
    let parts: Vec<InputRows> = listeners
        .par_chunks(CHUNK)
        .map(|chunk| {
            let (mut rows, mut history) = (empty.clone(), Vec::new());
            for &i in chunk {
                let l = bucket.listener(i as usize);
                history_of(&l, &mut history);
                push_listener(
                    &mut rows,
                    &vectors.items,
                    c,
                    &history,
                    &Person::of(&l),
                    c.as_of,
                );
            }
            rows
        })
        .collect();
    let mut all = empty;
    for part in &parts {
        all.append(part);
    }
    all
}
