use super::block::Block;
use super::eligibility::{ClassBits, Eligibility};
use super::index::Index;
use super::scan::Context;
use super::survivors::{score, track};
use crate::error::{KernelError, Result};
use crate::simd::Simd;
use serde::Deserialize;

/// Survivors a block may hold, 8 bytes each.
const MOST_SURVIVORS: usize = 200_000_000;
/// A block is no larger than reading the index once for it is worth: bytes of codes per listener.
const READ: usize = 8192;
const LEAST: usize = 8192;

/// How to search. Only `k` and `probe` change the result.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchOptions {
    /// Tracks per listener.
    pub k: usize,
    /// Lists per listener.
    pub probe: usize,
    /// Most listeners of a block: memory against how often a list is read.
    pub block: usize,
    /// Guess thresholds from samples; otherwise everything scanned is ranked finely.
    pub thresholds: bool,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            k: 500,
            probe: 16,
            block: 131_072,
            thresholds: true,
        }
    }
}

/// Tracks per query: those of query `i` are `off[i]..off[i + 1]`, by falling score, ties to the smaller
/// track. `integer` is the inner product of the listener's fine integers with the item's code, `score` the same on
/// the scale of the given vectors. Fewer than k only where fewer are eligible.
#[derive(Debug, Default, PartialEq)]
pub struct Neighbours {
    pub off: Vec<u32>,
    pub track: Vec<u32>,
    pub score: Vec<f32>,
    pub integer: Vec<i32>,
}

/// The k best eligible tracks of each query (row-major) over its `probe` nearest lists, or over more
/// where those hold fewer than k. No queries: empty. Queries that are not finite or do not divide into
/// rows, `k`, `probe` or `block` of 0: errors.
pub fn search(
    index: &Index,
    queries: &[f32],
    options: &SearchOptions,
    eligibility: &dyn Eligibility,
) -> Result<Neighbours> {
    search_on(Simd::chosen()?, index, queries, options, eligibility)
}

/// `search` with given kernels. `simd` must be one of `Simd::available`.
pub fn search_on(
    simd: Simd,
    index: &Index,
    queries: &[f32],
    options: &SearchOptions,
    eligibility: &dyn Eligibility,
) -> Result<Neighbours> {
    let d = index.dimensions;
    check(simd, index, queries, options)?;
    let count = queries.len() / d;
    let bits = ClassBits::build(index, count, eligibility);
    let context = Context {
        index,
        bits: &bits,
        eligibility,
    };
    let probe = options.probe.min(index.lists().max(1));
    let mut out = Neighbours {
        off: vec![0],
        ..Neighbours::default()
    };
    let block = block_size(index, options, probe);
    let most = count.saturating_mul(options.k.min(index.len()));
    out.track.reserve(most);
    out.score.reserve(most);
    out.integer.reserve(most);
    let mut room = Vec::new();
    for (b, rows) in queries.chunks(block * d).enumerate() {
        let found = Block {
            context: &context,
            simd,
            first: b * block,
            queries: rows,
            k: options.k,
            probe,
            thresholds: options.thresholds,
        }
        .run(&mut room)?;
        for (keys, scale) in found {
            let unit = 1.0 / scale;
            for key in keys {
                let integer = score(key);
                out.track.push(track(key));
                out.score.push((f64::from(integer) * unit) as f32);
                out.integer.push(integer);
            }
            let end = u32::try_from(out.track.len()).map_err(|_| {
                KernelError::new(
                    "kernel.shape",
                    "more than 4 billion neighbours in one search",
                )
            })?;
            out.off.push(end);
        }
    }
    Ok(out)
}

fn check(simd: Simd, index: &Index, queries: &[f32], options: &SearchOptions) -> Result<()> {
    let fail = |why: &str| Err(KernelError::new("kernel.shape", format!("search: {why}")));
    if !queries.len().is_multiple_of(index.dimensions) {
        return fail("queries do not divide into rows of the index's dimensions");
    }
    if options.k == 0 || options.probe == 0 || options.block == 0 {
        return fail("k, probe and block must be 1 or more");
    }
    if !Simd::available().contains(&simd) {
        return fail("the processor lacks these kernels");
    }
    Ok(())
}

/// As asked, or fewer where that many listeners' survivors would not fit memory or the index is small.
fn block_size(index: &Index, options: &SearchOptions, probe: usize) -> usize {
    let scanned = index.len() * probe / index.lists().max(1) + 1;
    let survivors = if options.thresholds {
        scanned.min(4 * options.k)
    } else {
        scanned
    };
    options
        .block
        .min((MOST_SURVIVORS / survivors).max(1))
        .min((index.len() * index.dimensions / READ).max(LEAST))
}

/// For each of `tracks` its k nearest others: `vectors` has a row per entry of `tracks`.
pub fn neighbours(
    index: &Index,
    tracks: &[u32],
    vectors: &[f32],
    options: &SearchOptions,
) -> Result<Neighbours> {
    if vectors.len() != tracks.len() * index.dimensions {
        return Err(KernelError::new(
            "kernel.shape",
            "neighbours: one vector per track is needed",
        ));
    }
    search(index, vectors, options, &Others(tracks))
}

/// Every track but the one asked about.
struct Others<'a>(&'a [u32]);

impl Eligibility for Others<'_> {
    fn class(&self, _query: usize) -> u32 {
        0
    }
    fn allowed(&self, _class: u32, _track: u32) -> bool {
        true
    }
    fn excluded(&self, query: usize, track: u32) -> bool {
        self.0[query] == track
    }
}
