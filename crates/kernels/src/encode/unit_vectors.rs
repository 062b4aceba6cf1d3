//! One unit vector per track, also for tracks that no session held.

use crate::catalogue::Catalogue;
use crate::col::Col;
use crate::error::{Result, invalid};
use std::path::Path;

/// Longest row of a file.
pub(crate) const MOST_DIMENSIONS: usize = 1024;

/// Rows by track index. A track without a vector of its own has the mean direction of its artist's
/// tracks, or zeros where the artist has none.
pub struct UnitVectors {
    pub dimensions: usize,
    rows: Vec<f32>,
    /// 1 where the track has a vector of its own.
    own: Vec<u8>,
}

/// Scales to length one; zeros stay zeros.
pub fn normalise(row: &mut [f32]) {
    let length = row
        .iter()
        .map(|&x| f64::from(x) * f64::from(x))
        .sum::<f64>();
    if length > 0.0 {
        let scale = (1.0 / length.sqrt()) as f32;
        for x in row {
            *x *= scale;
        }
    }
}

/// Inner products of `row` with each of the `queries`, appended to `out`; on every path the same bits as
/// `dot`.
pub fn dots<'a>(queries: impl Iterator<Item = &'a [f32]>, row: &[f32], out: &mut Vec<f32>) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        unsafe { dots_avx2(queries, row, out) };
        return;
    }
    out.extend(queries.map(|query| dot(query, row)));
}

/// Wider registers for the same sums: nothing is fused or reordered.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dots_avx2<'a>(queries: impl Iterator<Item = &'a [f32]>, row: &[f32], out: &mut Vec<f32>) {
    for query in queries {
        out.push(dot(query, row));
    }
}

/// Inner product, in the order of the elements of eight running sums.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0f32; 8];
    let (left, right) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = left
        .remainder()
        .iter()
        .zip(right.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in left.zip(right) {
        for i in 0..8 {
            sums[i] += x[i] * y[i];
        }
    }
    ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])) + rest
}

impl UnitVectors {
    /// Reads `item2vec.col`, whose rows are those of the catalogue. Errors: another number of rows,
    /// a number that is not finite.
    pub fn open(path: &Path, c: &Catalogue) -> Result<Self> {
        let col = Col::open(path)?;
        let dimensions = col.meta["dimensions"].as_u64().unwrap_or(0) as usize;
        let (input, count) = (col.get::<f32>("input")?, col.get::<u32>("count")?);
        let fits = (1..=MOST_DIMENSIONS).contains(&dimensions)
            && count.len() == c.tracks
            && input.len() == c.tracks * dimensions
            && input.iter().all(|x| x.is_finite());
        if !fits {
            return Err(invalid(format!(
                "{} does not fit its catalogue",
                path.display()
            )));
        }
        Ok(Self::new(
            dimensions,
            input.to_vec(),
            count.iter().map(|&n| u8::from(n > 0)).collect(),
            c,
        ))
    }

    /// From raw rows; `own` says which tracks have one.
    pub fn new(dimensions: usize, mut rows: Vec<f32>, own: Vec<u8>, c: &Catalogue) -> Self {
        for row in rows.chunks_exact_mut(dimensions) {
            normalise(row);
        }
        let mut mean = vec![0f32; dimensions];
        for artist in 0..c.artists {
            let tracks = c.tracks_of_artist(artist);
            if tracks.iter().all(|&t| own[t as usize] != 0) {
                continue;
            }
            mean.fill(0.0);
            for &t in tracks.iter().filter(|&&t| own[t as usize] != 0) {
                let from = t as usize * dimensions;
                for (m, &x) in mean.iter_mut().zip(&rows[from..from + dimensions]) {
                    *m += x;
                }
            }
            normalise(&mut mean);
            for &t in tracks.iter().filter(|&&t| own[t as usize] == 0) {
                let from = t as usize * dimensions;
                rows[from..from + dimensions].copy_from_slice(&mean);
            }
        }
        Self {
            dimensions,
            rows,
            own,
        }
    }

    pub fn row(&self, track: u32) -> &[f32] {
        let from = track as usize * self.dimensions;
        &self.rows[from..from + self.dimensions]
    }

    pub fn rows(&self) -> &[f32] {
        &self.rows
    }

    pub fn is_own(&self, track: u32) -> bool {
        self.own[track as usize] != 0
    }
}
