//! Training pairs of the two towers: a listener at the start of a session, and a track that was new
//! to them and played soon after. The listener is seen as of that moment, never later.

use crate::catalogue::Catalogue;
use crate::col::{Col, ColBuilder};
use crate::encode::input_rows::InputRows;
use crate::encode::listener_input::{Person, Played, listener_rows, push_listener};
use crate::encode::unit_vectors::UnitVectors;
use crate::error::{Result, invalid};
use crate::listeners::{Bucket, Listener};
use crate::profile::DAY;
use crate::rng::{hash32, uniform_at};
use rayon::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

/// How moments are chosen.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MomentParams {
    /// Distinct tracks a listener must have played before the moment.
    pub min_history: usize,
    /// Newest distinct tracks of a history.
    pub history_tracks: usize,
    pub moments_per_listener: usize,
    pub pairs_per_moment: usize,
    /// Days after the moment in which new tracks count.
    pub horizon_days: f64,
    /// Strong negatives (skipped within 2 s) kept per moment.
    pub negatives_per_moment: usize,
    /// Pairs in all, at most in expectation: beyond it moments are sampled.
    pub max_pairs: usize,
    #[serde(default)]
    pub pair_weights: PairWeights,
    /// Whether the track's input has tempo, energy and key.
    #[serde(default = "yes")]
    pub attributes: bool,
    pub seed: u32,
}

/// What a pair weighs in the loss: by the response (a save five plays, how much was heard in between),
/// or all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PairWeights {
    #[default]
    Response,
    Even,
}

fn yes() -> bool {
    true
}

/// Silence that ends a session, seconds.
const GAP: u32 = 1800;
/// Thousandths from which a response is a positive play, and what a save weighs.
const POSITIVE: i16 = 1000;
const SAVE: i16 = 5000;

#[derive(Default, Debug, Clone)]
pub struct MomentStats {
    pub moments: u64,
    pub pairs: u64,
    pub negatives: u64,
    pub digest: String,
}

/// The responses of one listener in order of time.
#[derive(Clone, Copy)]
pub struct Responses<'a> {
    pub track: &'a [u32],
    pub time: &'a [u32],
    pub weight: &'a [i16],
}

/// A listener at an instant with what came next.
#[derive(Debug, PartialEq)]
pub struct Moment {
    pub at: u32,
    pub history: Vec<Played>,
    /// Track and weight (1 a play, 5 a save), ascending by track.
    pub pairs: Vec<(u32, f32)>,
    pub negatives: Vec<u32>,
}

/// The moments of a listener, oldest first. `older`: tracks of the record that the responses do not
/// hold; `before`: positive plays of a track from before the responses.
pub fn moments_of(
    r: Responses<'_>,
    l: &Listener<'_>,
    c: &Catalogue,
    p: &MomentParams,
) -> Vec<Moment> {
    let mut first: HashMap<u32, u32> = HashMap::new();
    let mut positives: HashMap<u32, u32> = HashMap::new();
    for i in 0..r.track.len() {
        first
            .entry(c.recording[r.track[i] as usize])
            .or_insert(r.time[i]);
        if r.weight[i] >= POSITIVE {
            *positives.entry(r.track[i]).or_default() += 1;
        }
    }
    let mut older: Vec<Played> = Vec::new();
    for h in 0..l.track.len() {
        let (track, inside) = (l.track[h], positives.get(&l.track[h]).copied().unwrap_or(0));
        if u32::from(l.positives[h]) > inside && l.saved[h] & 2 == 0 {
            first.insert(c.recording[track as usize], 0);
        }
        if inside == 0 && l.positives[h] > 0 && l.saved[h] & 2 == 0 {
            older.push(Played {
                track,
                last: l.last[h],
                plays: f32::from(l.positives[h]),
                saved: l.saved[h] & 1 != 0,
            });
        }
    }
    let starts: Vec<usize> = (1..r.time.len())
        .filter(|&i| r.time[i] - r.time[i - 1] > GAP)
        .collect();
    let mut chosen: Vec<(u32, usize)> = starts
        .iter()
        .map(|&i| (hash32(&[p.seed, 31, l.seed, r.time[i]]), i))
        .collect();
    chosen.sort_unstable();
    let mut moments = Vec::new();
    for (_, i) in chosen {
        if moments.len() == p.moments_per_listener {
            break;
        }
        moments.extend(moment_at(r, i, &older, &first, l, c, p));
    }
    moments.sort_by_key(|m: &Moment| m.at);
    moments
}

fn moment_at(
    r: Responses<'_>,
    start: usize,
    older: &[Played],
    first: &HashMap<u32, u32>,
    l: &Listener<'_>,
    c: &Catalogue,
    p: &MomentParams,
) -> Option<Moment> {
    let at = r.time[start];
    let until = f64::from(at) + p.horizon_days * DAY;
    let mut after: HashMap<u32, i16> = HashMap::new();
    for i in start..r.track.len() {
        if f64::from(r.time[i]) >= until {
            break;
        }
        let is_new = first[&c.recording[r.track[i] as usize]] >= at;
        if is_new {
            let weight = after.entry(r.track[i]).or_insert(i16::MIN);
            *weight = (*weight).max(r.weight[i]);
        }
    }
    let mut pairs: Vec<(u32, f32)> = Vec::new();
    let mut negatives: Vec<u32> = Vec::new();
    for (&track, &weight) in &after {
        if weight > 0 {
            pairs.push((
                track,
                match p.pair_weights {
                    PairWeights::Response => f32::from(weight) / 1000.0,
                    PairWeights::Even => 1.0,
                },
            ));
        } else if weight <= -POSITIVE {
            negatives.push(track);
        }
    }
    if pairs.is_empty() {
        return None;
    }
    let draw = |track: u32| hash32(&[p.seed, 32, l.seed, at, track]);
    pairs.sort_unstable_by_key(|&(t, _)| (draw(t), t));
    pairs.truncate(p.pairs_per_moment);
    pairs.sort_unstable_by_key(|pair| pair.0);
    negatives.sort_unstable_by_key(|&t| (draw(t), t));
    negatives.truncate(p.negatives_per_moment);
    negatives.sort_unstable();
    let history = history_before(r, start, older, p.history_tracks);
    (history.len() >= p.min_history).then_some(Moment {
        at,
        history,
        pairs,
        negatives,
    })
}

/// Distinct positive tracks before response `start`, newest first, ties by track.
fn history_before(r: Responses<'_>, start: usize, older: &[Played], most: usize) -> Vec<Played> {
    let mut place: HashMap<u32, usize> = HashMap::new();
    let mut history: Vec<Played> = Vec::new();
    for i in 0..start {
        if r.weight[i] < POSITIVE {
            continue;
        }
        let saved = r.weight[i] == SAVE;
        let at = *place.entry(r.track[i]).or_insert_with(|| {
            history.push(Played {
                track: r.track[i],
                last: 0,
                plays: 0.0,
                saved: false,
            });
            history.len() - 1
        });
        let row = &mut history[at];
        row.last = r.time[i];
        row.plays += f32::from(u8::from(!saved));
        row.saved |= saved;
    }
    for row in &mut history {
        row.plays = row.plays.max(1.0);
    }
    let begin = r.time.first().copied().unwrap_or(0);
    history.extend(older.iter().filter(|row| row.last < begin));
    history.sort_unstable_by_key(|row| (std::cmp::Reverse(row.last), row.track));
    history.truncate(most);
    history
}

/// A part of the examples, in order.
struct Part {
    rows: InputRows,
    pairs: Vec<(u32, u32, f32)>,
    hard_off: Vec<u32>,
    hard: Vec<u32>,
}

/// Writes `tower-examples.col` of all buckets (docs/formats.md). `responses` run parallel to `buckets`.
pub fn write_moments(
    c: &Catalogue,
    v: &UnitVectors,
    languages: usize,
    buckets: &[Bucket],
    responses: &[String],
    p: &MomentParams,
    out: &Path,
) -> Result<MomentStats> {
    let mut found: Vec<(usize, usize, Moment)> = Vec::new();
    for (b, (bucket, path)) in buckets.iter().zip(responses).enumerate() {
        let col = Col::open(path)?;
        let track = col.get::<u32>("response.track")?;
        let time = col.get::<u32>("response.ts")?;
        let weight = col.get::<i16>("response.weight")?;
        let off = col.offsets("response.off", bucket.len, track.len())?;
        if time.len() != track.len()
            || weight.len() != track.len()
            || track.iter().any(|&t| t as usize >= c.tracks)
        {
            return Err(invalid(format!("{path} does not fit its catalogue")));
        }
        let moments: Vec<(usize, usize, Moment)> = (0..bucket.len)
            .into_par_iter()
            .flat_map_iter(|i| {
                let range = off.range(i);
                let r = Responses {
                    track: &track[range.clone()],
                    time: &time[range.clone()],
                    weight: &weight[range],
                };
                moments_of(r, &bucket.listener(i), c, p)
                    .into_iter()
                    .map(move |m| (b, i, m))
            })
            .collect();
        found.extend(moments);
    }
    let total: usize = found.iter().map(|(_, _, m)| m.pairs.len()).sum();
    let share = p.max_pairs as f64 / total.max(1) as f64;
    found
        .retain(|(b, i, m)| uniform_at(&[p.seed, 33, buckets[*b].listener(*i).seed, m.at]) < share);
    let empty = listener_rows(v, c, languages);
    let parts: Vec<Part> = found
        .par_chunks(256)
        .map(|chunk| part_of(chunk, c, v, buckets, &empty))
        .collect();
    write_parts(&parts, c, empty, out)
}

fn part_of(
    chunk: &[(usize, usize, Moment)],
    c: &Catalogue,
    v: &UnitVectors,
    buckets: &[Bucket],
    empty: &InputRows,
) -> Part {
    let mut part = Part {
        rows: empty.clone(),
        pairs: Vec::new(),
        hard_off: Vec::new(),
        hard: Vec::new(),
    };
    for (n, (b, i, m)) in chunk.iter().enumerate() {
        let l = buckets[*b].listener(*i);
        let person = Person::of(&l);
        push_listener(&mut part.rows, v, c, &m.history, &person, f64::from(m.at));
        for &(track, weight) in &m.pairs {
            part.pairs.push((n as u32, track, weight));
            part.hard.extend_from_slice(&m.negatives);
            part.hard_off.push(part.hard.len() as u32);
        }
    }
    part
}

fn write_parts(
    parts: &[Part],
    c: &Catalogue,
    mut rows: InputRows,
    out: &Path,
) -> Result<MomentStats> {
    let (mut listener, mut track, mut weight) = (Vec::new(), Vec::new(), Vec::new());
    let (mut hard_off, mut hard) = (vec![0u32], Vec::new());
    let mut count = vec![0f32; c.tracks];
    for part in parts {
        let (base, before) = (rows.rows() as u32, hard.len() as u32);
        rows.append(&part.rows);
        for &(n, t, w) in &part.pairs {
            listener.push(base + n);
            track.push(t);
            weight.push(w);
            count[t as usize] += 1.0;
        }
        hard.extend_from_slice(&part.hard);
        hard_off.extend(part.hard_off.iter().map(|&o| before + o));
    }
    let mut builder = ColBuilder::default();
    let meta = rows.put(&mut builder);
    builder
        .put("pair.listener", &listener)
        .put("pair.track", &track)
        .put("pair.weight", &weight)
        .put("hard.off", &hard_off)
        .put("hard.track", &hard)
        .put("hard.weight", &vec![0f32; hard.len()])
        .put("track.count", &count);
    Ok(MomentStats {
        moments: rows.rows() as u64,
        pairs: track.len() as u64,
        negatives: hard.len() as u64,
        digest: builder.write(out, &meta)?,
    })
}
