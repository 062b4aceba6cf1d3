//! One bucket of listener records, mapped.

use crate::catalogue::Catalogue;
use crate::col::{Col, View};
use crate::error::{Result, invalid};
use std::path::Path;

pub const EXPLICIT_OK: u8 = 1;
pub const PERSONALISE: u8 = 2;
pub const ACTIVE: u8 = 4;
pub const ENOUGH: u8 = 8;

/// `listeners-NNNN.col`, checked against the catalogue its indexes point into.
pub struct Bucket {
    col: Col,
    pub len: usize,
    id_off: View<u32>,
    id_bytes: View<u8>,
    hist_off: View<u32>,
    heard_off: View<u32>,
    block_off: View<u32>,
    blocked_off: View<u32>,
    seed: View<u32>,
    country: View<u16>,
    language: View<u16>,
    age: View<u8>,
    gender: View<u8>,
    flags: View<u8>,
    events: View<u32>,
    track: View<u32>,
    last: View<u32>,
    positives: View<u16>,
    positives28: View<u16>,
    positives7: View<u16>,
    skips: View<u16>,
    saved: View<u8>,
    weight: View<i32>,
    heard: View<u32>,
    block: View<u32>,
    blocked: View<u32>,
}

/// Everything that is known of one listener: the argument that a list is a function of.
#[derive(Clone, Copy)]
pub struct Listener<'a> {
    pub user_id: &'a [u8],
    pub seed: u32,
    pub country: u16,
    pub language: u16,
    pub age: u8,
    pub gender: u8,
    pub flags: u8,
    pub events: u32,
    /// Distinct tracks, newest first.
    pub track: &'a [u32],
    pub last: &'a [u32],
    pub positives: &'a [u16],
    pub positives28: &'a [u16],
    pub positives7: &'a [u16],
    pub skips: &'a [u16],
    pub saved: &'a [u8],
    pub weight: &'a [i32],
    /// Recordings heard, ascending.
    pub heard: &'a [u32],
    pub blocked_artists: &'a [u32],
    pub blocked_tracks: &'a [u32],
}

impl Bucket {
    pub fn open(path: impl AsRef<Path>, catalogue: &Catalogue) -> Result<Self> {
        let col = Col::open(path)?;
        let len = col.get::<u32>("seed")?.len();
        let bucket = Self {
            id_off: col.view("user_id.off")?,
            id_bytes: col.view("user_id.bytes")?,
            hist_off: col.view("hist.off")?,
            heard_off: col.view("heard.off")?,
            block_off: col.view("block.off")?,
            blocked_off: col.view("blocked.off")?,
            seed: col.view("seed")?,
            country: col.view("country")?,
            language: col.view("language")?,
            age: col.view("age")?,
            gender: col.view("gender")?,
            flags: col.view("flags")?,
            events: col.view("events")?,
            track: col.view("hist.track")?,
            last: col.view("hist.last")?,
            positives: col.view("hist.positives")?,
            positives28: col.view("hist.positives28")?,
            positives7: col.view("hist.positives7")?,
            skips: col.view("hist.skips")?,
            saved: col.view("hist.saved")?,
            weight: col.view("hist.weight")?,
            heard: col.view("heard.recording")?,
            block: col.view("block.artist")?,
            blocked: col.view("blocked.track")?,
            col,
            len,
        };
        bucket.check(catalogue)?;
        Ok(bucket)
    }

    fn check(&self, catalogue: &Catalogue) -> Result<()> {
        let (col, n) = (&self.col, self.len);
        let tracks = col.get::<u32>("hist.track")?;
        col.offsets("user_id.off", n, col.get::<u8>("user_id.bytes")?.len())?;
        col.offsets("hist.off", n, tracks.len())?;
        col.offsets("heard.off", n, col.get::<u32>("heard.recording")?.len())?;
        col.offsets("block.off", n, col.get::<u32>("block.artist")?.len())?;
        col.offsets("blocked.off", n, col.get::<u32>("blocked.track")?.len())?;
        let rows = tracks.len();
        let same = col.get::<u32>("hist.last")?.len() == rows
            && col.get::<u16>("hist.positives")?.len() == rows
            && col.get::<u16>("hist.positives28")?.len() == rows
            && col.get::<u16>("hist.positives7")?.len() == rows
            && col.get::<u16>("hist.skips")?.len() == rows
            && col.get::<u8>("hist.saved")?.len() == rows
            && col.get::<i32>("hist.weight")?.len() == rows
            && col.get::<u16>("country")?.len() == n
            && col.get::<u16>("language")?.len() == n
            && col.get::<u8>("age")?.len() == n
            && col.get::<u8>("gender")?.len() == n
            && col.get::<u8>("flags")?.len() == n
            && col.get::<u32>("events")?.len() == n;
        let inside = tracks.iter().all(|&t| (t as usize) < catalogue.tracks)
            && col
                .get::<u32>("heard.recording")?
                .iter()
                .all(|&t| (t as usize) < catalogue.tracks)
            && col
                .get::<u16>("country")?
                .iter()
                .all(|&c| (c as usize) < catalogue.countries.max(1));
        if same && inside {
            Ok(())
        } else {
            Err(invalid(format!(
                "{} does not fit its catalogue",
                col.path().display()
            )))
        }
    }

    /// The record of listener `i`.
    pub fn listener(&self, i: usize) -> Listener<'_> {
        let range = |off: &View<u32>| off[i] as usize..off[i + 1] as usize;
        let hist = range(&self.hist_off);
        Listener {
            user_id: &self.id_bytes[range(&self.id_off)],
            seed: self.seed[i],
            country: self.country[i],
            language: self.language[i],
            age: self.age[i],
            gender: self.gender[i],
            flags: self.flags[i],
            events: self.events[i],
            track: &self.track[hist.clone()],
            last: &self.last[hist.clone()],
            positives: &self.positives[hist.clone()],
            positives28: &self.positives28[hist.clone()],
            positives7: &self.positives7[hist.clone()],
            skips: &self.skips[hist.clone()],
            saved: &self.saved[hist.clone()],
            weight: &self.weight[hist],
            heard: &self.heard[range(&self.heard_off)],
            blocked_artists: &self.block[range(&self.block_off)],
            blocked_tracks: &self.blocked[range(&self.blocked_off)],
        }
    }

    /// Index of a listener by id (the records stand in byte order of their ids).
    pub fn find(&self, user_id: &[u8]) -> Option<usize> {
        let ids = |i: usize| self.listener(i).user_id;
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = (low + high) / 2;
            match ids(middle).cmp(user_id) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}
