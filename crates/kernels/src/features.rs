//! Pair features: one row per (listener, candidate), the same code for training and for scoring.
//! Names and meanings are listed in docs/features.md; `names` is the order of the columns.

use crate::catalogue::Catalogue;
use crate::encode::unit_vectors::{dot, dots};
use crate::expand::Candidates;
use crate::listeners::Listener;
use crate::math::{ln1p, ln1p_count};
use crate::profile::{ArtistTaste, DAY, Profile};
use crate::vector_source::{Taste, Vectors};

/// Column names that do not depend on the sources.
const FIXED: [&str; 63] = [
    "slot",
    "fused",
    "sources",
    "artist_plays_q",
    "artist_plays_2",
    "artist_plays_14",
    "artist_plays_60",
    "artist_positives",
    "artist_positives_28d",
    "artist_tracks_heard",
    "artist_repeat",
    "artist_heard_share",
    "artist_share_2",
    "artist_share_60",
    "artist_last_days",
    "artist_latest",
    "artist_latest_share",
    "artist_saved",
    "artist_skip_rate",
    "track_listeners_all",
    "track_listeners_90d",
    "track_listeners_28d",
    "track_listeners_7d",
    "track_plays_7d",
    "track_momentum",
    "track_plays_per_listener",
    "track_skip_rate",
    "track_save_rate",
    "track_percentile",
    "track_percentile_minus_habit",
    "track_first_event_days",
    "release_age_days",
    "track_of_artist_listeners",
    "artist_listeners_all",
    "artist_listeners_28d",
    "artist_plays_per_track",
    "artist_momentum",
    "artist_catalogue_tracks",
    "artist_rate",
    "artist_bucket",
    "genre_match_long",
    "genre_match_28d",
    "genre_share_global",
    "region_genre_lift",
    "season_lift",
    "country_share",
    "language_share",
    "language_same",
    "tempo_distance",
    "energy_distance",
    "key",
    "duration_minutes",
    "explicit",
    "listener_events",
    "listener_positives_28d",
    "listener_tracks",
    "listener_artists",
    "listener_tracks_per_artist",
    "listener_habit",
    "listener_last_days",
    "listener_top_share",
    "listener_recent",
    "listener_age",
];

/// Columns where there are item vectors, and where there are towers.
const VECTORS: [&str; 4] = [
    "item2vec_latest",
    "item2vec_short",
    "item2vec_long",
    "item2vec_nearest",
];
const TOWERS: &str = "tower_score";
/// Newest tracks of a history among which the nearest is looked for.
const NEAREST: usize = 10;

/// Column names in order: per source its score, its score over the best one's, its rank; then the rest.
pub fn names<'a>(sources: impl Iterator<Item = &'a str>, vectors: Option<&Vectors>) -> Vec<String> {
    let mut names = Vec::new();
    for name in sources {
        names.extend([
            format!("{name}_score"),
            format!("{name}_relative"),
            format!("{name}_rank"),
        ]);
    }
    names.extend(FIXED.iter().map(ToString::to_string));
    if let Some(vectors) = vectors {
        names.extend(VECTORS.iter().map(ToString::to_string));
        names.extend(vectors.towers.iter().map(|_| TOWERS.to_string()));
    }
    names
}

/// What the rows are made from besides the listener.
pub struct FeatureContext<'a> {
    pub catalogue: &'a Catalogue,
    /// Positive rate per artist in the label period (out of fold in training), NaN where unknown.
    pub artist_rate: &'a [f32],
    /// Bucket of the artist's id, empty where ids are not hashed.
    pub artist_bucket: &'a [f32],
    /// Listeners of 28 days per (country, track), for `country_share`: sorted by track in a country.
    pub country: &'a CountryShares,
    pub vectors: Option<&'a Vectors>,
}

/// Share of a country's 28-day listener-tracks that fall on a track.
pub struct CountryShares {
    tracks: usize,
    /// Countries x tracks, where that is small.
    dense: Vec<f32>,
    start: Vec<usize>,
    track: Vec<u32>,
    share: Vec<f32>,
}

const MOST_DENSE: usize = 32_000_000;

impl CountryShares {
    pub fn new(c: &Catalogue) -> Self {
        let mut start = vec![0];
        let (mut track, mut share) = (Vec::new(), Vec::new());
        for country in 0..c.countries {
            let range = c.country_rows(country);
            let total: f64 = range
                .clone()
                .map(|i| f64::from(c.country_listeners[i]))
                .sum();
            let part = |i: usize| (f64::from(c.country_listeners[i]) / total.max(1.0)) as f32;
            let mut rows: Vec<(u32, f32)> = range.map(|i| (c.country_track[i], part(i))).collect();
            rows.sort_unstable_by_key(|row| row.0);
            track.extend(rows.iter().map(|row| row.0));
            share.extend(rows.iter().map(|row| row.1));
            start.push(track.len());
        }
        let mut dense = Vec::new();
        if c.countries * c.tracks <= MOST_DENSE {
            dense.resize(c.countries * c.tracks, 0.0);
            for country in 0..c.countries {
                for i in start[country]..start[country + 1] {
                    dense[country * c.tracks + track[i] as usize] = share[i];
                }
            }
        }
        Self {
            tracks: c.tracks,
            dense,
            start,
            track,
            share,
        }
    }

    fn of(&self, country: usize, t: u32) -> f32 {
        if !self.dense.is_empty() {
            return self.dense[country * self.tracks + t as usize];
        }
        let range = self.start[country]..self.start[country + 1];
        let base = range.start;
        self.track[range]
            .binary_search(&t)
            .map_or(0.0, |i| self.share[base + i])
    }
}

/// Appends the candidates' rows to `out`. `slot` is the place a track was shown at (0 organic), the
/// constant 0 at scoring.
#[allow(clippy::too_many_arguments)]
pub fn rows(
    ctx: &FeatureContext<'_>,
    sources: usize,
    l: &Listener<'_>,
    p: &Profile,
    taste: &Taste<'_>,
    candidates: &Candidates,
    slot: impl Fn(usize) -> f32,
    out: &mut Vec<f32>,
) {
    let c = ctx.catalogue;
    let mut best = vec![0f32; sources];
    for row in candidates.scores.chunks_exact(sources.max(1)) {
        for (top, &score) in best.iter_mut().zip(row) {
            *top = top.max(score);
        }
    }
    let (events, tracks, artists) = (
        ln1p(f64::from(l.events)),
        l.track.len() as f32,
        p.artists.len() as f32,
    );
    let nothing = ArtistTaste {
        last_days: 999.0,
        ..ArtistTaste::default()
    };
    let country = l.country as usize;
    for (i, &track) in candidates.track.iter().enumerate() {
        let t = track as usize;
        let a = c.artist[t] as usize;
        let mut named = 0f32;
        for (s, &best) in best.iter().enumerate() {
            let (score, rank) = (
                candidates.scores[i * sources + s],
                candidates.ranks[i * sources + s],
            );
            let relative = if best > 0.0 { score / best } else { 0.0 };
            named += f32::from(u8::from(rank > 0));
            out.extend([
                score,
                relative,
                if rank > 0 { f32::from(rank) } else { 999.0 },
            ]);
        }
        let artist = p.artist(c.artist[t]).unwrap_or(&nothing);
        let heard_share = artist.tracks / c.artist_tracks[a].max(1) as f32;
        let over = |x: f32, y: f32| if y > 0.0 { x / y } else { 0.0 };
        let n = |x: u32| x as f32;
        let release_age = if c.released[t] == i32::MIN {
            f32::NAN
        } else {
            (c.as_of / DAY - f64::from(c.released[t])) as f32
        };
        let genres = c.genres_of(t);
        let mean = |shares: &[f32]| match genres.len() {
            0 => f32::NAN,
            count => genres.iter().map(|&g| shares[g as usize]).sum::<f32>() / count as f32,
        };
        let lift = &c.region_lift[country * c.genres..(country + 1) * c.genres];
        out.extend([
            slot(i),
            candidates.fused[i],
            named,
            artist.decayed[0],
            artist.decayed[1],
            artist.decayed[2],
            artist.decayed[3],
            artist.positives,
            artist.positives28,
            artist.tracks,
            over(artist.positives, artist.tracks),
            heard_share,
            over(artist.decayed[1], p.decayed[1]),
            over(artist.decayed[3], p.decayed[3]),
            artist.last_days,
            artist.latest,
            over(artist.latest, p.latest),
            artist.saved,
            over(artist.skips, artist.skips + artist.positives),
            ln1p_count(c.listeners_all[t]),
            ln1p_count(c.listeners_90d[t]),
            ln1p_count(c.listeners_28d[t]),
            ln1p_count(c.listeners_7d[t]),
            ln1p_count(c.plays_7d[t]),
            over(n(c.listeners_7d[t]), n(c.listeners_28d[t])),
            over(n(c.plays_all[t]), n(c.listeners_all[t])),
            over(
                n(c.skips_90d[t]) + 1.0,
                n(c.skips_90d[t]) + n(c.plays_90d[t]) + 4.0,
            ),
            over(n(c.saves_90d[t]) + 0.2, n(c.listeners_90d[t]) + 4.0),
            c.percentile[t],
            c.percentile[t] - p.habit,
            ((c.as_of - f64::from(c.first_event[t])) / DAY).clamp(-1.0, 4000.0) as f32,
            release_age,
            over(n(c.listeners_all[t]), n(c.artist_listeners_all[a])),
            ln1p_count(c.artist_listeners_all[a]),
            ln1p_count(c.artist_listeners_28d[a]),
            over(n(c.artist_plays_28d[a]), n(c.artist_tracks[a])),
            over(n(c.artist_plays_7d[a]), n(c.artist_plays_28d[a])),
            ln1p_count(c.artist_tracks[a]),
            ctx.artist_rate.get(a).copied().unwrap_or(f32::NAN),
            ctx.artist_bucket.get(a).copied().unwrap_or(f32::NAN),
            mean(&p.genre_long),
            mean(&p.genre_recent),
            mean(&c.genre_share),
            mean(lift),
            mean(&c.season.lift),
            ctx.country.of(country, track),
            p.language_share(c.language[t]),
            if c.language[t] == 0 || l.language == 0 {
                f32::NAN
            } else {
                f32::from(u8::from(c.language[t] == l.language))
            },
            (c.tempo[t] - p.tempo).abs(),
            (c.energy[t] - p.energy).abs(),
            if c.key[t] < 0 {
                f32::NAN
            } else {
                f32::from(c.key[t])
            },
            if c.duration[t] == 0 {
                f32::NAN
            } else {
                c.duration[t] as f32 / 60_000.0
            },
            f32::from(c.explicit[t]),
            events,
            p.positives28,
            tracks,
            artists,
            over(tracks, artists),
            p.habit,
            p.last_days,
            p.top_share,
            p.decayed[1],
            f32::from(l.age),
        ]);
        if let Some(vectors) = ctx.vectors {
            vector_columns(vectors, taste, l, track, out);
        }
    }
}

/// Cosines of a candidate with the listener's pools, with the nearest of the newest tracks, and the
/// score of the towers. 0 where either side has no vector.
fn vector_columns(
    vectors: &Vectors,
    taste: &Taste<'_>,
    l: &Listener<'_>,
    track: u32,
    out: &mut Vec<f32>,
) {
    let row = vectors.items.row(track);
    let newest = l.track.iter().take(NEAREST);
    dots(taste.pools.chunks_exact(row.len()), row, out);
    let from = out.len();
    dots(newest.map(|&t| vectors.items.row(t)), row, out);
    let nearest = out.drain(from..).fold(f32::NEG_INFINITY, f32::max);
    out.push(if nearest.is_finite() { nearest } else { 0.0 });
    if let Some(towers) = &vectors.towers {
        out.push(dot(taste.tower, towers.track(track)));
    }
}
