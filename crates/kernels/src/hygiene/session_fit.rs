//! How well each session of a listener fits the listener's sessions of other times.

use super::HygieneParams;
use super::artist_vectors::{ArtistVectors, damped, sign_words, unit};
use std::collections::{BTreeMap, HashSet};

/// One listener's sessions in order of time. Plays of session `s` are `off[s]..off[s + 1]`.
pub struct Listening<'a> {
    pub seed: u32,
    /// Whether the artist vectors hold this listener.
    pub counted: bool,
    /// First play, epoch s.
    pub start: &'a [u32],
    /// 1 where others may be compared with the session.
    pub reference: &'a [u8],
    pub off: &'a [usize],
    pub artist: &'a [u32],
    pub track: &'a [u32],
    /// 0: none.
    pub genre: &'a [u32],
    pub count: &'a [u32],
}

/// Of one session; shares and cosines in thousandths, `UNKNOWN` where nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Sessions it was compared with.
    pub references: u32,
    /// Share of plays whose artist somebody else plays.
    pub covered: i32,
    /// Mean cosine to the nearest references.
    pub similarity: i32,
    /// Upper quartile of `similarity` over the listener's sessions that have one, and their median distance
    /// from it: a listener is as coherent as the better part, so that a long hijack hides nothing.
    pub typical: i32,
    pub spread: i32,
    /// Shares of plays of tracks, artists and genres that the references know.
    pub known_tracks: i32,
    pub known_artists: i32,
    pub known_genres: i32,
}

pub const UNKNOWN: i32 = -2000;

/// Fits of all sessions, in their order. A reference is a session at least `far_seconds` away; where there
/// are fewer than `least_references`, `near_seconds`; where there are still fewer, the fit is unknown.
pub fn fit_sessions(
    params: &HygieneParams,
    vectors: &ArtistVectors,
    listening: &Listening,
) -> Vec<Fit> {
    let sessions = listening.start.len();
    let rows = session_rows(vectors, listening);
    let mut fits: Vec<Fit> = (0..sessions)
        .map(|s| {
            let references = references_of(params, listening, s);
            let mut fit = overlaps(listening, s, &references);
            fit.covered = rows[s].0;
            if let (Some(row), true) = (&rows[s].1, !references.is_empty()) {
                fit.similarity = nearest(params, row, &references, &rows);
            }
            fit
        })
        .collect();
    let known = |fit: &Fit| (fit.similarity != UNKNOWN).then_some(fit.similarity);
    let typical = quantile(fits.iter().filter_map(known).collect(), 3);
    let distances = fits.iter().filter_map(known).map(|x| (x - typical).abs());
    let spread = quantile(distances.collect(), 2);
    for fit in &mut fits {
        (fit.typical, fit.spread) = (typical, spread);
    }
    fits
}

/// Per session: the covered share, and its direction where there is one.
fn session_rows(vectors: &ArtistVectors, listening: &Listening) -> Vec<(i32, Option<Vec<f64>>)> {
    let mut totals = BTreeMap::<u32, u32>::new();
    for (&artist, &count) in listening.artist.iter().zip(listening.count) {
        *totals.entry(artist).or_default() += count;
    }
    let words = sign_words(listening.seed, vectors.dimensions);
    let own = |count: u32| if listening.counted { damped(count) } else { 0 };
    let all = totals.values().map(|&count| i64::from(own(count))).sum();
    let units: BTreeMap<u32, Option<Vec<f64>>> = totals
        .iter()
        .map(|(&artist, &count)| (artist, vectors.without(artist, &words, own(count), all)))
        .collect();
    (0..listening.start.len())
        .map(|s| {
            let mut here = BTreeMap::<u32, u32>::new();
            for i in listening.off[s]..listening.off[s + 1] {
                *here.entry(listening.artist[i]).or_default() += listening.count[i];
            }
            let mut row = vec![0f64; vectors.dimensions];
            let (mut covered, mut plays) = (0, 0);
            for (artist, &count) in &here {
                plays += count;
                if let Some(Some(unit)) = units.get(artist) {
                    covered += count;
                    let weight = f64::from(damped(count));
                    row.iter_mut().zip(unit).for_each(|(x, y)| *x += weight * y);
                }
            }
            let share = thousandths(covered, plays);
            (share, unit(&mut row).then_some(row))
        })
        .collect()
}

fn references_of(params: &HygieneParams, listening: &Listening, s: usize) -> Vec<usize> {
    let away = |seconds: u32| -> Vec<usize> {
        (0..listening.start.len())
            .filter(|&r| r != s && listening.reference[r] == 1)
            .filter(|&r| listening.start[r].abs_diff(listening.start[s]) >= seconds)
            .collect()
    };
    let mut found = away(params.far_seconds);
    if found.len() < params.least_references {
        found = away(params.near_seconds);
    }
    if found.len() < params.least_references {
        return Vec::new();
    }
    let most = params.most_references;
    if found.len() <= most {
        return found;
    }
    (0..most).map(|i| found[i * found.len() / most]).collect()
}

fn overlaps(listening: &Listening, s: usize, references: &[usize]) -> Fit {
    let plays = |r: usize| listening.off[r]..listening.off[r + 1];
    let seen = |column: &[u32]| -> HashSet<u32> {
        let all = references.iter().flat_map(|&r| plays(r));
        all.map(|i| column[i]).filter(|&x| x != 0).collect()
    };
    let share = |column: &[u32], known: &HashSet<u32>| {
        let (mut found, mut all) = (0, 0);
        for i in plays(s).filter(|&i| column[i] != 0) {
            all += listening.count[i];
            found += listening.count[i] * u32::from(known.contains(&column[i]));
        }
        thousandths(found, all)
    };
    let known = |column: &[u32]| {
        if references.is_empty() {
            UNKNOWN
        } else {
            share(column, &seen(column))
        }
    };
    Fit {
        references: references.len() as u32,
        covered: UNKNOWN,
        similarity: UNKNOWN,
        typical: UNKNOWN,
        spread: UNKNOWN,
        known_tracks: known(listening.track),
        known_artists: known(listening.artist),
        known_genres: known(listening.genre),
    }
}

/// Mean cosine to the nearest references that have a direction, in thousandths rounded down.
fn nearest(
    params: &HygieneParams,
    row: &[f64],
    references: &[usize],
    rows: &[(i32, Option<Vec<f64>>)],
) -> i32 {
    let mut cosines: Vec<f64> = references
        .iter()
        .filter_map(|&r| rows[r].1.as_ref())
        .map(|other| row.iter().zip(other).map(|(x, y)| x * y).sum())
        .collect();
    if cosines.len() < params.least_references {
        return UNKNOWN;
    }
    cosines.sort_by(|a, b| b.total_cmp(a));
    let k = params.neighbours.min(cosines.len());
    (cosines[..k].iter().sum::<f64>() / k as f64 * 1000.0).floor() as i32
}

fn thousandths(part: u32, whole: u32) -> i32 {
    match whole {
        0 => UNKNOWN,
        _ => (u64::from(part) * 1000 / u64::from(whole)) as i32,
    }
}

/// The value at `quarter / 4` of the sorted values, rounded down in place; `UNKNOWN` of none.
fn quantile(mut values: Vec<i32>, quarter: usize) -> i32 {
    values.sort_unstable();
    match values.len() {
        0 => UNKNOWN,
        n => values[(n - 1) * quarter / 4],
    }
}
