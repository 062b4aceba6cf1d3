//! The candidate sources, each compiled from a snapshot to `key -> [(track, score)]`.

use crate::catalogue::Catalogue;
use crate::cooccurrence::{CooccurrenceParams, Sessions, cooccurrence};
use crate::error::{KernelError, Result};
use crate::interactions::Interactions;
use crate::linear::ease::{EaseParams, ease};
use crate::listeners::Bucket;
use crate::math;
use crate::neighbourhood::Groups;
use crate::neighbours::{Similarity, neighbours};
use crate::profile::DAY;
use crate::source::{Key, keep_best, write_source};
use rayon::prelude::*;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What to compile and how; one variant per source.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Recipe {
    /// artist -> its tracks by (recent popularity)^power.
    OwnArtists { k: usize, power: f64 },
    /// artist -> best tracks of the artists that its listeners also play.
    SimilarArtists {
        artists: usize,
        tracks_each: usize,
        power: f64,
        shrinkage: f64,
        history: usize,
    },
    /// track -> tracks that follow it in sessions.
    Cooccurrence {
        k: usize,
        window: usize,
        place_decay: f64,
        backward: f64,
        half_life_days: f64,
        gamma: f64,
    },
    /// track -> tracks by the damped random walk.
    Rp3beta {
        k: usize,
        alpha: f64,
        beta: f64,
        history: usize,
    },
    /// track -> tracks by cosine of their listeners (the item-item baseline).
    Cosine {
        k: usize,
        shrinkage: f64,
        history: usize,
    },
    /// track -> tracks by asymmetric cosine.
    AsymmetricCosine {
        k: usize,
        alpha: f64,
        history: usize,
    },
    /// track -> tracks by the weights of EASE.
    Ease {
        k: usize,
        lambda: f64,
        history: usize,
        exact_up_to: usize,
        neighbours: usize,
    },
    /// Nearest sessions: `per_track` newest of each track, `neighbours` of a listener.
    SessionNeighbours {
        neighbours: usize,
        per_track: usize,
        half_life_days: f64,
    },
    /// Nearest listeners.
    ListenerNeighbours { neighbours: usize, history: usize },
    /// track -> tracks that stand near it in playlists.
    PlaylistCooccurrence {
        k: usize,
        window: usize,
        place_decay: f64,
        gamma: f64,
    },
    /// country -> tracks by 28-day listeners there; key 0 holds the world's.
    CountryPopularity { k: usize },
    /// genre -> tracks released in the last `days`, by listeners per day since, new ones first.
    Fresh { k: usize, days: f64 },
    /// one list: all-time listeners.
    Popularity { k: usize },
    /// one list: recent popularity.
    RecentPopularity { k: usize },
}

/// Listeners, the newest counting most: 7 days + 0.3 x 28 days + 0.1 x 90 days + 0.02 x all.
pub fn recent_popularity(c: &Catalogue, t: usize) -> f64 {
    f64::from(c.listeners_7d[t])
        + 0.3 * f64::from(c.listeners_28d[t])
        + 0.1 * f64::from(c.listeners_90d[t])
        + 0.02 * f64::from(c.listeners_all[t])
}

fn release_age(c: &Catalogue, t: usize) -> Option<f64> {
    (c.released[t] != i32::MIN).then(|| c.as_of / DAY - f64::from(c.released[t]))
}

pub struct SnapshotPaths {
    pub catalogue: PathBuf,
    pub listeners: Vec<PathBuf>,
    pub sessions: Vec<String>,
}

/// Compiles a recipe and writes it as a source file; returns its content digest.
pub fn compile(recipe: &Recipe, name: &str, from: &SnapshotPaths, out: &Path) -> Result<String> {
    let c = Catalogue::open(&from.catalogue)?;
    let buckets = || -> Result<Vec<Bucket>> {
        from.listeners
            .iter()
            .map(|path| Bucket::open(path, &c))
            .collect()
    };
    let popular: Vec<f64> = (0..c.tracks).map(|t| recent_popularity(&c, t)).collect();
    let mut solver = None;
    let (key, rows) = match *recipe {
        Recipe::OwnArtists { k, power } => (Key::Artist, own_artists(&c, &popular, k, power)),
        Recipe::SimilarArtists {
            artists,
            tracks_each,
            power,
            shrinkage,
            history,
        } => {
            let data =
                Interactions::mapped(&buckets()?, c.artists, history, |t| c.artist[t as usize]);
            let similar = neighbours(&data, Similarity::WeightedCosine { shrinkage }, artists);
            let best = own_artists(&c, &popular, tracks_each, power);
            let row = |near: &Vec<(u32, f32)>| {
                let mut row: Vec<(u32, f32)> = near
                    .iter()
                    .flat_map(|&(b, s)| best[b as usize].iter().map(move |&(t, p)| (t, s * p)))
                    .collect();
                keep_best(&mut row, usize::MAX);
                row
            };
            (Key::Artist, similar.par_iter().map(row).collect())
        }
        Recipe::Cooccurrence {
            k,
            window,
            place_decay,
            backward,
            half_life_days,
            gamma,
        } => {
            let sessions = Sessions::open(&from.sessions, c.tracks)?;
            let params = CooccurrenceParams {
                window,
                place_decay,
                backward,
                half_life_days,
                gamma,
                normalised: true,
                as_of: c.as_of,
                k,
            };
            (Key::Track, cooccurrence(&sessions, c.tracks, &params))
        }
        Recipe::Rp3beta {
            k,
            alpha,
            beta,
            history,
        } => {
            let data = Interactions::tracks(&buckets()?, c.tracks, history);
            (
                Key::Track,
                neighbours(&data, Similarity::Rp3Beta { alpha, beta }, k),
            )
        }
        Recipe::Cosine {
            k,
            shrinkage,
            history,
        } => {
            let data = Interactions::tracks(&buckets()?, c.tracks, history);
            (
                Key::Track,
                neighbours(&data, Similarity::Cosine { shrinkage }, k),
            )
        }
        Recipe::AsymmetricCosine { k, alpha, history } => {
            let data = Interactions::tracks(&buckets()?, c.tracks, history);
            (
                Key::Track,
                neighbours(&data, Similarity::AsymmetricCosine { alpha }, k),
            )
        }
        Recipe::Ease {
            k,
            lambda,
            history,
            exact_up_to,
            neighbours,
        } => {
            let data = Interactions::tracks(&buckets()?, c.tracks, history);
            let params = EaseParams {
                k,
                lambda,
                exact_up_to,
                neighbours,
            };
            let (by, rows) = ease(&data, &params)?;
            solver = Some(by.name());
            (Key::Track, rows)
        }
        Recipe::SessionNeighbours {
            neighbours,
            per_track,
            half_life_days,
        } => {
            let sessions = Sessions::open(&from.sessions, c.tracks)?;
            let groups = Groups::sessions(&sessions, &buckets()?, c.as_of, half_life_days);
            return groups.write(out, name, c.tracks, per_track, neighbours);
        }
        Recipe::ListenerNeighbours {
            neighbours,
            history,
        } => {
            let groups = Groups::listeners(&buckets()?, history);
            return groups.write(out, name, c.tracks, usize::MAX, neighbours);
        }
        Recipe::PlaylistCooccurrence {
            k,
            window,
            place_decay,
            gamma,
        } => {
            let path = from.catalogue.with_file_name("playlists.col");
            let playlists = Sessions::of_playlists(&path, c.tracks, c.as_of)?;
            let params = CooccurrenceParams {
                window,
                place_decay,
                backward: 1.0,
                half_life_days: 1.0,
                gamma,
                normalised: true,
                as_of: c.as_of,
                k,
            };
            (Key::Track, cooccurrence(&playlists, c.tracks, &params))
        }
        Recipe::CountryPopularity { k } => (Key::Country, country_popularity(&c, k)),
        Recipe::Fresh { k, days } => (Key::Genre, fresh(&c, k, days)),
        Recipe::Popularity { k } => (
            Key::Global,
            vec![ranked(
                (0..c.tracks).map(|t| (t, f64::from(c.listeners_all[t]))),
                k,
            )],
        ),
        Recipe::RecentPopularity { k } => (
            Key::Global,
            vec![ranked(popular.iter().copied().enumerate(), k)],
        ),
    };
    if rows.iter().flatten().any(|&(_, score)| !score.is_finite()) {
        return Err(KernelError::new(
            "source.not_finite",
            format!("source {name} has a score that is no number"),
        ));
    }
    write_source(out, name, key, &rows, solver)
}

fn ranked(scores: impl Iterator<Item = (usize, f64)>, k: usize) -> Vec<(u32, f32)> {
    let mut row: Vec<(u32, f32)> = scores
        .filter(|&(_, s)| s > 0.0)
        .map(|(t, s)| (t as u32, s as f32))
        .collect();
    keep_best(&mut row, k);
    row
}

/// A release of the last 28 days counts as if it had one more listener, so that it can be found at all.
fn own_artists(c: &Catalogue, popular: &[f64], k: usize, power: f64) -> Vec<Vec<(u32, f32)>> {
    (0..c.artists)
        .into_par_iter()
        .map(|a| {
            let score = |&t: &u32| {
                let t = t as usize;
                let new = release_age(c, t).is_some_and(|age| (-7.0..28.0).contains(&age));
                (
                    t,
                    math::powf(popular[t] + if new { 1.0 } else { 0.001 }, power),
                )
            };
            ranked(c.tracks_of_artist(a).iter().map(score), k)
        })
        .collect()
}

fn country_popularity(c: &Catalogue, k: usize) -> Vec<Vec<(u32, f32)>> {
    (0..c.countries.max(1))
        .map(|country| {
            if country == 0 {
                return ranked((0..c.tracks).map(|t| (t, f64::from(c.listeners_28d[t]))), k);
            }
            let rows = c.country_rows(country);
            ranked(
                rows.map(|i| {
                    (
                        c.country_track[i] as usize,
                        f64::from(c.country_listeners[i]),
                    )
                }),
                k,
            )
        })
        .collect()
}

fn fresh(c: &Catalogue, k: usize, days: f64) -> Vec<Vec<(u32, f32)>> {
    let mut rows: Vec<Vec<(u32, f32)>> = vec![Vec::new(); c.genres];
    for t in 0..c.tracks {
        let Some(age) = release_age(c, t).filter(|&age| age < days) else {
            continue;
        };
        let velocity = (f64::from(c.listeners_28d[t]) + 1.0) / (age.max(0.0) + 3.0);
        let genres = c.genres_of(t);
        for &g in genres {
            rows[g as usize].push((t as u32, (velocity / genres.len() as f64) as f32));
        }
    }
    for row in &mut rows {
        keep_best(row, k);
    }
    rows
}
