//! Training examples: the candidates of a listener at a cut point, labelled by what followed.

use crate::block::Worker;
use crate::col::{Col, ColBuilder};
use crate::error::{Result, invalid};
use crate::features;
use crate::listeners::{Bucket, Listener};
use crate::model::Model;
use crate::rng::uniform_at;
use crate::vector_source::{Taste, Tastes};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::Path;

/// Tracks first played by each listener in a label period (docs/formats.md: truth).
pub struct Truth {
    index: HashMap<Vec<u8>, usize>,
    off: Vec<u32>,
    track: Vec<u32>,
    positive: Vec<u8>,
    saved: Vec<u8>,
    /// Optional: tracks shown in the period with the slot they stood at.
    shown_index: HashMap<Vec<u8>, usize>,
    shown_off: Vec<u32>,
    shown_track: Vec<u32>,
    shown_slot: Vec<u16>,
}

fn ids(col: &Col) -> Result<HashMap<Vec<u8>, usize>> {
    let bytes = col.get::<u8>("user_id.bytes")?;
    let off = col.get::<u32>("user_id.off")?;
    col.offsets("user_id.off", off.len().saturating_sub(1), bytes.len())?;
    Ok(off
        .windows(2)
        .enumerate()
        .map(|(i, b)| (bytes[b[0] as usize..b[1] as usize].to_vec(), i))
        .collect())
}

impl Truth {
    pub fn open(path: &Path, shown: Option<&Path>) -> Result<Self> {
        let col = Col::open(path)?;
        let index = ids(&col)?;
        let track = col.get::<u32>("truth.track")?.to_vec();
        let n = col.get::<u32>("truth.off")?.len().saturating_sub(1);
        col.offsets("truth.off", n, track.len())?;
        let positive = col.get::<u8>("truth.positive")?.to_vec();
        let saved = col.get::<u8>("truth.saved")?.to_vec();
        if positive.len() != track.len() || saved.len() != track.len() || index.len() != n {
            return Err(invalid(format!("{} is no truth", path.display())));
        }
        let off = col.get::<u32>("truth.off")?.to_vec();
        let mut truth = Self {
            index,
            off,
            track,
            positive,
            saved,
            shown_index: HashMap::new(),
            shown_off: vec![0],
            shown_track: Vec::new(),
            shown_slot: Vec::new(),
        };
        if let Some(path) = shown {
            let col = Col::open(path)?;
            truth.shown_index = ids(&col)?;
            truth.shown_track = col.get::<u32>("shown.track")?.to_vec();
            truth.shown_slot = col.get::<u16>("shown.slot")?.to_vec();
            truth.shown_off = col.get::<u32>("shown.off")?.to_vec();
            if truth.shown_slot.len() != truth.shown_track.len() {
                return Err(invalid(format!(
                    "{} has tracks without slots",
                    path.display()
                )));
            }
            col.offsets(
                "shown.off",
                truth.shown_index.len(),
                truth.shown_track.len(),
            )?;
        }
        Ok(truth)
    }
}

/// How many of a listener's candidates become examples.
#[derive(Clone, Copy)]
pub struct ExampleParams {
    /// Negatives kept per listener, drawn evenly; each then stands for all by its weight.
    pub negatives: usize,
    /// Share of listeners with truth that are used, by hash.
    pub listener_share: f64,
    pub save_weight: f32,
    pub seed: u32,
    /// Number of folds of listeners (out-of-fold statistics).
    pub folds: u32,
}

#[derive(Default)]
pub struct ExampleStats {
    pub listeners: u64,
    pub rows: u64,
    pub positives: u64,
    /// Positive tracks of the period that the snapshot knows, and all of them.
    pub reachable: u64,
    pub truth: u64,
    pub digest: String,
}

#[derive(Default)]
struct Part {
    x: Vec<f32>,
    label: Vec<u8>,
    weight: Vec<f32>,
    artist: Vec<u32>,
    fold: Vec<u8>,
    /// Rows of each listener.
    group: Vec<u32>,
    stats: ExampleStats,
}

/// Writes `x` (n x features, row-major), `label`, `weight`, `artist`, `fold` of one bucket, and `group`:
/// the rows of each listener, who stand one after the other.
pub fn examples_bucket(
    model: &Model,
    truth: &Truth,
    bucket_path: &Path,
    out_path: &Path,
    params: &ExampleParams,
) -> Result<ExampleStats> {
    let bucket = Bucket::open(bucket_path, &model.catalogue)?;
    let listeners: Vec<(u32, usize)> = (0..bucket.len)
        .filter_map(|i| {
            let l = bucket.listener(i);
            let row = *truth.index.get(l.user_id)?;
            let used = l.flags & crate::listeners::ENOUGH != 0
                && uniform_at(&[params.seed, 77, l.seed]) < params.listener_share;
            used.then_some((i as u32, row))
        })
        .collect();
    let indexes: Vec<u32> = listeners.iter().map(|row| row.0).collect();
    let tastes = Tastes::of(model, &bucket, &indexes)?;
    let parts: Vec<Part> = listeners
        .par_chunks(16)
        .enumerate()
        .map_init(
            || Worker::new(model),
            |worker, (n, chunk)| {
                let mut part = Part::default();
                for (j, &(i, row)) in chunk.iter().enumerate() {
                    let taste = tastes.at(n * 16 + j);
                    let l = bucket.listener(i as usize);
                    one(model, truth, &l, &taste, row, params, worker, &mut part);
                }
                part
            },
        )
        .collect();
    let mut all = Part::default();
    for part in parts {
        all.x.extend(part.x);
        all.label.extend(part.label);
        all.weight.extend(part.weight);
        all.artist.extend(part.artist);
        all.fold.extend(part.fold);
        all.group.extend(part.group);
        all.stats.listeners += part.stats.listeners;
        all.stats.positives += part.stats.positives;
        all.stats.reachable += part.stats.reachable;
        all.stats.truth += part.stats.truth;
    }
    all.stats.rows = all.label.len() as u64;
    let mut builder = ColBuilder::default();
    builder
        .put("x", &all.x)
        .put("label", &all.label)
        .put("weight", &all.weight);
    builder
        .put("artist", &all.artist)
        .put("fold", &all.fold)
        .put("group", &all.group);
    let meta = serde_json::json!({ "features": model.feature_names().len() });
    all.stats.digest = builder.write(out_path, &meta)?;
    Ok(all.stats)
}

#[allow(clippy::too_many_arguments)]
fn one(
    model: &Model,
    truth: &Truth,
    l: &Listener<'_>,
    taste: &Taste<'_>,
    row: usize,
    params: &ExampleParams,
    worker: &mut Worker,
    part: &mut Part,
) {
    let c = &model.catalogue;
    worker.retrieve(model, l, taste);
    let mut outcome: HashMap<u32, (bool, bool)> = HashMap::new();
    let range = truth.off[row] as usize..truth.off[row + 1] as usize;
    for at in range {
        let (positive, saved) = (truth.positive[at] != 0, truth.saved[at] != 0);
        part.stats.truth += u64::from(positive || saved);
        if let Some(&recording) = c.recording.get(truth.track[at] as usize) {
            part.stats.reachable += u64::from(positive || saved);
            let entry = outcome.entry(recording).or_default();
            entry.0 |= positive || saved;
            entry.1 |= saved;
        }
    }
    let shown: HashMap<u32, u16> =
        truth
            .shown_index
            .get(l.user_id)
            .map_or_else(HashMap::new, |&row| {
                (truth.shown_off[row] as usize..truth.shown_off[row + 1] as usize)
                    .map(|at| (truth.shown_track[at], truth.shown_slot[at]))
                    .collect()
            });
    let n = worker.candidates.track.len();
    let judged: Vec<Option<(bool, bool)>> = worker
        .candidates
        .track
        .iter()
        .map(|&t| outcome.get(&c.recording[t as usize]).copied())
        .collect();
    let easy = judged.iter().filter(|j| j.is_none()).count();
    let share = (params.negatives as f64 / easy.max(1) as f64).min(1.0);
    let keep = |i: usize| {
        judged[i].is_some()
            || uniform_at(&[params.seed, 78, l.seed, worker.candidates.track[i]]) < share
    };
    let kept: Vec<usize> = (0..n).filter(|&i| keep(i)).collect();
    let before = part.x.len();
    worker.rows.clear();
    let candidates = &worker.candidates;
    features::rows(
        &model.feature_context(),
        model.source_ids.len(),
        l,
        &worker.profile,
        taste,
        candidates,
        |i| {
            shown
                .get(&candidates.track[i])
                .map_or(0.0, |&slot| f32::from(slot))
        },
        &mut worker.rows,
    );
    let width = worker.rows.len() / n.max(1);
    if !kept.is_empty() {
        part.group.push(kept.len() as u32);
    }
    for i in kept {
        part.x
            .extend_from_slice(&worker.rows[i * width..(i + 1) * width]);
        let (positive, saved) = judged[i].unwrap_or((false, false));
        part.label.push(u8::from(positive));
        part.weight.push(match judged[i] {
            _ if saved => params.save_weight,
            None => (1.0 / share) as f32,
            Some(_) => 1.0,
        });
        part.artist.push(c.artist[candidates.track[i] as usize]);
        part.fold
            .push((crate::rng::hash32(&[params.seed, 79, l.seed]) % params.folds.max(1)) as u8);
        part.stats.positives += u64::from(positive);
    }
    debug_assert!(part.x.len() >= before);
    part.stats.listeners += 1;
}

/// Rate of positives per artist, smoothed towards the overall rate as if by `prior` examples.
/// With folds: for every example the rate of its artist outside its own fold.
pub fn artist_rates(
    artist: &[u32],
    label: &[u8],
    weight: &[f32],
    fold: &[u8],
    artists: usize,
    prior: f64,
) -> (Vec<f32>, Vec<f32>) {
    let folds = fold.iter().copied().max().map_or(1, |f| f as usize + 1);
    let mut sums = vec![(0f64, 0f64); artists * folds];
    let mut total = (0f64, 0f64);
    for i in 0..artist.len() {
        let (w, y) = (f64::from(weight[i]), f64::from(label[i]));
        let slot = &mut sums[artist[i] as usize * folds + fold[i] as usize];
        slot.0 += w * y;
        slot.1 += w;
        total.0 += w * y;
        total.1 += w;
    }
    let base = if total.1 > 0.0 {
        total.0 / total.1
    } else {
        0.0
    };
    let rate = |s: (f64, f64)| ((s.0 + prior * base) / (s.1 + prior)) as f32;
    let all: Vec<(f64, f64)> = sums
        .chunks_exact(folds)
        .map(|f| f.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1)))
        .collect();
    let known = all
        .iter()
        .map(|&s| if s.1 > 0.0 { rate(s) } else { f32::NAN })
        .collect();
    let out_of_fold = (0..artist.len())
        .map(|i| {
            let (a, own) = (
                all[artist[i] as usize],
                sums[artist[i] as usize * folds + fold[i] as usize],
            );
            let rest = (a.0 - own.0, a.1 - own.1);
            if rest.1 > 1e-6 { rate(rest) } else { f32::NAN }
        })
        .collect();
    (known, out_of_fold)
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_example_never_sees_its_own_fold() {
        let (known, oof) =
            super::artist_rates(&[0, 0, 1], &[1, 0, 1], &[1.0; 3], &[0, 1, 0], 3, 0.0);
        assert_eq!(known[..2], [0.5, 1.0]);
        assert!(known[2].is_nan());
        assert_eq!(oof[..2], [0.0, 1.0]);
        assert!(oof[2].is_nan());
    }
}
