use super::*;
use crate::col::{Col, ColBuilder};
use crate::rng::Rng;
use std::path::{Path, PathBuf};

const DIMENSIONS: usize = 8;

fn name(track: usize) -> String {
    format!("t{track:04}")
}

fn put_ids(builder: &mut ColBuilder, ids: &[String]) {
    let mut off = vec![0u32];
    off.extend(ids.iter().scan(0, |end, id| {
        *end += id.len() as u32;
        Some(*end)
    }));
    builder
        .put("track_id.off", &off)
        .put("track_id.bytes", ids.concat().as_bytes());
}

/// A folder of files that goes away.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("deepcuts-day-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn catalogue(&self, tracks: usize) -> PathBuf {
        let path = self.file("catalogue.col");
        let ids: Vec<String> = (0..tracks).map(name).collect();
        let mut builder = ColBuilder::default();
        put_ids(&mut builder, &ids);
        builder.write(&path, &serde_json::json!({})).unwrap();
        path
    }

    /// Sequences of track numbers as a day's file; its ids are those that occur.
    fn day(&self, file: &str, runs: &[Vec<usize>]) -> PathBuf {
        let path = self.file(file);
        let mut tracks: Vec<usize> = runs.concat();
        tracks.sort_unstable();
        tracks.dedup();
        let ids: Vec<String> = tracks.iter().map(|&t| name(t)).collect();
        let at = |t: &usize| tracks.binary_search(t).unwrap() as u32;
        let list: Vec<u32> = runs.iter().flatten().map(at).collect();
        let mut off = vec![0u32];
        for run in runs {
            off.push(off[off.len() - 1] + run.len() as u32);
        }
        let mut builder = ColBuilder::default();
        put_ids(&mut builder, &ids);
        builder.put("session.off", &off).put("session.track", &list);
        builder.write(&path, &serde_json::json!({})).unwrap();
        path
    }

    fn base(&self, tracks: usize, runs: &[Vec<usize>]) -> PathBuf {
        let sessions = self.file("sessions.col");
        let mut off = vec![0u32];
        for run in runs {
            off.push(off[off.len() - 1] + run.len() as u32);
        }
        let list: Vec<u32> = runs.iter().flatten().map(|&t| t as u32).collect();
        let mut builder = ColBuilder::default();
        builder.put("session.off", &off).put("session.track", &list);
        builder.write(&sessions, &serde_json::json!({})).unwrap();
        let files = Item2vecFiles {
            catalogue: self.catalogue(tracks),
            sessions: vec![sessions],
            out: self.file("item2vec.col"),
            ..Item2vecFiles::default()
        };
        train_files(&params(), &files).unwrap();
        files.out
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn params() -> Item2vecParams {
    Item2vecParams {
        dimensions: DIMENSIONS,
        epochs: 20,
        learning_rate: 0.05,
        ..Item2vecParams::default()
    }
}

fn little() -> Item2vecParams {
    Item2vecParams {
        epochs: 3,
        learning_rate: 0.01,
        ..params()
    }
}

fn limits() -> DayLimits {
    DayLimits {
        negative_sample: 1000,
        anchor_plays: 5,
        least_cosine: 0.9,
    }
}

/// Runs within one of two blocks of 30 tracks.
fn blocks(runs: usize, seed: u32) -> Vec<Vec<usize>> {
    let mut rng = Rng::new(&[seed]);
    (0..runs)
        .map(|run| {
            let length = 3 + rng.next_u32() % 8;
            (0..length)
                .map(|_| run % 2 * 30 + (rng.next_u32() % 30) as usize)
                .collect()
        })
        .collect()
}

fn input(path: &Path, track: usize) -> Option<Vec<f32>> {
    let col = Col::open(path).unwrap();
    let (off, bytes) = (
        col.get::<u32>("track_id.off").unwrap(),
        col.get::<u8>("track_id.bytes").unwrap(),
    );
    let id = name(track);
    let at = (0..off.len() - 1)
        .find(|&i| &bytes[off[i] as usize..off[i + 1] as usize] == id.as_bytes())?;
    let rows = col.get::<f32>("input").unwrap();
    Some(rows[at * DIMENSIONS..(at + 1) * DIMENSIONS].to_vec())
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    crate::procrustes::mean_cosine(a, b, DIMENSIONS)
}

#[test]
fn a_day_writes_its_own_tracks_and_places_a_new_one_among_its_neighbours() {
    let folder = Folder::new("own");
    let base = folder.base(61, &blocks(800, 1));
    let mut runs = blocks(200, 2);
    runs.extend((0..5).map(|i| vec![i, 60, i + 5, 60, i + 10]));
    runs.iter_mut().for_each(|run| run.retain(|&t| t != 7));
    let files = DayFiles {
        base: base.clone(),
        overlays: vec![],
        day: folder.day("day.col", &runs),
        out: folder.file("out.col"),
    };
    let found = update_files(&little(), &limits(), &files).unwrap();
    assert!(!found.refused && found.cosine.unwrap() > 0.98, "{found:?}");
    assert_eq!((found.fresh, found.moved), (1, 60));
    assert!(found.anchors >= 2 * DIMENSIONS);
    assert_eq!(input(&files.out, 7), None);
    let fresh = input(&files.out, 60).unwrap();
    let near = |from: usize| {
        let tracks = (from..from + 30).filter(|&t| t != 7);
        let all: Vec<f64> = tracks
            .map(|t| cosine(&fresh, &input(&files.out, t).unwrap()))
            .collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    assert!(near(0) > near(30) + 0.2, "{} {}", near(0), near(30));
    let again = DayFiles {
        out: folder.file("again.col"),
        ..files.clone()
    };
    assert_eq!(update_files(&little(), &limits(), &again).unwrap(), found);
}

#[test]
fn the_next_day_starts_from_the_newest_rows_and_carrying_takes_them() {
    let folder = Folder::new("next");
    let base = folder.base(62, &blocks(800, 1));
    let first = DayFiles {
        base: base.clone(),
        overlays: vec![],
        day: folder.day("one.col", &[vec![0, 60, 1], vec![2, 60, 3]]),
        out: folder.file("one-out.col"),
    };
    update_files(&little(), &limits(), &first).unwrap();
    let second = DayFiles {
        overlays: vec![first.out.clone()],
        day: folder.day("two.col", &[vec![1, 60, 4]]),
        out: folder.file("two-out.col"),
        ..first.clone()
    };
    let found = update_files(&little(), &limits(), &second).unwrap();
    assert_eq!((found.fresh, found.moved), (0, 3));
    let out = folder.file("carried.col");
    let overlays = [first.out.clone(), second.out.clone()];
    let carried = carry_files(&base, &overlays, &folder.catalogue(62), &out).unwrap();
    assert_eq!(carried.tracks, 61);
    for (track, from) in [
        (60, &second.out),
        (1, &second.out),
        (2, &first.out),
        (20, &base),
    ] {
        assert_eq!(input(&out, track), input(from, track), "{track}");
    }
    assert_eq!(input(&out, 61), Some(vec![0.0; DIMENSIONS]));
}

#[test]
fn a_day_that_tears_the_anchors_away_is_refused_whole() {
    let folder = Folder::new("torn");
    let base = folder.base(60, &blocks(800, 1));
    let mut rng = Rng::new(&[9]);
    let runs: Vec<Vec<usize>> = (0..3000)
        .map(|_| (0..8).map(|_| (rng.next_u32() % 60) as usize).collect())
        .collect();
    let files = DayFiles {
        base,
        overlays: vec![],
        day: folder.day("day.col", &runs),
        out: folder.file("out.col"),
    };
    let wild = Item2vecParams {
        epochs: 20,
        learning_rate: 0.05,
        ..params()
    };
    let found = update_files(&wild, &limits(), &files).unwrap();
    assert!(found.refused && found.cosine.unwrap() < 0.9, "{found:?}");
    assert_eq!((found.moved, found.fresh), (0, 0));
    assert_eq!(input(&files.out, 3), None);
    let diverged = Item2vecParams {
        learning_rate: 1e38,
        ..wild
    };
    assert!(update_files(&diverged, &limits(), &files).unwrap().refused);
}

#[test]
fn few_anchors_are_judged_but_rotate_nothing_and_an_empty_day_has_no_rows() {
    let folder = Folder::new("few");
    let base = folder.base(60, &blocks(800, 1));
    let files = DayFiles {
        base,
        overlays: vec![],
        day: folder.day("day.col", &[vec![0, 1, 2]]),
        out: folder.file("out.col"),
    };
    let found = update_files(&little(), &limits(), &files).unwrap();
    assert_eq!((found.anchors, found.moved, found.refused), (3, 3, false));
    let empty = DayFiles {
        day: folder.day("none.col", &[]),
        ..files.clone()
    };
    let none = update_files(&little(), &limits(), &empty).unwrap();
    assert_eq!((none.moved, none.anchors, none.cosine), (0, 0, None));
    let other = Item2vecParams {
        dimensions: 4,
        ..little()
    };
    let error = update_files(&other, &limits(), &files).unwrap_err();
    assert_eq!(error.code, "kernel.shape");
}
