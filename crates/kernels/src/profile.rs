//! What a listener's record says of taste, derived once per listener.

use crate::catalogue::Catalogue;
use crate::listeners::Listener;
use crate::math;

pub const DAY: f64 = 86_400.0;
/// Days after which a play counts half, in `ArtistTaste::decayed`.
pub const HALF_LIVES: [f64; 4] = [0.25, 2.0, 14.0, 60.0];

/// A listener's dealings with one artist.
#[derive(Clone, Copy, Default, Debug)]
pub struct ArtistTaste {
    pub artist: u32,
    pub positives: f32,
    pub positives28: f32,
    /// Positive plays, each track's halved per 0.25, 2, 14 and 60 days since its last.
    pub decayed: [f32; 4],
    /// Tracks among those played within two hours of the listener's newest play.
    pub latest: f32,
    pub tracks: f32,
    pub saved: f32,
    pub skips: f32,
    /// Days since the newest positive play or event.
    pub last_days: f32,
}

/// Derived from (record, catalogue, as-of time); reused between listeners by `fill`.
#[derive(Default)]
pub struct Profile {
    /// Ascending by artist.
    pub artists: Vec<ArtistTaste>,
    /// Shares over genres of positive plays, all of the record's and those of 28 days, turned to the
    /// season of the coming week (`Season::apply`).
    pub genre_long: Vec<f32>,
    pub genre_recent: Vec<f32>,
    /// Shares over languages, (language, share), ascending.
    pub languages: Vec<(u16, f32)>,
    pub tempo: f32,
    pub energy: f32,
    /// Mean popularity percentile of the record's distinct tracks.
    pub habit: f32,
    pub positives: f32,
    pub positives28: f32,
    pub last_days: f32,
    /// Sums of `ArtistTaste::decayed` over artists, and their largest share at 2 days.
    pub decayed: [f32; 4],
    pub top_share: f32,
    pub latest: f32,
    /// Weight of each history row as a seed of expansion (before recency).
    pub seed_weight: Vec<f32>,
    /// Days since each history row's last play.
    pub age_days: Vec<f32>,
}

impl Profile {
    pub fn fill(&mut self, l: &Listener<'_>, c: &Catalogue) {
        self.artists.clear();
        self.languages.clear();
        self.seed_weight.clear();
        self.age_days.clear();
        for genre in [&mut self.genre_long, &mut self.genre_recent] {
            genre.clear();
            genre.resize(c.genres, 0.0);
        }
        let (mut tempo, mut tempo_n, mut energy, mut energy_n) = (0f64, 0f64, 0f64, 0f64);
        let (mut habit, mut positives, mut positives28) = (0f64, 0f64, 0f64);
        let newest = l.last.first().copied().unwrap_or(0);
        for h in 0..l.track.len() {
            let t = l.track[h] as usize;
            let age = ((c.as_of - f64::from(l.last[h])) / DAY).max(0.0);
            let (n, n28) = (f64::from(l.positives[h]), f64::from(l.positives28[h]));
            let saved = f64::from(l.saved[h] & 1);
            let disliked = l.saved[h] & 2 != 0;
            self.age_days.push(age as f32);
            let seed = if disliked {
                0.0
            } else if n > 0.0 {
                1.0 + math::ln(n) + 2.0 * saved
            } else {
                3.0 * saved
            };
            self.seed_weight.push(seed as f32);
            habit += f64::from(c.percentile[t]);
            positives += n;
            positives28 += n28;
            let genres = c.genres_of(t);
            for &g in genres {
                self.genre_long[g as usize] += (n / genres.len() as f64) as f32;
                self.genre_recent[g as usize] += (n28 / genres.len() as f64) as f32;
            }
            if n > 0.0 {
                self.languages.push((c.language[t], n as f32));
                if !c.tempo[t].is_nan() {
                    tempo += n * f64::from(c.tempo[t]);
                    tempo_n += n;
                }
                if !c.energy[t].is_nan() {
                    energy += n * f64::from(c.energy[t]);
                    energy_n += n;
                }
            }
            self.artists.push(ArtistTaste {
                artist: c.artist[t],
                positives: n as f32,
                positives28: n28 as f32,
                decayed: HALF_LIVES.map(|half_life| (n * math::decay(age, half_life)) as f32),
                latest: f32::from(u8::from(newest.saturating_sub(l.last[h]) <= 7200)),
                tracks: 1.0,
                saved: saved as f32,
                skips: f32::from(l.skips[h]),
                last_days: age as f32,
            });
        }
        merge_artists(&mut self.artists);
        self.decayed = [0.0; 4];
        self.latest = 0.0;
        let mut top = 0f32;
        for a in &self.artists {
            for (sum, part) in self.decayed.iter_mut().zip(a.decayed) {
                *sum += part;
            }
            self.latest += a.latest;
            top = top.max(a.decayed[1]);
        }
        self.top_share = if self.decayed[1] > 0.0 {
            top / self.decayed[1]
        } else {
            0.0
        };
        c.season.apply(&mut self.genre_long, &c.season.long);
        c.season.apply(&mut self.genre_recent, &c.season.recent);
        merge_languages(&mut self.languages);
        let rows = l.track.len() as f64;
        self.tempo = if tempo_n > 0.0 {
            (tempo / tempo_n) as f32
        } else {
            f32::NAN
        };
        self.energy = if energy_n > 0.0 {
            (energy / energy_n) as f32
        } else {
            f32::NAN
        };
        self.habit = if rows > 0.0 {
            (habit / rows) as f32
        } else {
            0.5
        };
        self.positives = positives as f32;
        self.positives28 = positives28 as f32;
        self.last_days = self.age_days.first().copied().unwrap_or(365.0);
    }

    pub fn artist(&self, artist: u32) -> Option<&ArtistTaste> {
        self.artists
            .binary_search_by_key(&artist, |row| row.artist)
            .ok()
            .map(|i| &self.artists[i])
    }

    pub fn language_share(&self, language: u16) -> f32 {
        self.languages
            .binary_search_by_key(&language, |row| row.0)
            .map_or(0.0, |i| self.languages[i].1)
    }
}

fn merge_artists(rows: &mut Vec<ArtistTaste>) {
    rows.sort_by_key(|row| row.artist);
    let mut kept = 0;
    for i in 0..rows.len() {
        let row = rows[i];
        if kept > 0 && rows[kept - 1].artist == row.artist {
            let into = &mut rows[kept - 1];
            into.positives += row.positives;
            into.positives28 += row.positives28;
            for (sum, part) in into.decayed.iter_mut().zip(row.decayed) {
                *sum += part;
            }
            into.latest += row.latest;
            into.tracks += 1.0;
            into.saved += row.saved;
            into.skips += row.skips;
            into.last_days = into.last_days.min(row.last_days);
        } else {
            rows[kept] = row;
            kept += 1;
        }
    }
    rows.truncate(kept);
}

fn merge_languages(rows: &mut Vec<(u16, f32)>) {
    rows.sort_by_key(|row| row.0);
    rows.dedup_by(|row, kept| {
        let same = row.0 == kept.0;
        if same {
            kept.1 += row.1;
        }
        same
    });
    let total: f32 = rows.iter().map(|row| row.1).sum();
    for row in rows {
        row.1 /= total;
    }
}
