//! The vector index for Node: converts, calls, maps errors.

// Nothing registers the functions with Node in a test build.
#![cfg_attr(test, allow(dead_code))]

use crate::error::KernelError;
use crate::join::{self, BuildParams, Eligibility, Index, SearchOptions};
use napi::bindgen_prelude::{Float32Array, Int32Array, Uint8Array, Uint32Array};
use napi::{Error, Result};
use napi_derive::napi;
use std::path::PathBuf;

fn failed(error: KernelError) -> Error {
    Error::from_reason(error.to_string())
}

fn shape(message: impl Into<String>) -> Error {
    failed(KernelError::new("kernel.shape", message))
}

fn parse<T: serde::de::DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|e| shape(e.to_string()))
}

/// Whether the system has 2 MB pages for memory that asks for them.
#[napi(js_name = "hugePages", catch_unwind)]
pub fn huge_pages() -> bool {
    join::huge_pages()
}

/// Writes an index file; returns its content digest.
#[napi(js_name = "buildIndex", catch_unwind)]
pub fn build_index(
    vectors: Float32Array,
    dimensions: u32,
    known: Uint8Array,
    params: String,
    out: String,
) -> Result<String> {
    let params: BuildParams = parse(&params)?;
    let out = PathBuf::from(out);
    join::build(&vectors, dimensions as usize, &known, &params, &out).map_err(failed)
}

/// The k nearest rows of each query in single precision, flat.
#[napi(js_name = "exactNeighbours", catch_unwind)]
pub fn exact_neighbours(
    vectors: Float32Array,
    queries: Float32Array,
    dimensions: u32,
    k: u32,
) -> Result<Uint32Array> {
    let d = dimensions as usize;
    if d == 0 || !vectors.len().is_multiple_of(d) || !queries.len().is_multiple_of(d) {
        return Err(shape("vectors or queries do not divide into rows"));
    }
    Ok(join::exact(&vectors, &queries, d, k as usize)
        .concat()
        .into())
}

/// What queries may be given; an empty `class` is class 0 for all, an empty `allowed` allows all, an
/// empty `excluded_off` excludes none.
#[napi(object)]
pub struct EligibilityColumns {
    pub class: Uint32Array,
    /// A row per class, a byte per track: 1 where allowed.
    pub allowed: Uint8Array,
    pub tracks: u32,
    pub excluded_off: Uint32Array,
    /// Ascending per query.
    pub excluded: Uint32Array,
}

impl EligibilityColumns {
    fn check(&self, queries: usize) -> Result<()> {
        let (tracks, off) = (self.tracks as usize, &self.excluded_off);
        let classes = self.class.iter().max().map_or(1, |&most| most as usize + 1);
        let fits = (self.class.is_empty() || self.class.len() == queries)
            && (self.allowed.is_empty() || self.allowed.len() >= classes * tracks)
            && (off.is_empty()
                || off.len() == queries + 1
                    && off.windows(2).all(|pair| pair[0] <= pair[1])
                    && off[queries] as usize == self.excluded.len());
        if fits {
            Ok(())
        } else {
            Err(shape("the columns of eligibility do not fit each other"))
        }
    }
}

struct Columns<'a> {
    class: &'a [u32],
    allowed: &'a [u8],
    tracks: usize,
    excluded_off: &'a [u32],
    excluded: &'a [u32],
}

impl Eligibility for Columns<'_> {
    fn class(&self, query: usize) -> u32 {
        self.class.get(query).copied().unwrap_or(0)
    }

    fn allowed(&self, class: u32, track: u32) -> bool {
        let row = class as usize * self.tracks;
        self.allowed.is_empty()
            || self
                .allowed
                .get(row + track as usize)
                .is_some_and(|&a| a != 0)
    }

    fn excluded(&self, query: usize, track: u32) -> bool {
        if self.excluded_off.is_empty() {
            return false;
        }
        let range = self.excluded_off[query] as usize..self.excluded_off[query + 1] as usize;
        self.excluded[range].binary_search(&track).is_ok()
    }
}

#[napi(object)]
pub struct NeighbourColumns {
    pub off: Uint32Array,
    pub track: Uint32Array,
    pub score: Float32Array,
    pub integer: Int32Array,
}

#[napi(js_name = "VectorIndex")]
pub struct JsIndex(Index);

#[napi]
impl JsIndex {
    #[napi(constructor, catch_unwind)]
    pub fn new(path: String) -> Result<Self> {
        Index::open(path).map(Self).map_err(failed)
    }

    #[napi(getter, catch_unwind)]
    pub fn dimensions(&self) -> u32 {
        self.0.dimensions as u32
    }

    #[napi(getter, catch_unwind)]
    pub fn lists(&self) -> u32 {
        self.0.lists() as u32
    }

    #[napi(getter, catch_unwind)]
    pub fn tracks(&self) -> u32 {
        self.0.len() as u32
    }

    #[napi(catch_unwind)]
    pub fn search(
        &self,
        queries: Float32Array,
        options: String,
        eligibility: EligibilityColumns,
    ) -> Result<NeighbourColumns> {
        let options: SearchOptions = parse(&options)?;
        eligibility.check(queries.len() / self.0.dimensions)?;
        let columns = Columns {
            class: &eligibility.class,
            allowed: &eligibility.allowed,
            tracks: eligibility.tracks as usize,
            excluded_off: &eligibility.excluded_off,
            excluded: &eligibility.excluded,
        };
        let found = join::search(&self.0, &queries, &options, &columns).map_err(failed)?;
        Ok(NeighbourColumns {
            off: found.off.into(),
            track: found.track.into(),
            score: found.score.into(),
            integer: found.integer.into(),
        })
    }
}
