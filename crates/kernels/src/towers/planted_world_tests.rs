//! Training as a whole on a world whose right answer is known by construction.

use super::file::{Side, Towers, encode_file};
use super::params::{Loss, Optimiser, TowerParams, TripletNegatives};
use super::train::train_files;
use crate::col::{Col, ColBuilder};
use crate::rng::Rng;
use serde_json::json;
use std::path::{Path, PathBuf};

const CLUSTERS: usize = 4;
const LISTENERS: usize = 80;
const TRACKS: usize = 200;

/// Listener and track i belong to cluster i % 4. Only embeddings tell: the dense part is noise, and a
/// track's artist (a bag) is its cluster's.
fn plant(folder: &Path) -> (PathBuf, PathBuf) {
    let mut rng = Rng::new(&[9]);
    let mut noise = |n: usize| -> Vec<f32> { (0..n).map(|_| rng.uniform() as f32 - 0.5).collect() };
    let mut write = |name: &str, rows: usize, table: usize, pairs: bool| {
        let mut file = ColBuilder::default();
        let id: Vec<u32> = (0..rows).map(|i| (i % table) as u32).collect();
        let off: Vec<u32> = (0..=rows as u32).collect();
        file.put("dense", &noise(rows * 16))
            .put("bag.artist.off", &off)
            .put("bag.artist.id", &id)
            .put("bag.artist.weight", &vec![1f32; rows]);
        if pairs {
            let pair: Vec<(u32, u32)> = (0..rows as u32)
                .flat_map(|l| (0..10).map(move |k| (l, (l * 28 + k * 52) % TRACKS as u32)))
                .map(|(l, t)| (l, t / 4 * 4 + l % 4))
                .collect();
            let mut count = vec![0f32; TRACKS];
            pair.iter().for_each(|p| count[p.1 as usize] += 1.0);
            file.put(
                "pair.listener",
                &pair.iter().map(|p| p.0).collect::<Vec<_>>(),
            )
            .put("pair.track", &pair.iter().map(|p| p.1).collect::<Vec<_>>())
            .put("pair.weight", &vec![1f32; pair.len()])
            .put("hard.off", &vec![0u32; pair.len() + 1])
            .put("hard.track", &[] as &[u32])
            .put("hard.weight", &[] as &[f32])
            .put("track.count", &count);
        }
        let path = folder.join(name);
        let meta = json!({
            "rows": rows, "width": 16, "dropout": null,
            "bags": [{"name": "artist", "tableRows": table, "dim": 8}],
            "skips": [{"from": 0, "width": 16, "scale": 1.0}],
        });
        file.write(&path, &meta).unwrap();
        path
    };
    let examples = write("tower-examples.col", LISTENERS, 20, true);
    (write("tower-tracks.col", TRACKS, 40, false), examples)
}

fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("deepcuts-towers-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn params(loss: Loss, optimiser: Optimiser) -> TowerParams {
    TowerParams {
        dimensions: 16,
        hidden: 24,
        batch: 64,
        uniform: 32,
        epochs: 12,
        learning_rate: if optimiser == Optimiser::Adam {
            0.01
        } else {
            0.05
        },
        table_learning_rate: 0.1,
        // The hardest negative of an untrained tower pulls all vectors together.
        triplet_negatives: TripletNegatives::All,
        loss,
        optimiser,
        ..TowerParams::default()
    }
}

#[test]
fn learns_which_of_four_clusters_a_listener_belongs_to() {
    let folder = folder("planted");
    let (tracks, examples) = plant(&folder);
    let out = folder.join("towers.col");
    for (loss, optimiser) in [
        (Loss::Softmax, Optimiser::Adam),
        (Loss::Softmax, Optimiser::Adagrad),
        (Loss::Triplet, Optimiser::Adam),
    ] {
        let params = params(loss, optimiser);
        let stats = train_files(&params, &tracks, &examples, &out, &|_, _, _, _| true).unwrap();
        assert!(
            stats.losses[11] < stats.losses[0] * 0.8,
            "{:?}",
            stats.losses
        );
        let vectors = |side, input: &Path| {
            let to = folder.join("vectors.col");
            encode_file(&out, side, input, &to).unwrap();
            Col::open(&to)
                .unwrap()
                .get::<f32>("vector")
                .unwrap()
                .to_vec()
        };
        let (u, v) = (
            vectors(Side::Listener, &examples),
            vectors(Side::Track, &tracks),
        );
        let mut right = 0;
        for (i, u) in u.chunks(16).enumerate() {
            let mut mean = [0f32; CLUSTERS];
            for (t, v) in v.chunks(16).enumerate() {
                mean[t % CLUSTERS] += u.iter().zip(v).map(|(a, b)| a * b).sum::<f32>();
            }
            right += usize::from((0..CLUSTERS).all(|c| mean[c] <= mean[i % CLUSTERS]));
        }
        assert!(
            right > LISTENERS * 95 / 100,
            "{right} of {LISTENERS}: {params:?}"
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let folder = folder("threads");
    let (tracks, examples) = plant(&folder);
    let out = folder.join("towers.col");
    // Large enough for products to be split among threads.
    let params = TowerParams {
        hidden: 192,
        dimensions: 64,
        batch: 500,
        uniform: 300,
        epochs: 1,
        ..TowerParams::default()
    };
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let stats =
            pool.install(|| train_files(&params, &tracks, &examples, &out, &|_, _, _, _| true));
        (stats.unwrap().digest, std::fs::read(&out).unwrap())
    };
    let one = run(1);
    assert!(one == run(2) && one == run(4));
    let opened = Towers::open(&out).unwrap();
    assert_eq!(opened.write(&out).unwrap(), one.0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_run_that_is_told_to_stop_writes_nothing() {
    let folder = folder("stop");
    let (tracks, examples) = plant(&folder);
    let out = folder.join("towers.col");
    let params = params(Loss::Softmax, Optimiser::Adam);
    let stopped = train_files(&params, &tracks, &examples, &out, &|_, done, _, _| {
        done < 200
    });
    assert_eq!(stopped.err().unwrap().code, "towers.stopped");
    assert!(!out.exists());
    std::fs::remove_dir_all(folder).unwrap();
}
