//! The block join against a slow search: every instruction set, block size, thread count.

use deepcuts_kernels::join::{
    BuildParams, Eligibility, Everything, Index, Neighbours, SearchOptions, build, exact,
    neighbours, recall, search_on,
};
use deepcuts_kernels::rng::Rng;
use deepcuts_kernels::simd::Simd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

fn scratch() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "deepcuts-join-{}-{}.col",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    std::env::temp_dir().join(name)
}

fn index(vectors: &[f32], d: usize, known: &[u8], lists: usize) -> Index {
    let path = scratch();
    let params = BuildParams {
        lists,
        ..BuildParams::default()
    };
    build(vectors, d, known, &params, &path).unwrap();
    let index = Index::open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    index
}

fn gaussian(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0
}

fn unit(row: &[f64]) -> Vec<f32> {
    let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt();
    row.iter().map(|x| (x / norm) as f32).collect()
}

/// Unit vectors around `clusters` unit centres.
fn clustered(n: usize, d: usize, clusters: usize, seed: u32) -> Vec<f32> {
    let mut rng = Rng::new(&[99, d as u32, clusters as u32]);
    let draw = |rng: &mut Rng| (0..d).map(|_| gaussian(rng)).collect::<Vec<f64>>();
    let centres: Vec<Vec<f64>> = (0..clusters).map(|_| draw(&mut rng)).collect();
    let mut rng = Rng::new(&[seed]);
    (0..n)
        .flat_map(|_| {
            let centre = &centres[rng.next_u32() as usize % clusters];
            let noise = draw(&mut rng);
            let row: Vec<f64> = centre.iter().zip(noise).map(|(c, x)| c + 0.7 * x).collect();
            unit(&row)
        })
        .collect()
}

/// Two classes that may have different tracks; everybody heard some.
struct Picky;

impl Eligibility for Picky {
    fn class(&self, query: usize) -> u32 {
        query as u32 % 3 * 7
    }
    fn allowed(&self, class: u32, track: u32) -> bool {
        class == 0 || !(track + class).is_multiple_of(3)
    }
    fn excluded(&self, query: usize, track: u32) -> bool {
        (track as usize + query).is_multiple_of(5)
    }
}

fn on_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(run)
}

fn options(k: usize, probe: usize) -> SearchOptions {
    SearchOptions {
        k,
        probe,
        ..SearchOptions::default()
    }
}

#[test]
fn the_result_depends_on_nothing_but_k_and_probe() {
    for d in [5, 16, 33, 64] {
        let index = index(&clustered(3000, d, 20, 1), d, &[], 40);
        let queries = clustered(80, d, 20, 2);
        let base = SearchOptions {
            thresholds: false,
            ..options(25, 12)
        };
        let expected = on_threads(1, || {
            search_on(Simd::Portable, &index, &queries, &base, &Picky)
        })
        .unwrap();
        assert_eq!(expected.track.len(), 80 * 25);
        for simd in Simd::available() {
            for (threads, block, thresholds) in [
                (1, 1, true),
                (2, 7, true),
                (2, 1000, true),
                (1, 1000, true),
                (2, 33, false),
            ] {
                let options = SearchOptions {
                    block,
                    thresholds,
                    ..base.clone()
                };
                let found = on_threads(threads, || {
                    search_on(simd, &index, &queries, &options, &Picky)
                });
                assert!(
                    found.unwrap() == expected,
                    "{d} dimensions, {simd:?}, {threads} threads, blocks of {block}"
                );
            }
        }
    }
    if !Simd::available().contains(&Simd::Avx512) {
        println!("skipped: this processor has no AVX-512 VNNI");
    }
}

/// The query's eligible tracks by integer score over all positions: from the scores of a search that
/// keeps everything.
fn slow(all: &Neighbours, query: usize, k: usize) -> Vec<(i32, u32)> {
    let range = all.off[query] as usize..all.off[query + 1] as usize;
    range
        .map(|i| (all.integer[i], all.track[i]))
        .filter(|&(_, track)| {
            Picky.allowed(Picky.class(query), track) && !Picky.excluded(query, track)
        })
        .take(k)
        .collect()
}

#[test]
fn filters_come_before_the_cut_and_short_lists_are_widened() {
    let index = index(&clustered(700, 16, 9, 1), 16, &[], 30);
    let queries = clustered(40, 16, 9, 3);
    let all = search_on(
        Simd::best(),
        &index,
        &queries,
        &options(1000, 30),
        &Everything,
    )
    .unwrap();
    assert_eq!(all.off[1], 700);
    for probe in [1, 30] {
        let found =
            search_on(Simd::best(), &index, &queries, &options(300, probe), &Picky).unwrap();
        for q in 0..40 {
            let got: Vec<(i32, u32)> = (found.off[q] as usize..found.off[q + 1] as usize)
                .map(|i| (found.integer[i], found.track[i]))
                .collect();
            assert_eq!(got.len(), 300);
            if probe == 30 {
                assert_eq!(got, slow(&all, q, 300));
            }
        }
    }
}

#[test]
fn thresholds_are_guessed_and_decide_nothing() {
    let index = index(&clustered(20_000, 32, 50, 1), 32, &[], 100);
    let queries = clustered(600, 32, 50, 4);
    let with = options(30, 25);
    let without = SearchOptions {
        thresholds: false,
        ..with.clone()
    };
    let run = |options| search_on(Simd::best(), &index, &queries, options, &Picky).unwrap();
    assert!(run(&with) == run(&without));
}

#[test]
fn finds_most_of_the_exact_neighbours_and_all_but_roundings_of_them_when_scanning_all() {
    let d = 32;
    let vectors = clustered(10_000, d, 60, 1);
    let queries = clustered(60, d, 60, 5);
    let index = index(&vectors, d, &[], 100);
    let truth = exact(&vectors, &queries, d, 100);
    let measure = |probe| {
        let found = search_on(
            Simd::best(),
            &index,
            &queries,
            &options(100, probe),
            &Everything,
        )
        .unwrap();
        let each = truth.iter().enumerate().map(|(q, truth)| {
            recall(
                truth,
                &found.track[found.off[q] as usize..found.off[q + 1] as usize],
            )
        });
        each.sum::<f64>() / 60.0
    };
    let (few, all) = (measure(10), measure(100));
    assert!(few > 0.8, "{few}");
    assert!(all > 0.95 && all >= few, "{all}");
}

#[test]
fn scores_are_inner_products_but_for_rounding() {
    let vectors = clustered(500, 64, 5, 1);
    let index = index(&vectors, 64, &[], 4);
    let found = search_on(
        Simd::best(),
        &index,
        &vectors[..64],
        &options(9, 4),
        &Everything,
    )
    .unwrap();
    assert_eq!(found.track[0], 0);
    for (&track, &score) in found.track.iter().zip(&found.score) {
        let row = &vectors[track as usize * 64..][..64];
        let dot: f32 = row.iter().zip(&vectors[..64]).map(|(x, q)| x * q).sum();
        assert!((dot - score).abs() < 0.02, "{dot} {score}");
    }
}

#[test]
fn takes_hostile_shapes() {
    let everything = |index: &Index, queries: &[f32], k| {
        search_on(Simd::best(), index, queries, &options(k, 1), &Everything).unwrap()
    };
    let equal = [0.6f32, 0.8, 0.0].repeat(70);
    let ties = everything(&index(&equal, 3, &[], 5), &[0.6, 0.8, 0.0], 9);
    assert_eq!(ties.track, (0..9).collect::<Vec<u32>>());
    let zeros = everything(&index(&[0.0; 30], 3, &[], 2), &[0.0; 6], 20);
    assert_eq!(zeros.off, [0, 10, 20]);
    assert!(zeros.score.iter().all(|&s| s == 0.0));
    let none = index(&[], 3, &[], 0);
    assert_eq!(everything(&none, &[1.0, 0.0, 0.0], 5).off, [0, 0]);
    assert_eq!(everything(&none, &[], 5).off, [0]);
    let mut known = vec![0u8; 70];
    known[33] = 1;
    let one = index(&equal, 3, &known, 0);
    assert_eq!(one.len(), 1);
    assert_eq!(everything(&one, &[-0.6, -0.8, 0.0], 5).track, [33]);
}

#[test]
fn refuses_what_it_cannot_search() {
    let path = scratch();
    let params = BuildParams::default();
    for bad in [[f32::NAN, 0.0], [f32::INFINITY, 0.0], [1.0, 1.0]] {
        assert!(build(&bad, 2, &[], &params, &path).is_err());
    }
    assert!(build(&[1.0, 0.0, 1.0], 2, &[], &params, &path).is_err());
    assert!(build(&[1.0, 0.0], 2, &[1, 1], &params, &path).is_err());
    let index = index(&[1.0, 0.0], 2, &[], 0);
    let run = |queries: &[f32], o| search_on(Simd::best(), &index, queries, &o, &Everything);
    assert!(run(&[f32::NAN, 0.0], options(1, 1)).is_err());
    assert!(run(&[1.0], options(1, 1)).is_err());
    assert!(run(&[1.0, 0.0], options(0, 1)).is_err());
    assert!(run(&[1.0, 0.0], options(1, 0)).is_err());
}

#[test]
fn builds_the_same_bytes_on_any_number_of_threads() {
    let vectors = clustered(4000, 24, 30, 1);
    let run = |threads, seed| {
        let path = scratch();
        let params = BuildParams {
            seed,
            ..BuildParams::default()
        };
        let digest = on_threads(threads, || build(&vectors, 24, &[], &params, &path)).unwrap();
        std::fs::remove_file(path).unwrap();
        digest
    };
    assert_eq!(run(1, 1), run(2, 1));
    assert_ne!(run(1, 1), run(1, 2));
}

#[test]
fn a_track_is_not_its_own_neighbour() {
    let vectors = clustered(400, 16, 8, 1);
    let index = index(&vectors, 16, &[], 8);
    let tracks: Vec<u32> = (0..400).collect();
    let found = neighbours(&index, &tracks, &vectors, &options(10, 3)).unwrap();
    for t in 0..400 {
        let mine = &found.track[found.off[t] as usize..found.off[t + 1] as usize];
        assert_eq!(mine.len(), 10);
        assert!(!mine.contains(&(t as u32)));
    }
}
