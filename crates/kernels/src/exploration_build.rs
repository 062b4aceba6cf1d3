//! Builds `exploration.col`: per genre the arms of exploratory slots, with posterior draws.

use crate::beta::beta;
use crate::catalogue::Catalogue;
use crate::col::ColBuilder;
use crate::error::{KernelError, Result};
use crate::explore::DRAWS;
use crate::profile::DAY;
use crate::rng::Rng;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::Path;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplorationParams {
    /// Arms per genre, at most.
    pub arms: usize,
    /// A release is new for so many days; where its date is unknown its first event counts. An artist
    /// is new for as long after the first event of any of the artist's tracks.
    pub release_days: f64,
    /// A track with more listeners (90 days) is known well enough without exploration.
    pub max_listeners: u32,
    /// Weight of the genre's mean rate, in trials.
    pub prior: f64,
    /// Standard deviations above the posterior mean in the ranking of arms (UCB).
    pub ucb: f64,
    pub seed: u32,
}

struct Arm {
    track: u32,
    alpha: f64,
    beta: f64,
    bound: f64,
}

const STREAM: u32 = 0x6578_706c;

/// Arms of a genre: its tracks with at most `max_listeners` that are new or by new artists and can
/// still be delivered, one per recording, by upper confidence bound, ties to the smaller track.
///
/// Rates, of 90 days: a listener with a completed play is one success (repeats are no new evidence), a
/// save one more, a skip a failure. Prior: Beta with mean = the genre's rate
/// over all its tracks and `prior` trials. Draws of an arm depend on (seed, genre, track) and its
/// posterior only. Returns the content digest.
pub fn build(c: &Catalogue, params: &ExplorationParams, out: &Path) -> Result<String> {
    let ok = params.prior.is_finite()
        && params.prior > 0.0
        && params.ucb.is_finite()
        && params.release_days.is_finite();
    if !ok {
        return Err(KernelError::new(
            "exploration.params",
            "the prior must be above 0 and every number finite",
        ));
    }
    let young = young_tracks(c, params);
    let mut of_genre: Vec<Vec<u32>> = vec![Vec::new(); c.genres];
    let mut evidence = vec![(0f64, 0f64); c.genres];
    for (t, &young) in young.iter().enumerate() {
        let (successes, failures) = trials(c, t);
        for &g in c.genres_of(t) {
            let sums = &mut evidence[g as usize];
            *sums = (sums.0 + successes, sums.1 + failures);
            if young {
                of_genre[g as usize].push(t as u32);
            }
        }
    }
    let mut offsets = vec![0u32];
    let mut chosen: Vec<Arm> = Vec::new();
    let mut draws: Vec<f32> = Vec::new();
    for (genre, tracks) in of_genre.iter().enumerate() {
        let (successes, failures) = evidence[genre];
        let rate = (successes + 1.0) / (successes + failures + 2.0);
        for arm in ranked(c, params, rate, tracks) {
            let mut rng = Rng::new(&[params.seed, STREAM, genre as u32, arm.track]);
            draws.extend((0..DRAWS).map(|_| beta(arm.alpha, arm.beta, &mut rng) as f32));
            chosen.push(arm);
        }
        offsets.push(chosen.len() as u32);
    }
    let column = |f: fn(&Arm) -> f64| chosen.iter().map(|arm| f(arm) as f32).collect::<Vec<_>>();
    let mut builder = ColBuilder::default();
    builder
        .put("arm.off", &offsets)
        .put(
            "arm.track",
            &chosen.iter().map(|arm| arm.track).collect::<Vec<_>>(),
        )
        .put("arm.alpha", &column(|arm| arm.alpha))
        .put("arm.beta", &column(|arm| arm.beta))
        .put("draw", &draws);
    let meta = serde_json::to_value(params)
        .map_err(|e| KernelError::new("exploration.params", e.to_string()))?;
    builder.write(out, &meta)
}

/// Successes and failures of a track.
fn trials(c: &Catalogue, t: usize) -> (f64, f64) {
    let successes = f64::from(c.listeners_90d[t]) + f64::from(c.saves_90d[t]);
    (successes, f64::from(c.skips_90d[t]))
}

/// Per track: few listeners, new or by a new artist, and open now.
fn young_tracks(c: &Catalogue, params: &ExplorationParams) -> Vec<bool> {
    let since = c.as_of - params.release_days * DAY;
    let mut first_of_artist = vec![u32::MAX; c.artists];
    for t in 0..c.tracks {
        if c.first_event[t] > 0 {
            let first = &mut first_of_artist[c.artist[t] as usize];
            *first = (*first).min(c.first_event[t]);
        }
    }
    let within = |seconds: f64| seconds >= since && seconds <= c.as_of;
    (0..c.tracks)
        .map(|t| {
            let released = c.released[t];
            let new_track = if released == i32::MIN {
                c.first_event[t] > 0 && within(f64::from(c.first_event[t]))
            } else {
                within(f64::from(released) * DAY)
            };
            let first = first_of_artist[c.artist[t] as usize];
            let new_artist = first != u32::MAX && within(f64::from(first));
            (new_track || new_artist)
                && c.listeners_90d[t] <= params.max_listeners
                && c.as_of < f64::from(c.until[t])
        })
        .collect()
}

fn ranked(c: &Catalogue, params: &ExplorationParams, rate: f64, tracks: &[u32]) -> Vec<Arm> {
    let mut arms: Vec<Arm> = tracks
        .iter()
        .map(|&track| {
            let (successes, failures) = trials(c, track as usize);
            let alpha = params.prior * rate + successes;
            let beta = params.prior * (1.0 - rate) + failures;
            let n = alpha + beta;
            let mean = alpha / n;
            let deviation = (mean * (1.0 - mean) / (n + 1.0)).sqrt();
            Arm {
                track,
                alpha,
                beta,
                bound: mean + params.ucb * deviation,
            }
        })
        .collect();
    arms.sort_by(|a, b| b.bound.total_cmp(&a.bound).then(a.track.cmp(&b.track)));
    let mut recordings = HashSet::new();
    arms.retain(|arm| recordings.insert(c.recording[arm.track as usize]));
    arms.truncate(params.arms);
    arms
}
