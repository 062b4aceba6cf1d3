//! Candidate sources that search vectors instead of reading postings: a block of listeners at a time.

use crate::catalogue::Catalogue;
use crate::col::{Col, View};
use crate::encode::input_rows::InputRows;
use crate::encode::languages;
use crate::encode::listener_input::{Person, history_of, listener_rows, push_listener};
use crate::encode::unit_vectors::UnitVectors;
use crate::error::{Result, invalid};
use crate::expand::{Found, SourceParams, refused_in};
use crate::factors::file::Factors;
use crate::factors::solve::Solver;
use crate::join::{Eligibility, Index, SearchOptions, search};
use crate::listeners::{Bucket, EXPLICIT_OK, Listener};
use crate::model::{Model, ModelSpec};
use crate::towers::file::Towers;
use crate::towers::input::{BagRows, Rows};
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
    /// The listener folded in to the factors of the tracks.
    Factors,
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
    /// `factors.col`, where the query needs it.
    #[serde(default)]
    pub factors: Option<PathBuf>,
}

/// An open vector source.
pub struct Search {
    params: VectorSourceParams,
    index: Index,
    factors: Option<Factors>,
}

impl Search {
    /// Opens what the specification names, in its order; `vectors` are those of the same model.
    pub fn open_all(
        spec: &ModelSpec,
        vectors: Option<&Vectors>,
        c: &Catalogue,
    ) -> Result<Vec<Self>> {
        spec.vector_sources
            .iter()
            .map(|params| Self::open(params, vectors, c))
            .collect()
    }

    fn open(params: &VectorSourceParams, vectors: Option<&Vectors>, c: &Catalogue) -> Result<Self> {
        let index = Index::open(&params.source.path)?;
        let factors = match &params.factors {
            Some(path) => Some(Factors::open(path, c)?),
            None => None,
        };
        let dimensions = match params.query {
            Query::Pool => vectors.map(|v| v.items.dimensions),
            Query::Tower => vectors
                .and_then(|v| v.towers.as_ref())
                .map(|t| t.dimensions),
            Query::Factors => factors.as_ref().map(|f| f.dimensions),
        };
        if Some(index.dimensions) != dimensions || index.tracks().any(|t| t as usize >= c.tracks) {
            return Err(invalid(format!(
                "{} does not fit its vectors",
                params.source.path
            )));
        }
        Ok(Self {
            params: params.clone(),
            index,
            factors,
        })
    }
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
    towers: Towers,
    dimensions: usize,
    tracks: View<f32>,
}

impl TowerVectors {
    fn open(paths: &TowerPaths, c: &Catalogue) -> Result<Self> {
        let col = Col::open(&paths.tracks)?;
        let tracks = col.view::<f32>("vector")?;
        let towers = Towers::open(&paths.towers)?;
        let dimensions = towers.params.dimensions;
        if Some(tracks.len()) != c.tracks.checked_mul(dimensions)
            || tracks.iter().any(|x| !x.is_finite())
        {
            return Err(invalid(format!(
                "{} does not fit its catalogue",
                paths.tracks.display()
            )));
        }
        Ok(Self {
            towers,
            dimensions,
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
        let c = &model.catalogue;
        let mut tastes = Self::default();
        let dimensions = model.vectors.as_ref().map_or(0, |v| v.items.dimensions);
        if let Some(vectors) = &model.vectors {
            let rows = encode(vectors, c, bucket, listeners);
            tastes.pools = 3 * vectors.items.dimensions;
            if let Some(towers) = &vectors.towers {
                let input = tower_rows(&towers.towers, &rows)?;
                tastes.tower = towers.towers.encode_listeners(&input);
                tastes.dimensions = towers.dimensions;
            }
            tastes.rows = Some(rows);
        }
        if model.searches.is_empty() {
            return Ok(tastes);
        }
        let rights = Rights {
            model,
            listeners: listeners
                .iter()
                .map(|&i| bucket.listener(i as usize))
                .collect(),
        };
        for Search {
            params,
            index,
            factors,
        } in &model.searches
        {
            let options = SearchOptions {
                k: params.source.top_k,
                probe: if params.probe == 0 {
                    index.lists().max(1)
                } else {
                    params.probe
                },
                ..SearchOptions::default()
            };
            let found = match (params.query, &tastes.rows, factors) {
                (Query::Tower, ..) => search(index, &tastes.tower, &options, &rights)?,
                (Query::Pool, Some(rows), _) => {
                    search(index, &short_pools(rows, dimensions), &options, &rights)?
                }
                (Query::Factors, _, Some(factors)) => {
                    let queries = folded_in(factors, bucket, listeners);
                    search(index, &queries, &options, &rights)?
                }
                _ => return Err(invalid("a vector source lacks what its query is made of")),
            };
            tastes.found.push(Lists {
                weight: params.source.weight,
                off: found.off,
                rows: found.track.into_iter().zip(found.score).collect(),
            });
        }
        Ok(tastes)
    }

    /// Of the block's listener `i`.
    pub fn at(&self, i: usize) -> Taste<'_> {
        let d = self.dimensions;
        let pools = self.rows.as_ref().map_or(&[][..], |rows| {
            let from = i * rows.width;
            &rows.dense[from..from + self.pools]
        });
        Taste {
            pools,
            tower: self.tower.get(i * d..(i + 1) * d).unwrap_or(&[]),
            found: self.found.iter().map(|lists| lists.of(i)).collect(),
        }
    }
}

/// The listeners' factors, row after row.
fn folded_in(factors: &Factors, bucket: &Bucket, listeners: &[u32]) -> Vec<f32> {
    let parts: Vec<Vec<f32>> = listeners
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut solver = Solver::new(factors.dimensions);
            let mut queries = Vec::with_capacity(chunk.len() * factors.dimensions);
            for &i in chunk {
                factors.query(&bucket.listener(i as usize), &mut solver, &mut queries);
            }
            queries
        })
        .collect();
    parts.concat()
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

/// The rows as the listener tower reads them.
fn tower_rows<'a>(towers: &Towers, rows: &'a InputRows) -> Result<Rows<'a>> {
    let bags = rows
        .bags
        .iter()
        .map(|bag| BagRows {
            off: &bag.off,
            id: &bag.id,
            weight: &bag.weight,
        })
        .collect();
    Rows::new(&towers.listener.shape, rows.rows(), &rows.dense, bags)
}

/// The second pool of every row.
fn short_pools(rows: &InputRows, d: usize) -> Vec<f32> {
    rows.dense
        .chunks_exact(rows.width)
        .flat_map(|row| &row[d..2 * d])
        .copied()
        .collect()
}

/// What the block's listeners may be given.
struct Rights<'a> {
    model: &'a Model,
    listeners: Vec<Listener<'a>>,
}

impl Eligibility for Rights<'_> {
    /// Country and preference on explicit tracks.
    fn class(&self, query: usize) -> u32 {
        let l = &self.listeners[query];
        u32::from(l.country) * 2 + u32::from(l.flags & EXPLICIT_OK != 0)
    }

    fn allowed(&self, class: u32, track: u32) -> bool {
        let (c, at) = (&self.model.catalogue, self.model.spec.deliver_at);
        refused_in(track as usize, (class / 2) as u16, class % 2 == 1, c, at).is_none()
    }

    fn excluded(&self, query: usize, track: u32) -> bool {
        let (l, c) = (&self.listeners[query], &self.model.catalogue);
        let recording = c.recording[track as usize];
        l.heard.binary_search(&recording).is_ok()
            || l.blocked_tracks.contains(&track)
            || l.blocked_artists.contains(&c.artist[track as usize])
    }
}
