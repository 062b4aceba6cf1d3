//! A day's update of track vectors: what it reads and writes follows the day, not the catalogue.

use super::file::Ids;
use super::params::Item2vecParams;
use super::sequences::Sequences;
use super::sparse::{SparseRows, newest};
use super::train::Vectors;
use super::update::{Overlay, update};
use crate::col::{Col, ColBuilder};
use crate::error::{KernelError, Result, invalid};
use crate::procrustes;
use crate::rng::Rng;
use serde::Deserialize;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

const SAMPLE: u32 = 0x7361_6d70;

/// When a day's rows are taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DayLimits {
    /// Rows of the base drawn as negatives besides the day's tracks.
    pub negative_sample: usize,
    /// Occurrences in the base from which a track is an anchor.
    pub anchor_plays: u32,
    /// Least mean cosine of the anchors to the base; below it the day is refused.
    pub least_cosine: f64,
}

/// Files of one day's update.
#[derive(Clone, Debug, Default)]
pub struct DayFiles {
    /// The `item2vec.col` of the last training.
    pub base: PathBuf,
    /// `item2vec-day.col` of the days since, oldest first.
    pub overlays: Vec<PathBuf>,
    /// The day's sequences: `track_id` (ascending), `session.off`, `session.track` (index into it).
    pub day: PathBuf,
    pub out: PathBuf,
}

/// What a day did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DayReport {
    /// Content digest of the written file.
    pub digest: String,
    pub sequences: usize,
    /// Occurrences trained on.
    pub words: usize,
    /// Rows written: those of the day's tracks, none where the day is refused.
    pub moved: usize,
    /// Of these, tracks without rows before.
    pub fresh: usize,
    pub anchors: usize,
    /// Mean cosine of the anchors to the base; none without anchors.
    pub cosine: Option<f64>,
    pub refused: bool,
}

/// Trains on a day's sequences from the newest rows, lays the result over the base by its anchors and
/// writes the rows of the day's tracks (`item2vec-day.col`, docs/formats.md). Rows of tracks that were
/// only negatives stay as they were. With fewer anchors than twice the dimensions nothing is rotated,
/// but their cosine is judged all the same. A day whose anchors end too far from the base, or whose rows
/// diverge, is refused: the file then has no rows.
pub fn update_files(
    params: &Item2vecParams,
    limits: &DayLimits,
    files: &DayFiles,
) -> Result<DayReport> {
    let base = SparseRows::open(&files.base)?;
    let overlays = (files.overlays.iter().map(|path| SparseRows::open(path)))
        .collect::<Result<Vec<SparseRows>>>()?;
    let d = params.dimensions;
    if overlays.iter().chain([&base]).any(|r| r.dimensions() != d) {
        return Err(KernelError::new(
            "kernel.shape",
            "the rows to start from have other dimensions",
        ));
    }
    let col = Col::open(&files.day)?;
    let ids = Ids::of(&col)?;
    let mut sequences = Sequences::default();
    sequences.append(&files.day, "session")?;
    sequences.check(ids.len())?;

    let mut known = HashSet::new();
    let mut before = Vectors {
        dimensions: d,
        ..Vectors::default()
    };
    let mut anchors = Vec::new();
    for track in 0..ids.len() {
        let id = ids.at(track);
        if let Some(row) = base.find(id)? {
            known.insert(row);
            let (count, ..) = base.row(row)?.unwrap_or_default();
            if count >= limits.anchor_plays.max(1) {
                anchors.push((track as u32, row));
            }
        }
        append(&mut before, newest(&base, &overlays, id)?);
    }
    let fresh = before.count.iter().filter(|&&count| count == 0).count();
    let mut frequency = Vec::new();
    for row in sample(base.len(), limits.negative_sample, params.seed) {
        if known.contains(&row) {
            continue;
        }
        if let Some(found) = newest(&base, &overlays, base.id(row)?)? {
            frequency.push((before.count.len() as u32, found.0));
            append(&mut before, Some(found));
        }
    }
    let mut report = DayReport {
        sequences: sequences.off.len() - 1,
        words: sequences.track.len(),
        ..DayReport::default()
    };
    let mut overlay = match update(&sequences, &before, &frequency, params) {
        Ok(overlay) => overlay,
        Err(error) if error.code == "item2vec.diverged" => {
            (report.anchors, report.refused) = (anchors.len(), true);
            Overlay::default()
        }
        Err(error) => return Err(error),
    };
    keep_day(&mut overlay, ids.len(), d);
    if !report.refused {
        align(&mut overlay, &anchors, &base, limits, &mut report)?;
    }
    if report.refused {
        overlay = Overlay::default();
    } else {
        report.fresh = fresh;
    }
    report.moved = overlay.track.len();
    report.digest = write(&overlay, &ids, d, &report, &files.out)?;
    Ok(report)
}

fn append(into: &mut Vectors, row: Option<(u32, &[f32], &[f32])>) {
    let rows = into.input.len() + into.dimensions;
    if let Some((count, input, output)) = row {
        into.count.push(count);
        into.input.extend_from_slice(input);
        into.output.extend_from_slice(output);
    } else {
        into.count.push(0);
        into.input.resize(rows, 0.0);
        into.output.resize(rows, 0.0);
    }
}

/// At most `wanted` rows of `rows`, ascending, each once: all of them, or draws with replacement.
fn sample(rows: usize, wanted: usize, seed: u32) -> Vec<usize> {
    if rows <= wanted {
        return (0..rows).collect();
    }
    let mut rng = Rng::new(&[seed, SAMPLE]);
    let mut drawn: Vec<usize> = (0..wanted)
        .map(|_| (rng.uniform() * rows as f64) as usize)
        .collect();
    drawn.sort_unstable();
    drawn.dedup();
    drawn
}

/// Drops what is not of the day: the negatives stand behind its tracks.
fn keep_day(overlay: &mut Overlay, tracks: usize, d: usize) {
    let kept = overlay.track.partition_point(|&t| (t as usize) < tracks);
    overlay.track.truncate(kept);
    overlay.count.truncate(kept);
    overlay.input.truncate(kept * d);
    overlay.output.truncate(kept * d);
}

/// Lays the rows over the base by the anchors, and judges how far these are from it then.
fn align(
    overlay: &mut Overlay,
    anchors: &[(u32, usize)],
    base: &SparseRows,
    limits: &DayLimits,
    report: &mut DayReport,
) -> Result<()> {
    let d = base.dimensions();
    let (mut from, mut to) = (Vec::new(), Vec::new());
    for &(track, row) in anchors {
        if let (Ok(at), Some((_, input, _))) = (overlay.track.binary_search(&track), base.row(row)?)
        {
            from.extend_from_slice(&overlay.input[at * d..(at + 1) * d]);
            to.extend_from_slice(input);
        }
    }
    report.anchors = from.len() / d;
    if report.anchors == 0 {
        return Ok(());
    }
    let cosine = if report.anchors >= 2 * d {
        let rotation = procrustes::rotation(&from, &to, d)?;
        overlay.input = rotation.apply(&overlay.input)?;
        overlay.output = rotation.apply(&overlay.output)?;
        rotation.cosine
    } else {
        procrustes::mean_cosine(&from, &to, d)
    };
    report.cosine = Some(cosine);
    report.refused = cosine < limits.least_cosine;
    Ok(())
}

fn write(overlay: &Overlay, ids: &Ids, d: usize, report: &DayReport, out: &Path) -> Result<String> {
    let (mut off, mut bytes) = (vec![0u32], Vec::new());
    for &track in &overlay.track {
        bytes.extend_from_slice(ids.at(track as usize));
        let end = u32::try_from(bytes.len()).map_err(|_| invalid("a day's ids exceed 4 GB"))?;
        off.push(end);
    }
    let mut builder = ColBuilder::default();
    builder
        .put("track_id.off", &off)
        .put("track_id.bytes", &bytes)
        .put("count", &overlay.count)
        .put("input", &overlay.input)
        .put("output", &overlay.output);
    let meta = serde_json::json!({
        "dimensions": d,
        "anchors": report.anchors,
        "cosine": report.cosine,
        "refused": report.refused,
    });
    builder.write(out, &meta)
}
