//! From a listener's record to at most 500 eligible, unheard candidates with the score and rank that
//! each source gave them.

use crate::catalogue::Catalogue;
use crate::listeners::{EXPLICIT_OK, Listener};
use crate::math;
use crate::neighbours::Accumulator;
use crate::profile::{ArtistTaste, Profile};
use crate::source::{Key, Source, by_score, keep_best};
use serde::Deserialize;

/// How one source is read for a listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceParams {
    /// Number of the source in list values (docs/formats.md).
    pub id: u8,
    pub name: String,
    pub path: String,
    /// Candidates kept from this source.
    pub top_k: usize,
    /// Newest history rows used as seeds (track and artist keys).
    pub history: usize,
    /// Half-life of a track seed's weight, days since its last play.
    pub half_life_days: f64,
    /// Artist keys: exponent on the listener's decayed plays of the artist; track keys and groups: on
    /// the weight that plays and saves give a seed (0: every track counts the same).
    pub power: f64,
    /// Name only tracks of artists the listener has not played.
    pub new_artists_only: bool,
    /// Weight in reciprocal-rank fusion.
    pub weight: f32,
}

/// Candidates of one listener; arrays run in parallel, `scores` and `ranks` are n x sources.
#[derive(Default)]
pub struct Candidates {
    pub track: Vec<u32>,
    /// 0 where the source did not name the track.
    pub scores: Vec<f32>,
    /// Place within the source from 1; 0 where the source did not name the track.
    pub ranks: Vec<u16>,
    /// Sum over sources of weight / (60 + rank): reciprocal-rank fusion (Cormack et al. 2009).
    pub fused: Vec<f32>,
    /// Index (in the model's list) of the source with the best rank; ties to the earlier source.
    pub best: Vec<u8>,
}

/// What the filters took away from the candidates they looked at, by reason.
#[derive(Default, Clone, Copy, Debug)]
pub struct Dropped {
    pub heard: u64,
    pub unavailable: u64,
    pub explicit: u64,
    pub blocked: u64,
    pub duplicate: u64,
    pub cut: u64,
}

impl Dropped {
    pub fn add(&mut self, other: &Self) {
        self.heard += other.heard;
        self.unavailable += other.unavailable;
        self.explicit += other.explicit;
        self.blocked += other.blocked;
        self.duplicate += other.duplicate;
        self.cut += other.cut;
    }
}

/// Working memory of one thread.
pub struct Scratch {
    row: Accumulator,
    groups: Accumulator,
    /// Per recording: the epoch (even) of the listener who heard it, or that + 1 (odd) of the one
    /// whose candidates hold it.
    heard: Vec<u32>,
    epoch: u32,
    slot: Vec<u32>,
    slot_epoch: Vec<u32>,
    all: Vec<(u32, f32)>,
    best: Vec<(u32, f32)>,
    merged: Vec<(f32, u32)>,
}

impl Scratch {
    pub fn new(tracks: usize) -> Self {
        Self {
            row: Accumulator::new(tracks),
            groups: Accumulator::new(0),
            heard: vec![0; tracks],
            epoch: 0,
            slot: vec![0; tracks],
            slot_epoch: vec![0; tracks],
            all: Vec::new(),
            best: Vec::new(),
            merged: Vec::new(),
        }
    }

    /// Marks the listener's heard recordings; call once per listener, before any eligibility test.
    pub fn begin(&mut self, l: &Listener<'_>) {
        self.epoch += 2;
        for &recording in l.heard {
            self.heard[recording as usize] = self.epoch;
        }
    }

    pub fn is_heard(&self, recording: u32) -> bool {
        self.heard[recording as usize] == self.epoch
    }

    /// What `expand_source` left, one release of a recording (the better) only.
    pub fn best_per_recording(&mut self, c: &Catalogue) -> Vec<(u32, f32)> {
        let best = std::mem::take(&mut self.best);
        let kept = self.one_per_recording(&best, c);
        self.best = best;
        kept
    }

    /// The rows without later releases of a recording that stands there already.
    pub fn one_per_recording(&mut self, rows: &[(u32, f32)], c: &Catalogue) -> Vec<(u32, f32)> {
        rows.iter()
            .copied()
            .filter(|row| self.take(c.recording[row.0 as usize]))
            .collect()
    }

    /// Takes a recording into the candidates; false when one of its releases is there already.
    fn take(&mut self, recording: u32) -> bool {
        let slot = &mut self.heard[recording as usize];
        let free = *slot < self.epoch;
        if free {
            *slot = self.epoch + 1;
        }
        free
    }
}

/// Tracks that fade to less than this wait for their season.
const OUT_OF_SEASON: f32 = 0.1;

/// Why a track may not stand in this listener's list at `deliver_at` (epoch s), heard aside.
pub fn refused(track: usize, l: &Listener<'_>, c: &Catalogue, deliver_at: u32) -> Option<Refusal> {
    let explicit_ok = l.flags & EXPLICIT_OK != 0;
    let refusal = refused_in(track, l.country, explicit_ok, c, deliver_at);
    if refusal.is_none()
        && (l.blocked_tracks.contains(&(track as u32))
            || l.blocked_artists.contains(&c.artist[track]))
    {
        return Some(Refusal::Blocked);
    }
    refusal
}

/// The part of `refused` that a country and a preference share.
pub fn refused_in(
    track: usize,
    country: u16,
    explicit_ok: bool,
    c: &Catalogue,
    deliver_at: u32,
) -> Option<Refusal> {
    if deliver_at < c.from[track] || deliver_at >= c.until[track] {
        return Some(Refusal::Unavailable);
    }
    if c.fade[track] < OUT_OF_SEASON {
        return Some(Refusal::Unavailable);
    }
    let markets = c.markets_of(track);
    if !markets.is_empty() && !markets.contains(&country) {
        return Some(Refusal::Unavailable);
    }
    if c.explicit[track] != 0 && !explicit_ok {
        return Some(Refusal::Explicit);
    }
    None
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    Unavailable,
    Explicit,
    Blocked,
}

/// What an artist weighs as a seed: recent plays first, a trace of older ones, saves.
pub fn artist_weight(a: &ArtistTaste) -> f64 {
    let [_, short, middle, long] = a.decayed.map(f64::from);
    short + 0.1 * middle + 0.02 * long + 0.05 * f64::from(a.saved)
}

/// The listener's newest tracks with their weights as seeds, newest first.
fn seeds<'a>(
    l: &'a Listener<'_>,
    profile: &'a Profile,
    params: &'a SourceParams,
) -> impl Iterator<Item = (u32, f32)> + 'a {
    let rows = 0..l.track.len().min(params.history);
    rows.filter(|&h| profile.seed_weight[h] > 0.0).map(|h| {
        let weight = profile.seed_weight[h];
        let weight = if params.power == 1.0 {
            weight
        } else {
            math::powf(f64::from(weight), params.power) as f32
        };
        let age = f64::from(profile.age_days[h]);
        (
            l.track[h],
            weight * math::decay(age, params.half_life_days) as f32,
        )
    })
}

/// Sums one source's postings over the listener's keys and keeps its best eligible tracks in
/// `scratch.best`, descending, ties by track.
#[allow(clippy::too_many_arguments)]
pub fn expand_source(
    source: &Source,
    params: &SourceParams,
    l: &Listener<'_>,
    profile: &Profile,
    c: &Catalogue,
    deliver_at: u32,
    scratch: &mut Scratch,
    dropped: &mut Dropped,
) {
    let row = &mut scratch.row;
    let mut add = |key: usize, weight: f32| {
        let (tracks, scores) = source.postings(key);
        for (&t, &s) in tracks.iter().zip(scores) {
            row.add(t, weight * s);
        }
    };
    match source.key {
        Key::Global => add(0, 1.0),
        Key::Country => add(l.country as usize, 1.0),
        Key::Genre => {
            for (genre, &share) in profile.genre_long.iter().enumerate() {
                let weight = 0.5 * share + 0.5 * profile.genre_recent[genre];
                if weight > 0.02 {
                    add(genre, weight);
                }
            }
        }
        Key::Track => seeds(l, profile, params).for_each(|(t, weight)| add(t as usize, weight)),
        Key::Group => {
            if let Some(groups) = &source.groups {
                groups.expand(seeds(l, profile, params), l, &mut scratch.groups, row);
            }
        }
        Key::Artist => {
            for a in &profile.artists {
                let plays = artist_weight(a);
                if plays > 0.0 {
                    add(a.artist as usize, math::powf(plays, params.power) as f32);
                }
            }
        }
    }
    let all = &mut scratch.all;
    all.clear();
    scratch.row.drain(|t, score| {
        if score > 0.0 {
            all.push((t, score));
        }
    });
    let (heard, epoch) = (&scratch.heard, scratch.epoch);
    let mut eligible = |t: u32| {
        let track = t as usize;
        if params.new_artists_only && profile.artist(c.artist[track]).is_some() {
            return false;
        }
        if heard[c.recording[track] as usize] == epoch {
            dropped.heard += 1;
            return false;
        }
        match refused(track, l, c, deliver_at) {
            None => return true,
            Some(Refusal::Unavailable) => dropped.unavailable += 1,
            Some(Refusal::Explicit) => dropped.explicit += 1,
            Some(Refusal::Blocked) => dropped.blocked += 1,
        }
        false
    };
    // Only as many of the best are judged as it takes to find `top_k` that may stand.
    let best = &mut scratch.best;
    best.clear();
    let (mut from, mut step) = (0, 2 * params.top_k.max(1));
    while best.len() < params.top_k && from < all.len() {
        let to = (from + step).min(all.len());
        if to < all.len() {
            all[from..].select_nth_unstable_by(to - from - 1, by_score);
        }
        best.extend(all[from..to].iter().filter(|row| eligible(row.0)));
        (from, step) = (to, step * 2);
    }
    keep_best(best, params.top_k);
}

/// What a search found for the listener: eligible unheard tracks, best first.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    pub weight: f32,
    pub rows: &'a [(u32, f32)],
}

/// All sources, the compiled ones first, merged: one entry per recording, the `limit` best by reciprocal-rank fusion, ties by
/// track. `scratch.begin` must have been called for this listener.
#[allow(clippy::too_many_arguments)]
pub fn expand(
    sources: &[(SourceParams, Source)],
    found: &[Found<'_>],
    l: &Listener<'_>,
    profile: &Profile,
    c: &Catalogue,
    deliver_at: u32,
    limit: usize,
    scratch: &mut Scratch,
    out: &mut Candidates,
    dropped: &mut Dropped,
) {
    let s = sources.len() + found.len();
    let mut all = Candidates::default();
    for index in 0..s {
        let weight = match sources.get(index) {
            Some((params, source)) => {
                expand_source(source, params, l, profile, c, deliver_at, scratch, dropped);
                params.weight
            }
            None => {
                let found = &found[index - sources.len()];
                scratch.best.clear();
                scratch.best.extend_from_slice(found.rows);
                found.weight
            }
        };
        for rank in 0..scratch.best.len() {
            let (t, score) = scratch.best[rank];
            let track = t as usize;
            if scratch.slot_epoch[track] != scratch.epoch {
                scratch.slot_epoch[track] = scratch.epoch;
                scratch.slot[track] = all.track.len() as u32;
                all.track.push(t);
                all.scores.resize(all.scores.len() + s, 0.0);
                all.ranks.resize(all.ranks.len() + s, 0);
                all.fused.push(0.0);
                all.best.push(index as u8);
            }
            let at = scratch.slot[track] as usize;
            all.scores[at * s + index] = score;
            all.ranks[at * s + index] = (rank + 1) as u16;
            all.fused[at] += weight / (60.0 + (rank + 1) as f32);
            let best = all.best[at] as usize;
            if all.ranks[at * s + index] < all.ranks[at * s + best] {
                all.best[at] = index as u8;
            }
        }
    }
    let merged = &mut scratch.merged;
    merged.clear();
    merged.extend(all.fused.iter().enumerate().map(|(i, &f)| (f, i as u32)));
    merged.sort_unstable_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then(all.track[a.1 as usize].cmp(&all.track[b.1 as usize]))
    });
    out.track.clear();
    out.scores.clear();
    out.ranks.clear();
    out.fused.clear();
    out.best.clear();
    let merged = std::mem::take(&mut scratch.merged);
    for &(fused, i) in &merged {
        let i = i as usize;
        if out.track.len() == limit {
            dropped.cut += 1;
            continue;
        }
        if !scratch.take(c.recording[all.track[i] as usize]) {
            dropped.duplicate += 1;
            continue;
        }
        out.track.push(all.track[i]);
        out.scores
            .extend_from_slice(&all.scores[i * s..(i + 1) * s]);
        out.ranks.extend_from_slice(&all.ranks[i * s..(i + 1) * s]);
        out.fused.push(fused);
        out.best.push(all.best[i]);
    }
    scratch.merged = merged;
}
