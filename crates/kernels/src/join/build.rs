use super::item_code::ItemCode;
use super::kmeans::Rows;
use super::lists::{Lists, divide};
use crate::col::ColBuilder;
use crate::error::{KernelError, Result};
use rayon::prelude::*;
use serde::Deserialize;
use std::path::Path;

pub(super) const MOST_DIMENSIONS: usize = 1024;

/// Parameters of an index.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct BuildParams {
    /// Lists to aim at; 0: the larger of sqrt(tracks) and tracks / 1024.
    pub lists: usize,
    /// Rounds of k-means, on either level.
    pub rounds: usize,
    /// Most lists that are found in one level, and then searched without super lists.
    pub flat: usize,
    pub seed: u32,
}

impl Default for BuildParams {
    fn default() -> Self {
        Self {
            lists: 0,
            rounds: 12,
            flat: 4096,
            seed: 1,
        }
    }
}

/// Writes `index.col` and returns its content digest. `vectors`: row-major, one row per track, of
/// length at most 1; tracks with `known` 0 are left out, an empty `known` keeps all. Same bytes for
/// any number of threads. No tracks: an index of no lists. Values that are not finite, longer rows and
/// shapes that do not fit are errors.
pub fn build(
    vectors: &[f32],
    dimensions: usize,
    known: &[u8],
    params: &BuildParams,
    out: &Path,
) -> Result<String> {
    let tracks = check(vectors, dimensions, known)?;
    let picked: Vec<u32> = (0..tracks as u32)
        .filter(|&t| known.is_empty() || known[t as usize] != 0)
        .collect();
    let n = picked.len();
    let lists = match params.lists {
        0 => ((n as f64).sqrt().ceil() as usize).max(n / 1024),
        given => given,
    }
    .clamp(1, n.max(1));
    let all = Rows {
        values: vectors,
        dimensions,
        picked: &picked,
    };
    let mut columns = Columns::default();
    if n > 0 {
        let found = divide(&all, lists, params.flat, params.rounds, params.seed);
        let mut members = vec![Vec::new(); found.centroids.len() / dimensions];
        for (&track, (list, _)) in picked.iter().zip(found.assign(&all)) {
            members[list as usize].push(track);
        }
        columns.fill(&found, &members);
    }
    columns.write(&all, lists, params, out)
}

fn check(vectors: &[f32], dimensions: usize, known: &[u8]) -> Result<usize> {
    let fail = |why: &str| Err(KernelError::new("kernel.shape", format!("vectors: {why}")));
    if !(1..=MOST_DIMENSIONS).contains(&dimensions) || !vectors.len().is_multiple_of(dimensions) {
        return fail("they do not divide into rows of 1 to 1024 dimensions");
    }
    let tracks = vectors.len() / dimensions;
    if tracks > super::survivors::MOST_POSITIONS {
        return fail("an index holds 268 million at most");
    }
    if !known.is_empty() && known.len() != tracks {
        return fail("\"known\" has another length");
    }
    let long = vectors.par_chunks_exact(dimensions).any(|row| {
        let squares: f64 = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        // A NaN compares false.
        !matches!(squares.partial_cmp(&1.002), Some(std::cmp::Ordering::Less))
    });
    if long {
        return fail("a row is longer than 1 or not finite");
    }
    Ok(tracks)
}

/// Centroids in single precision, the rest as in the file.
struct Columns {
    super_centroid: Vec<f32>,
    super_off: Vec<u32>,
    centroid: Vec<f32>,
    list_off: Vec<u32>,
    order: Vec<u32>,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            super_centroid: Vec::new(),
            super_off: vec![0],
            centroid: Vec::new(),
            list_off: vec![0],
            order: Vec::new(),
        }
    }
}

impl Columns {
    /// Adds the lists that hold anything.
    fn fill(&mut self, lists: &Lists, members: &[Vec<u32>]) {
        let d = lists.super_centroids.len() / (lists.super_off.len() - 1);
        for (part, centroid) in lists
            .super_off
            .windows(2)
            .zip(lists.super_centroids.chunks_exact(d))
        {
            let part = part[0] as usize..part[1] as usize;
            let rows = lists.centroids[part.start * d..part.end * d].chunks_exact(d);
            for (row, members) in rows.zip(&members[part]) {
                if !members.is_empty() {
                    self.centroid.extend_from_slice(row);
                    self.order.extend_from_slice(members);
                    self.list_off.push(self.order.len() as u32);
                }
            }
            let lists = self.list_off.len() as u32 - 1;
            if self.super_off.last() != Some(&lists) {
                self.super_centroid.extend_from_slice(centroid);
                self.super_off.push(lists);
            }
        }
    }

    fn write(&self, all: &Rows, asked: usize, params: &BuildParams, out: &Path) -> Result<String> {
        let d = all.dimensions;
        let rows = Rows {
            picked: &self.order,
            ..*all
        };
        let items = (0..self.order.len()).into_par_iter().map(|i| rows.row(i));
        let tops = self.centroid.par_chunks_exact(d);
        let supers = self.super_centroid.par_chunks_exact(d);
        let code = ItemCode::fit(
            d,
            params.seed,
            items.clone().chain(tops.clone()).chain(supers.clone()),
        );
        let (vector, a) = coded(&code, d, items);
        let (centroid, b) = coded(&code, d, tops);
        let (super_centroid, c) = coded(&code, d, supers);
        let norm = f64::from(a.max(b).max(c).max(1)).sqrt();
        let mut file = ColBuilder::default();
        file.put("turn", &code.for_listeners())
            .put("centroid", &centroid)
            .put("super.centroid", &super_centroid)
            .put("super.off", &self.super_off)
            .put("list.off", &self.list_off)
            .put("order", &self.order)
            .put("vector", &vector);
        file.write(
            out,
            &serde_json::json!({
                "dimensions": d,
                "norm": norm,
                "lists": asked,
                "rounds": params.rounds,
                "flat": params.flat,
                "seed": params.seed,
            }),
        )
    }
}

/// Codes of rows, and the squared length of the longest.
fn coded<'a>(
    code: &ItemCode,
    dimensions: usize,
    rows: impl IndexedParallelIterator<Item = &'a [f32]>,
) -> (Vec<i8>, i32) {
    let mut out = vec![0i8; rows.len() * dimensions];
    let longest = out
        .par_chunks_exact_mut(dimensions)
        .zip(rows)
        .with_min_len(256)
        .map(|(out, row)| code.code(row, out))
        .max();
    (out, longest.unwrap_or(0))
}
