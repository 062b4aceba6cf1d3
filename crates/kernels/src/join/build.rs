use super::kmeans::{Rows, sample, spherical};
use super::quantise::Items;
use crate::col::ColBuilder;
use crate::error::{KernelError, Result};
use crate::rng::Rng;
use rayon::prelude::*;
use serde::Deserialize;
use std::path::Path;

pub(super) const MOST_DIMENSIONS: usize = 1024;
/// Training rows per centroid.
const PER_CENTROID: usize = 96;

/// Parameters of an index.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct BuildParams {
    /// Lists to aim at; 0: the larger of sqrt(tracks) and tracks / 1024.
    pub lists: usize,
    /// Rounds of k-means on either level.
    pub rounds: usize,
    pub seed: u32,
}

impl Default for BuildParams {
    fn default() -> Self {
        Self {
            lists: 0,
            rounds: 10,
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
    let supers = (lists as f64).sqrt().ceil() as usize;
    let mut columns = Columns::default();
    if n > 0 {
        let top = train(&all, supers, params.rounds, params.seed);
        let members = group(&all, &top);
        let parts: Vec<Part> = members
            .par_iter()
            .enumerate()
            .map(|(s, members)| {
                let share = (members.len() as f64 * lists as f64 / n as f64).round() as usize;
                let rows = Rows {
                    picked: members,
                    ..all
                };
                let seed = params.seed.wrapping_add(s as u32 + 1);
                let centroids = train(&rows, share.max(1), params.rounds, seed);
                let members = group(&rows, &centroids);
                Part { centroids, members }
            })
            .collect();
        for (part, centroid) in parts.iter().zip(top.chunks_exact(dimensions)) {
            columns.add(part, centroid);
        }
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

/// k-means on a seeded sample of the rows.
fn train(rows: &Rows, count: usize, rounds: usize, seed: u32) -> Vec<f32> {
    let n = rows.picked.len();
    let size = n.min(count * PER_CENTROID);
    let picked: Vec<u32> = sample(n, size, &mut Rng::new(&[seed]))
        .into_iter()
        .map(|i| rows.picked[i])
        .collect();
    let some = Rows {
        picked: &picked,
        ..*rows
    };
    spherical(&some, count, rounds, seed)
}

/// Tracks of each centroid, ascending.
fn group(rows: &Rows, centroids: &[f32]) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); centroids.len() / rows.dimensions];
    for (&track, (c, _)) in rows.picked.iter().zip(rows.assign(centroids)) {
        members[c as usize].push(track);
    }
    members
}

/// The lists of one super list.
struct Part {
    centroids: Vec<f32>,
    members: Vec<Vec<u32>>,
}

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
    fn add(&mut self, part: &Part, centroid: &[f32]) {
        let d = centroid.len();
        for (row, members) in part.centroids.chunks_exact(d).zip(&part.members) {
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

    fn write(&self, all: &Rows, asked: usize, params: &BuildParams, out: &Path) -> Result<String> {
        let d = all.dimensions;
        let rows = Rows {
            picked: &self.order,
            ..*all
        };
        let peak = (0..self.order.len())
            .flat_map(|i| rows.row(i))
            .fold(0f32, |peak, x| peak.max(x.abs()));
        let mut items = Items::for_peak(f64::from(peak));
        let mut vector = vec![0i8; self.order.len() * d];
        for (i, row) in vector.chunks_exact_mut(d).enumerate() {
            items.round(rows.row(i), row);
        }
        let mut file = ColBuilder::default();
        file.put("centroid", &self.centroid)
            .put("super.centroid", &self.super_centroid)
            .put("super.off", &self.super_off)
            .put("list.off", &self.list_off)
            .put("order", &self.order)
            .put("vector", &vector);
        file.write(
            out,
            &serde_json::json!({
                "dimensions": d,
                "scale": items.scale,
                "offset": items.offset,
                "norm": items.norm,
                "lists": asked,
                "rounds": params.rounds,
                "seed": params.seed,
            }),
        )
    }
}
