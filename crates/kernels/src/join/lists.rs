//! Divides the rows into lists: k-means in one level, or in two where there are many lists.

use super::kmeans::{Rows, normalise, recentre, sample, spherical};
use super::scorer::Scorer;
use crate::rng::Rng;
use rayon::prelude::*;

/// Training rows per centroid.
const PER_CENTROID: usize = 128;
/// Super lists whose lists a row is compared with.
const BEAM: usize = 8;
/// Rounds in which rows of a two-level division move across super lists.
const POLISH: usize = 3;

/// Lists, grouped by super list.
pub struct Lists {
    /// Unit rows.
    pub super_centroids: Vec<f32>,
    /// Lists of a super list.
    pub super_off: Vec<u32>,
    /// Unit rows.
    pub centroids: Vec<f32>,
}

/// About `lists` lists of the rows; one super list where `flat` or fewer lists are asked for.
pub fn divide(rows: &Rows, lists: usize, flat: usize, rounds: usize, seed: u32) -> Lists {
    if lists <= flat {
        let centroids = train(rows, lists, rounds, seed);
        let d = rows.dimensions;
        let mut super_centroid = vec![0f32; d];
        sum_of(centroids.chunks_exact(d), &mut super_centroid);
        return Lists {
            super_centroids: super_centroid,
            super_off: vec![0, (centroids.len() / d) as u32],
            centroids,
        };
    }
    let mut found = two_levels(rows, lists, rounds, seed);
    let picked = picked(rows, lists, seed);
    let some = Rows {
        picked: &picked,
        ..*rows
    };
    for _ in 0..POLISH {
        let nearest = found.assign(&some);
        recentre(&some, &nearest, &mut found.centroids);
        found.recentre_supers(rows.dimensions);
    }
    found
}

fn two_levels(rows: &Rows, lists: usize, rounds: usize, seed: u32) -> Lists {
    let supers = (lists as f64).sqrt().ceil() as usize;
    let top = train(rows, supers, rounds, seed);
    let mut members = vec![Vec::new(); top.len() / rows.dimensions];
    for (&row, (c, _)) in rows.picked.iter().zip(rows.assign(&top)) {
        members[c as usize].push(row);
    }
    let n = rows.picked.len() as f64;
    let parts: Vec<Vec<f32>> = members
        .par_iter()
        .enumerate()
        .map(|(s, members)| {
            let share = (members.len() as f64 * lists as f64 / n).round() as usize;
            let part = Rows {
                picked: members,
                ..*rows
            };
            train(&part, share.max(1), rounds, seed.wrapping_add(s as u32 + 1))
        })
        .collect();
    let mut found = Lists {
        super_centroids: Vec::new(),
        super_off: vec![0],
        centroids: Vec::new(),
    };
    for (part, centroid) in parts.iter().zip(top.chunks_exact(rows.dimensions)) {
        if !part.is_empty() {
            found.centroids.extend_from_slice(part);
            found.super_centroids.extend_from_slice(centroid);
            let lists = found.centroids.len() / rows.dimensions;
            found.super_off.push(lists as u32);
        }
    }
    found
}

/// k-means on a seeded sample of the rows.
fn train(rows: &Rows, count: usize, rounds: usize, seed: u32) -> Vec<f32> {
    let picked = picked(rows, count, seed);
    let some = Rows {
        picked: &picked,
        ..*rows
    };
    spherical(&some, count, rounds, seed)
}

fn picked(rows: &Rows, count: usize, seed: u32) -> Vec<u32> {
    let n = rows.picked.len();
    let size = n.min(count * PER_CENTROID);
    sample(n, size, &mut Rng::new(&[seed]))
        .into_iter()
        .map(|i| rows.picked[i])
        .collect()
}

impl Lists {
    /// List of every row: the nearest of those of the row's nearest super lists; ties to the earlier
    /// super list, then the smaller list.
    pub fn assign(&self, rows: &Rows) -> Vec<(u32, f32)> {
        let d = rows.dimensions;
        if self.super_off.len() == 2 {
            return rows.assign(&self.centroids);
        }
        let supers = Scorer::new(&self.super_centroids, d);
        let parts: Vec<Scorer> = self
            .super_off
            .windows(2)
            .map(|part| {
                Scorer::new(
                    &self.centroids[part[0] as usize * d..part[1] as usize * d],
                    d,
                )
            })
            .collect();
        (0..rows.picked.len())
            .into_par_iter()
            .with_min_len(512)
            .map_init(
                || (vec![0f32; parts.len()], Vec::new()),
                |(scores, order), i| {
                    let row = rows.row(i);
                    supers.scores(row, scores);
                    order.clear();
                    order.extend(0..parts.len());
                    let by_score =
                        |&a: &usize, &b: &usize| scores[b].total_cmp(&scores[a]).then(a.cmp(&b));
                    let beam = BEAM.min(order.len());
                    order.select_nth_unstable_by(beam - 1, by_score);
                    order[..beam].sort_unstable_by(by_score);
                    let mut best = (0, f32::NEG_INFINITY);
                    for &s in &order[..beam] {
                        let (list, score) = parts[s].nearest(row);
                        if score > best.1 {
                            best = (self.super_off[s] + list, score);
                        }
                    }
                    best
                },
            )
            .collect()
    }

    fn recentre_supers(&mut self, d: usize) {
        let parts = self.super_off.windows(2);
        for (part, centroid) in parts.zip(self.super_centroids.chunks_exact_mut(d)) {
            let rows = &self.centroids[part[0] as usize * d..part[1] as usize * d];
            sum_of(rows.chunks_exact(d), centroid);
        }
    }
}

/// The direction of a sum of rows.
fn sum_of<'a>(rows: impl Iterator<Item = &'a [f32]>, out: &mut [f32]) {
    let mut sum = vec![0f64; out.len()];
    for row in rows {
        for (s, &x) in sum.iter_mut().zip(row) {
            *s += f64::from(x);
        }
    }
    normalise(&sum, out);
}
