//! `item2vec.col` from a snapshot's files and back.

mod support;

use deepcuts_kernels::col::{Col, ColBuilder};
use deepcuts_kernels::item2vec::{Item2vecFiles, Item2vecParams, ItemVectors, train_files};
use deepcuts_kernels::rng::Rng;
use std::path::{Path, PathBuf};
use support::world;

fn lists(path: &Path, list: &str, runs: &[Vec<u32>]) {
    let mut off = vec![0u32];
    for run in runs {
        off.push(off[off.len() - 1] + run.len() as u32);
    }
    let mut builder = ColBuilder::default();
    builder.put(&format!("{list}.off"), &off);
    builder.put(&format!("{list}.track"), &runs.concat());
    builder.write(path, &serde_json::json!({})).unwrap();
}

fn runs(seed: u32, first: u32, tracks: u32) -> Vec<Vec<u32>> {
    let mut rng = Rng::new(&[seed]);
    let mut run = |_| (0..8).map(|_| first + rng.next_u32() % tracks).collect();
    (0..50).map(&mut run).collect()
}

fn params() -> Item2vecParams {
    Item2vecParams::parse(r#"{"dimensions":8,"epochs":3,"shards":2}"#).unwrap()
}

#[test]
fn vectors_come_back_as_trained_and_start_the_next_training_by_track_id() {
    let world = world("item2vec-files", 60, 4);
    let at = |name: &str| -> PathBuf { world.folder.join(name) };
    lists(&at("sessions-0000.col"), "session", &runs(1, 0, 20));
    lists(&at("playlists.col"), "playlist", &runs(2, 20, 20));
    let mut files = Item2vecFiles {
        catalogue: at("catalogue.col"),
        sessions: vec![at("sessions-0000.col")],
        playlists: Some(at("playlists.col")),
        warm: None,
        out: at("item2vec.col"),
    };
    let digest = train_files(&params(), &files).unwrap();
    assert_eq!(train_files(&params(), &files).unwrap(), digest);
    let vectors = ItemVectors::open(&files.out, &world.catalogue).unwrap();
    assert_eq!(vectors.dimensions(), 8);
    assert!((0..40).all(|t| vectors.known(t) && vectors.row(t).iter().any(|&x| x != 0.0)));
    assert!((40..60).all(|t| !vectors.known(t) && vectors.row(t) == [0.0; 8]));

    // The same ids ten places further on: ids "t000010" to "t000069".
    let moved: Vec<String> = (10..70).map(|t| format!("t{t:06}")).collect();
    let mut other = ColBuilder::default();
    other.put(
        "track_id.off",
        &(0..=60u32).map(|t| t * 7).collect::<Vec<_>>(),
    );
    other.put("track_id.bytes", moved.concat().as_bytes());
    other
        .write(&at("later.col"), &serde_json::json!({}))
        .unwrap();
    lists(&at("sessions-0001.col"), "session", &runs(3, 50, 10));
    files = Item2vecFiles {
        catalogue: at("later.col"),
        sessions: vec![at("sessions-0001.col")],
        playlists: None,
        warm: Some(at("item2vec.col")),
        out: at("later-item2vec.col"),
    };
    train_files(&params(), &files).unwrap();
    let later = Col::open(&files.out).unwrap();
    let input = later.get::<f32>("input").unwrap();
    assert_eq!(input[..8], *vectors.row(10));
    assert_eq!(input[8 * 29..8 * 30], *vectors.row(39));
    assert_eq!(input[8 * 30..8 * 31], [0.0; 8]);
    let of_other_tracks = ItemVectors::open(&files.out, &world.catalogue);
    assert_eq!(of_other_tracks.err().unwrap().code, "col.invalid");
}

#[test]
fn damaged_vectors_and_foreign_sequences_are_refused() {
    let world = world("item2vec-damage", 4, 2);
    let at = |name: &str| -> PathBuf { world.folder.join(name) };
    let write = |input: &[f32], dimensions: u32| {
        let mut builder = ColBuilder::default();
        let ids = Col::open(at("catalogue.col")).unwrap();
        builder.put("track_id.off", ids.get::<u32>("track_id.off").unwrap());
        builder.put("track_id.bytes", ids.get::<u8>("track_id.bytes").unwrap());
        builder.put("count", &[1u32, 1, 1, 0]).put("input", input);
        builder.put("output", &[0f32; 8]);
        let meta = serde_json::json!({ "dimensions": dimensions });
        builder.write(&at("item2vec.col"), &meta).unwrap();
        ItemVectors::open(at("item2vec.col"), &world.catalogue).map(|v| v.dimensions())
    };
    assert_eq!(write(&[1.0; 8], 2), Ok(2));
    assert!(write(&[1.0; 8], 3).is_err());
    assert!(write(&[1.0; 8], 0).is_err());
    assert!(write(&[1.0; 7], 2).is_err());
    assert!(write(&[f32::NAN; 8], 2).is_err());
    lists(&at("sessions-0000.col"), "session", &[vec![0, 4]]);
    let files = Item2vecFiles {
        catalogue: at("catalogue.col"),
        sessions: vec![at("sessions-0000.col")],
        out: at("out.col"),
        ..Item2vecFiles::default()
    };
    assert_eq!(
        train_files(&params(), &files).unwrap_err().code,
        "kernel.shape"
    );
    assert!(!files.out.exists());
}
