//! A listener as the tower sees it: pools of the vectors of what was played, and who plays.

use crate::catalogue::Catalogue;
use crate::encode::input_rows::{Bag, InputRows, Skip};
use crate::encode::unit_vectors::{UnitVectors, normalise};
use crate::listeners::Listener;
use crate::math;
use crate::profile::DAY;

/// One distinct track of a history. Histories are newest first, ties by track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Played {
    pub track: u32,
    /// Epoch seconds of the last positive play.
    pub last: u32,
    pub plays: f32,
    pub saved: bool,
}

/// What is known besides the history.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person {
    pub country: u16,
    pub language: u16,
    pub age: u8,
    pub gender: u8,
}

impl Person {
    pub fn of(l: &Listener<'_>) -> Self {
        Self {
            country: l.country,
            language: l.language,
            age: l.age,
            gender: l.gender,
        }
    }
}

/// Newest distinct tracks in the short pools.
const SHORT: usize = 50;
/// Half-lives, days, of the latest and the short pool.
const LATEST_DAYS: f64 = 0.25;
const SHORT_DAYS: f64 = 7.0;
/// Weight of the short pool that age cannot take.
const FLOOR: f64 = 0.02;
const ARTIST_DAYS: f64 = 14.0;
const MOST_ARTISTS: usize = 20;
const MOST_GENRES: usize = 12;
const YEAR: f64 = 365.2425;
const NUMBERS: usize = 8;
const TAU: f64 = std::f64::consts::TAU;

/// Columns: three pools of `d` (latest, short, long), then tracks, plays, habit, share of tracks with
/// a vector of their own, days since the last play, sine and cosine of the day of the year, saves.
pub fn listener_rows(v: &UnitVectors, c: &Catalogue, languages: usize) -> InputRows {
    let d = v.dimensions;
    InputRows {
        width: 3 * d + NUMBERS,
        dense: Vec::new(),
        bags: vec![
            Bag::new("artist", c.artists, 32),
            Bag::new("genre", c.genres, 16),
            Bag::new("country", c.countries, 8),
            Bag::new("language", languages, 8),
            Bag::new("age", 8, 4),
            Bag::new("gender", 4, 4),
        ],
        skips: [(0, 0.3), (d, 0.4), (2 * d, 0.3)]
            .map(|(from, scale)| Skip {
                from,
                width: d,
                scale,
            })
            .to_vec(),
        dropout: None,
    }
}

/// The plays of a listener record that count: positive or saved, not disliked.
pub fn history_of(l: &Listener<'_>, into: &mut Vec<Played>) {
    into.clear();
    for h in 0..l.track.len() {
        let (plays, saved) = (f32::from(l.positives[h]), l.saved[h] & 1 != 0);
        if (plays > 0.0 || saved) && l.saved[h] & 2 == 0 {
            into.push(Played {
                track: l.track[h],
                last: l.last[h],
                plays: plays.max(1.0),
                saved,
            });
        }
    }
}

/// Weighted sum of vectors of the newest `most` tracks, scaled to length one.
pub fn pool(
    v: &UnitVectors,
    history: &[Played],
    most: usize,
    weight: impl Fn(&Played) -> f64,
    out: &mut [f32],
) {
    out.fill(0.0);
    for played in history.iter().take(most) {
        let w = weight(played) as f32;
        for (sum, &x) in out.iter_mut().zip(v.row(played.track)) {
            *sum += w * x;
        }
    }
    normalise(out);
}

/// What recency leaves of a track in the short pool at time `at` (epoch s).
pub fn short_weight(played: &Played, at: f64) -> f64 {
    let age = ((at - f64::from(played.last)) / DAY).max(0.0);
    (math::decay(age, SHORT_DAYS) + FLOOR) * strength(played)
}

fn strength(played: &Played) -> f64 {
    1.0 + math::ln(f64::from(played.plays)) + 2.0 * f64::from(u8::from(played.saved))
}

/// Appends the row of a listener at time `at` (epoch s).
pub fn push_listener(
    rows: &mut InputRows,
    v: &UnitVectors,
    c: &Catalogue,
    history: &[Played],
    person: &Person,
    at: f64,
) {
    let d = v.dimensions;
    let start = rows.dense.len();
    rows.dense.resize(start + rows.width, 0.0);
    let row = &mut rows.dense[start..];
    let age = |p: &Played| ((at - f64::from(p.last)) / DAY).max(0.0);
    let (latest, rest) = row.split_at_mut(d);
    let (short, rest) = rest.split_at_mut(d);
    let (long, numbers) = rest.split_at_mut(d);
    let newest = history.first().map_or(at, |p| f64::from(p.last));
    let since_newest = |p: &Played| (newest - f64::from(p.last)) / DAY;
    pool(
        v,
        history,
        SHORT,
        |p| math::decay(since_newest(p), LATEST_DAYS),
        latest,
    );
    pool(v, history, SHORT, |p| short_weight(p, at), short);
    pool(v, history, usize::MAX, strength, long);
    let n = history.len() as f64;
    let mean = |f: &dyn Fn(&Played) -> f64| match history.len() {
        0 => 0.0,
        _ => history.iter().map(f).sum::<f64>() / n,
    };
    let plays: f64 = history.iter().map(|p| f64::from(p.plays)).sum();
    let days = age(history.first().unwrap_or(&Played {
        track: 0,
        last: 0,
        plays: 0.0,
        saved: false,
    }));
    let turn = at / DAY / YEAR * TAU;
    numbers.copy_from_slice(&[
        math::ln1p(n) / 5.0,
        math::ln1p(plays) / 6.0,
        mean(&|p| f64::from(c.percentile[p.track as usize])) as f32,
        mean(&|p| f64::from(u8::from(v.is_own(p.track)))) as f32,
        math::ln1p(days.min(365.0)) / 5.0,
        libm::sin(turn) as f32,
        libm::cos(turn) as f32,
        mean(&|p| f64::from(u8::from(p.saved))) as f32,
    ]);
    artists_of(&mut rows.bags[0], c, history, at);
    genres_of(&mut rows.bags[1], c, history);
    let languages = rows.bags[3].table_rows as u32;
    for (bag, id) in rows.bags[2..].iter_mut().zip([
        u32::from(person.country),
        u32::from(person.language).min(languages - 1),
        u32::from(person.age).min(7),
        u32::from(person.gender).min(3),
    ]) {
        bag.push(id, 1.0);
        bag.end_row();
    }
}

/// Sums `(key, weight)` by key, keeps the `most` heaviest (ties by key) as shares, ascending by key.
fn shares(rows: &mut Vec<(u32, f64)>, most: usize, bag: &mut Bag) {
    rows.sort_by_key(|row| row.0);
    rows.dedup_by(|row, kept| {
        let same = row.0 == kept.0;
        if same {
            kept.1 += row.1;
        }
        same
    });
    rows.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    rows.truncate(most);
    rows.sort_by_key(|row| row.0);
    let total: f64 = rows.iter().map(|row| row.1).sum();
    for &(key, weight) in rows.iter().filter(|row| row.1 > 0.0) {
        bag.push(key, (weight / total) as f32);
    }
    bag.end_row();
}

fn artists_of(bag: &mut Bag, c: &Catalogue, history: &[Played], at: f64) {
    let mut rows: Vec<(u32, f64)> = history
        .iter()
        .map(|p| {
            let age = ((at - f64::from(p.last)) / DAY).max(0.0);
            let weight = math::decay(age, ARTIST_DAYS) + FLOOR;
            (c.artist[p.track as usize], weight * f64::from(p.plays))
        })
        .collect();
    shares(&mut rows, MOST_ARTISTS, bag);
}

fn genres_of(bag: &mut Bag, c: &Catalogue, history: &[Played]) {
    let mut rows: Vec<(u32, f64)> = Vec::new();
    for p in history {
        let genres = c.genres_of(p.track as usize);
        let part = f64::from(p.plays) / genres.len().max(1) as f64;
        rows.extend(genres.iter().map(|&g| (u32::from(g), part)));
    }
    shares(&mut rows, MOST_GENRES, bag);
}
