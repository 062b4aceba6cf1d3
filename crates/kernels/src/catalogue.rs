//! The snapshot's catalogue, mapped, with what is derived from it at load.

use crate::col::{Col, View};
use crate::error::{Result, invalid};
use crate::math;
use crate::season::Season;
use std::path::Path;

/// Most countries x genres: a table of them is made at load.
const MOST_REGION_CELLS: usize = 1 << 25;

pub const UNKNOWN: u32 = u32::MAX;

/// Tracks, artists, genres and countries as of one time. Indexes are those of docs/formats.md.
pub struct Catalogue {
    pub col: Col,
    pub recording: View<u32>,
    pub artist: View<u32>,
    pub genre_id: View<u16>,
    pub language: View<u16>,
    pub released: View<i32>,
    pub duration: View<u32>,
    pub explicit: View<u8>,
    pub tempo: View<f32>,
    pub energy: View<f32>,
    pub key: View<i8>,
    pub from: View<u32>,
    pub until: View<u32>,
    pub market_country: View<u16>,
    pub listeners_all: View<u32>,
    pub listeners_90d: View<u32>,
    pub listeners_28d: View<u32>,
    pub listeners_7d: View<u32>,
    pub plays_all: View<u32>,
    pub plays_90d: View<u32>,
    pub plays_28d: View<u32>,
    pub plays_7d: View<u32>,
    pub skips_90d: View<u32>,
    pub saves_90d: View<u32>,
    pub first_event: View<u32>,
    pub artist_listeners_all: View<u32>,
    pub artist_listeners_28d: View<u32>,
    pub artist_plays_28d: View<u32>,
    pub artist_plays_7d: View<u32>,
    pub country_track: View<u32>,
    pub country_listeners: View<u32>,
    pub genre_off: View<u32>,
    pub market_off: View<u32>,
    pub country_off: View<u32>,
    pub tracks: usize,
    pub artists: usize,
    pub genres: usize,
    pub countries: usize,
    /// As-of time, epoch seconds.
    pub as_of: f64,
    /// Popularity percentile by all-time listeners (`percentiles`), 0 to 1.
    pub percentile: Vec<f32>,
    /// Tracks per artist.
    pub artist_tracks: Vec<u32>,
    /// Tracks of an artist: `artist_order[artist_start[a]..artist_start[a + 1]]`, ascending.
    pub artist_start: Vec<u32>,
    pub artist_order: Vec<u32>,
    /// ln of (share of a genre in a country / share of the genre), countries x genres.
    pub region_lift: Vec<f32>,
    /// Share of listeners' 28-day plays per genre.
    pub genre_share: Vec<f32>,
    /// What the coming week brings of each genre.
    pub season: Season,
    /// Per track: what is left of its promise where its genres go out of season (`fading`); else 1.
    pub fade: Vec<f32>,
}

impl Catalogue {
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let col = Col::open(path)?;
        let tracks = col.get::<u32>("recording")?.len();
        let artists = col.get::<u32>("artist.listeners_all")?.len();
        let genres = col.get::<u32>("genre.name.off")?.len().saturating_sub(1);
        let countries = col.get::<u32>("country.name.off")?.len().saturating_sub(1);
        if countries.saturating_mul(genres) > MOST_REGION_CELLS {
            return Err(invalid("the catalogue has too many countries and genres"));
        }
        let as_of = col.meta["asOf"]
            .as_f64()
            .ok_or_else(|| invalid("catalogue without asOf"))?;
        let mut catalogue = Self {
            recording: col.view("recording")?,
            artist: col.view("artist")?,
            genre_id: col.view("genre.id")?,
            language: col.view("language")?,
            released: col.view("released")?,
            duration: col.view("duration")?,
            explicit: col.view("explicit")?,
            tempo: col.view("tempo")?,
            energy: col.view("energy")?,
            key: col.view("key")?,
            from: col.view("from")?,
            until: col.view("until")?,
            market_country: col.view("market.country")?,
            listeners_all: col.view("listeners_all")?,
            listeners_90d: col.view("listeners_90d")?,
            listeners_28d: col.view("listeners_28d")?,
            listeners_7d: col.view("listeners_7d")?,
            plays_all: col.view("plays_all")?,
            plays_90d: col.view("plays_90d")?,
            plays_28d: col.view("plays_28d")?,
            plays_7d: col.view("plays_7d")?,
            skips_90d: col.view("skips_90d")?,
            saves_90d: col.view("saves_90d")?,
            first_event: col.view("first_event")?,
            artist_listeners_all: col.view("artist.listeners_all")?,
            artist_listeners_28d: col.view("artist.listeners_28d")?,
            artist_plays_28d: col.view("artist.plays_28d")?,
            artist_plays_7d: col.view("artist.plays_7d")?,
            country_track: col.view("country_track.track")?,
            country_listeners: col.view("country_track.listeners")?,
            genre_off: col.view("genre.off")?,
            market_off: col.view("market.off")?,
            country_off: col.view("country_track.off")?,
            col,
            tracks,
            artists,
            genres,
            countries,
            as_of,
            percentile: Vec::new(),
            artist_tracks: vec![0; artists],
            artist_start: Vec::new(),
            artist_order: Vec::new(),
            region_lift: Vec::new(),
            genre_share: Vec::new(),
            season: Season::default(),
            fade: Vec::new(),
        };
        catalogue.check()?;
        catalogue.derive();
        Ok(catalogue)
    }

    fn check(&self) -> Result<()> {
        let n = self.tracks;
        for name in [
            "artist",
            "listeners_all",
            "listeners_90d",
            "listeners_28d",
            "listeners_7d",
            "plays_all",
            "plays_90d",
            "plays_28d",
            "plays_7d",
            "skips_90d",
            "saves_90d",
            "first_event",
            "duration",
            "from",
            "until",
        ] {
            if self.col.get::<u32>(name)?.len() != n {
                return Err(invalid(format!(
                    "catalogue column \"{name}\" has another length"
                )));
            }
        }
        self.col
            .offsets("genre.off", n, self.col.get::<u16>("genre.id")?.len())?;
        self.col.offsets(
            "market.off",
            n,
            self.col.get::<u16>("market.country")?.len(),
        )?;
        self.col.offsets(
            "country_track.off",
            self.countries,
            self.country_track.len(),
        )?;
        let below = |values: &[u32], limit: usize| values.iter().all(|&v| (v as usize) < limit);
        let ok = below(&self.artist, self.artists)
            && below(&self.recording, n)
            && below(&self.country_track, n)
            && self.genre_id.iter().all(|&g| (g as usize) < self.genres)
            && self.col.get::<i32>("released")?.len() == n
            && self.col.get::<f32>("tempo")?.len() == n
            && self.col.get::<f32>("energy")?.len() == n
            && self.col.get::<i8>("key")?.len() == n
            && self.col.get::<u8>("explicit")?.len() == n
            && self.col.get::<u16>("language")?.len() == n
            && self.country_listeners.len() == self.country_track.len();
        if ok {
            Ok(())
        } else {
            Err(invalid("the catalogue points outside itself"))
        }
    }

    fn derive(&mut self) {
        let n = self.tracks;
        self.percentile = percentiles(&self.listeners_all);
        let mut start = vec![0u32; self.artists + 1];
        for &a in self.artist.iter() {
            start[a as usize + 1] += 1;
        }
        self.artist_tracks.copy_from_slice(&start[1..]);
        for a in 0..self.artists {
            start[a + 1] += start[a];
        }
        let mut next = start.clone();
        let mut order = vec![0u32; n];
        for t in 0..n {
            let slot = &mut next[self.artist[t] as usize];
            order[*slot as usize] = t as u32;
            *slot += 1;
        }
        self.artist_start = start;
        self.artist_order = order;
        self.derive_regions();
        self.derive_season();
    }

    fn derive_regions(&mut self) {
        let (c, g) = (self.countries, self.genres);
        let mut counts = vec![0f64; c * g];
        for country in 0..c {
            for at in self.country_rows(country) {
                let weight = f64::from(self.country_listeners[at]);
                for &genre in self.genres_of(self.country_track[at] as usize) {
                    counts[country * g + genre as usize] += weight;
                }
            }
        }
        let total: f64 = counts.iter().sum();
        let genre_total: Vec<f64> = (0..g)
            .map(|j| (0..c).map(|i| counts[i * g + j]).sum())
            .collect();
        self.genre_share = genre_total
            .iter()
            .map(|&x| (x / total.max(1.0)) as f32)
            .collect();
        self.region_lift = vec![0.0; c * g];
        // Smoothed towards the genre's global share, as if by 50 listener-tracks.
        for i in 1..c {
            let country_total: f64 = counts[i * g..(i + 1) * g].iter().sum();
            for j in 0..g {
                let share = genre_total[j] / total.max(1.0);
                if share > 0.0 {
                    let local = (counts[i * g + j] + 50.0 * share) / (country_total + 50.0);
                    self.region_lift[i * g + j] = math::ln(local / share) as f32;
                }
            }
        }
    }

    fn derive_season(&mut self) {
        let plays = self.col.get::<u32>("genre_week.plays").unwrap_or_default();
        self.season = Season::new(plays, self.genres);
        self.fade = self.fading();
    }

    /// Mean over a track's genres of `Season::recent`, at most 1; the median of its artist's tracks if
    /// that is less than half, or if the track has no genre: labels are careless.
    fn fading(&self) -> Vec<f32> {
        let own = |t: usize| {
            let genres = self.genres_of(t).iter();
            let left = genres.map(|&g| self.season.recent[g as usize].min(1.0));
            (left.len() > 0).then(|| left.clone().sum::<f32>() / left.len() as f32)
        };
        let mut fade: Vec<f32> = (0..self.tracks).map(|t| own(t).unwrap_or(1.0)).collect();
        if fade.iter().all(|&left| left == 1.0) {
            return fade;
        }
        for artist in 0..self.artists {
            let tracks = self.tracks_of_artist(artist).iter().map(|&t| t as usize);
            let mut known: Vec<f32> = tracks.clone().filter_map(own).collect();
            known.sort_unstable_by(f32::total_cmp);
            let median = known.get(known.len() / 2).copied().unwrap_or(1.0);
            for t in tracks {
                if median < 0.5 || own(t).is_none() {
                    fade[t] = fade[t].min(median);
                }
            }
        }
        fade
    }

    pub fn genres_of(&self, track: usize) -> &[u16] {
        &self.genre_id[self.genre_off[track] as usize..self.genre_off[track + 1] as usize]
    }

    pub fn markets_of(&self, track: usize) -> &[u16] {
        &self.market_country[self.market_off[track] as usize..self.market_off[track + 1] as usize]
    }

    /// Rows of `country_track` and `country_listeners` of a country.
    pub fn country_rows(&self, country: usize) -> std::ops::Range<usize> {
        self.country_off[country] as usize..self.country_off[country + 1] as usize
    }

    pub fn tracks_of_artist(&self, artist: usize) -> &[u32] {
        let range = self.artist_start[artist] as usize..self.artist_start[artist + 1] as usize;
        &self.artist_order[range]
    }
}

/// Percentile of each track by its listeners, among tracks that have any: mean rank / their number
/// (ties share the mean of their ranks); 0 for tracks that nobody played.
pub fn percentiles(values: &[u32]) -> Vec<f32> {
    let mut order: Vec<u32> = (0..values.len() as u32)
        .filter(|&i| values[i as usize] > 0)
        .collect();
    order.sort_unstable_by_key(|&i| values[i as usize]);
    let mut result = vec![0f32; values.len()];
    let mut i = 0;
    while i < order.len() {
        let mut j = i;
        while j < order.len() && values[order[j] as usize] == values[order[i] as usize] {
            j += 1;
        }
        let rank = ((i + 1) as f64 + j as f64) / 2.0 / order.len() as f64;
        for &at in &order[i..j] {
            result[at as usize] = rank as f32;
        }
        i = j;
    }
    result
}

#[cfg(test)]
mod tests {
    #[test]
    fn ties_share_a_percentile() {
        assert_eq!(
            super::percentiles(&[5, 1, 5, 9, 0]),
            vec![0.625, 0.25, 0.625, 1.0, 0.0]
        );
        assert!(super::percentiles(&[]).is_empty());
    }
}
