//! Buckets in, a line of numbers per session out.

use super::HygieneParams;
use super::artist_vectors::ArtistVectors;
use super::session_fit::{Fit, Listening, fit_sessions};
use crate::col::{Col, Offsets};
use crate::error::{KernelError, Result, io};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// `plays-NNNN.col` of every bucket (see `listening.ts`), and where each one's lines go.
pub struct HygieneFiles {
    pub buckets: Vec<PathBuf>,
    pub out: Vec<PathBuf>,
    pub artists: usize,
}

const HEADER: &str = "session_no,references_count,covered,similarity,typical,spread,\
known_tracks,known_artists,known_genres\n";

/// Writes a CSV per bucket, sessions in the order of the file; returns how many there are.
pub fn score_files(params: &HygieneParams, files: &HygieneFiles) -> Result<usize> {
    if files.buckets.len() != files.out.len() {
        return Err(KernelError::new("kernel.shape", "a bucket has no output"));
    }
    let mut vectors = ArtistVectors::new(files.artists, params.dimensions);
    for path in &files.buckets {
        let col = Col::open(path)?;
        let bucket = Bucket::of(&col, files.artists)?;
        for i in 0..bucket.seed.len() {
            if bucket.counted[i] == 1 {
                vectors.add(bucket.seed[i], &bucket.artists_of(i));
            }
        }
    }
    let mut sessions = 0;
    for (path, out) in files.buckets.iter().zip(&files.out) {
        let col = Col::open(path)?;
        let bucket = Bucket::of(&col, files.artists)?;
        let text: Vec<String> = (0..bucket.seed.len())
            .into_par_iter()
            .map(|i| bucket.lines(params, &vectors, i))
            .collect();
        sessions += bucket.number.len();
        let all = format!("{HEADER}{}", text.concat());
        std::fs::write(out, all).map_err(|e| io(out, &e))?;
    }
    Ok(sessions)
}

struct Bucket<'a> {
    seed: &'a [u32],
    counted: &'a [u8],
    sessions: Offsets<'a>,
    number: &'a [u32],
    start: &'a [u32],
    reference: &'a [u8],
    plays: Offsets<'a>,
    artist: &'a [u32],
    track: &'a [u32],
    genre: &'a [u32],
    count: &'a [u32],
}

impl<'a> Bucket<'a> {
    fn of(col: &'a Col, artists: usize) -> Result<Self> {
        let seed = col.get::<u32>("seed")?;
        let start = col.get::<u32>("session.start")?;
        let artist = col.get::<u32>("play.artist")?;
        let bucket = Self {
            seed,
            counted: col.get("counted")?,
            sessions: col.offsets("session.off", seed.len(), start.len())?,
            number: col.get("session.number")?,
            start,
            reference: col.get("session.reference")?,
            plays: col.offsets("play.off", start.len(), artist.len())?,
            artist,
            track: col.get("play.track")?,
            genre: col.get("play.genre")?,
            count: col.get("play.count")?,
        };
        let plays = [bucket.track, bucket.genre, bucket.count];
        let whole = bucket.counted.len() == seed.len()
            && bucket.number.len() == start.len()
            && bucket.reference.len() == start.len()
            && plays.iter().all(|column| column.len() == artist.len())
            && artist.iter().all(|&a| (a as usize) < artists);
        if whole {
            Ok(bucket)
        } else {
            let path = col.path().display();
            let why = format!("{path}: columns differ in length, or an artist is unknown");
            Err(KernelError::new("kernel.shape", why))
        }
    }

    fn plays_of(&self, i: usize) -> std::ops::Range<usize> {
        let sessions = self.sessions.range(i);
        self.plays.at(sessions.start)..self.plays.at(sessions.end)
    }

    fn artists_of(&self, i: usize) -> Vec<(u32, u32)> {
        let mut totals = BTreeMap::<u32, u32>::new();
        for at in self.plays_of(i) {
            *totals.entry(self.artist[at]).or_default() += self.count[at];
        }
        totals.into_iter().collect()
    }

    fn lines(&self, params: &HygieneParams, vectors: &ArtistVectors, i: usize) -> String {
        let sessions = self.sessions.range(i);
        let plays = self.plays_of(i);
        let off: Vec<usize> = (sessions.start..=sessions.end)
            .map(|s| self.plays.at(s) - plays.start)
            .collect();
        let listening = Listening {
            seed: self.seed[i],
            counted: self.counted[i] == 1,
            start: &self.start[sessions.clone()],
            reference: &self.reference[sessions.clone()],
            off: &off,
            artist: &self.artist[plays.clone()],
            track: &self.track[plays.clone()],
            genre: &self.genre[plays.clone()],
            count: &self.count[plays],
        };
        let mut text = String::new();
        let fits = fit_sessions(params, vectors, &listening);
        for (fit, number) in fits.iter().zip(&self.number[sessions]) {
            line(&mut text, *number, fit);
        }
        text
    }
}

fn line(text: &mut String, number: u32, fit: &Fit) {
    let numbers = [
        fit.covered,
        fit.similarity,
        fit.typical,
        fit.spread,
        fit.known_tracks,
        fit.known_artists,
        fit.known_genres,
    ];
    let _ = write!(text, "{number},{}", fit.references);
    for number in numbers {
        let _ = write!(text, ",{number}");
    }
    text.push('\n');
}
