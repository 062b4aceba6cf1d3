//! The list builder on synthetic candidates.

use deepcuts_kernels::assemble::{Selection, select};
use deepcuts_kernels::list_params::ListParams;
use deepcuts_kernels::pool::{Pool, Row};
use deepcuts_kernels::rng::Rng;

#[derive(Clone)]
struct Candidate {
    score: f32,
    artist: u32,
    known: bool,
    percentile: f32,
    genres: Vec<u16>,
}

fn pool_of(candidates: &[Candidate]) -> Pool<'_> {
    let row = |i: usize| Row {
        score: candidates[i].score,
        recording: i as u32,
        artist: candidates[i].artist,
        percentile: candidates[i].percentile,
        genres: &candidates[i].genres,
    };
    Pool::new(candidates.len(), row, |i| candidates[i].known)
}

fn built(candidates: &[Candidate], params: &ListParams, taste: &[f64], habit: f64) -> Selection {
    select(&pool_of(candidates), params, taste, habit)
}

/// Candidates of 200 artists, half of them played before; scores fall steeply.
fn random(seed: u32, n: usize) -> Vec<Candidate> {
    let mut rng = Rng::new(&[seed]);
    let mut below = |n: u32| (rng.uniform() * f64::from(n)) as u32;
    (0..n)
        .map(|_| {
            let artist = below(200);
            Candidate {
                score: 1.0 / (1.0 + below(1000) as f32),
                artist,
                known: artist % 2 == 0,
                percentile: below(100) as f32 / 100.0,
                genres: (0..below(4)).map(|k| (k * 5 + below(5)) as u16).collect(),
            }
        })
        .collect()
}

fn balanced() -> ListParams {
    ListParams {
        mmr: 0.1,
        calibration: 0.5,
        popularity_margin: Some(0.05),
        new_artists: 12,
        per_new_artist: Some(1),
        per_known_artist: Some(10),
        ..ListParams::default()
    }
}

#[test]
fn is_a_plain_sort_when_everything_is_off() {
    let candidates = random(1, 500);
    let found = built(&candidates, &ListParams::default(), &[0.5, 0.5], 0.1);
    let mut order: Vec<u32> = (0..500).collect();
    let score = |i: u32| candidates[i as usize].score;
    order.sort_by(|&a, &b| score(b).total_cmp(&score(a)).then(a.cmp(&b)));
    assert_eq!(found.chosen, order[..30]);
    assert_eq!(found.reserve, order[30..90]);
    assert_eq!((found.counts.left, found.penalty), (410, 0.0));
}

#[test]
fn greedy_without_mmr_and_calibration_is_the_walk() {
    use deepcuts_kernels::select::Selector;
    for seed in 0..40 {
        let candidates = random(seed, 300);
        let pool = pool_of(&candidates);
        let params = ListParams {
            new_artists: 12,
            per_new_artist: Some(1),
            per_known_artist: Some(2),
            new_artists_only: seed % 3 == 0,
            ..ListParams::default()
        };
        for penalty in [0.0, 0.01, 0.5] {
            let mut selector = Selector::new(&pool, &params, &[]);
            selector.walk(penalty);
            let walk = selector.chosen.clone();
            selector.greedy(penalty);
            assert_eq!(walk, selector.chosen);
        }
    }
}

#[test]
fn quotas_and_caps_hold() {
    for seed in 0..30 {
        let candidates = random(seed, 500);
        let found = built(&candidates, &balanced(), &[0.1; 20], 0.45);
        assert_eq!(found.chosen.len(), 30);
        let chosen: Vec<&Candidate> = found
            .chosen
            .iter()
            .map(|&i| &candidates[i as usize])
            .collect();
        let new = chosen.iter().filter(|c| !c.known).count();
        assert!(new >= 12);
        for c in &chosen {
            let same = chosen.iter().filter(|d| d.artist == c.artist).count();
            assert!(same <= if c.known { 10 } else { 1 });
        }
        let mean = chosen.iter().map(|c| c.percentile).sum::<f32>() / 30.0;
        assert!(mean <= 0.4, "seed {seed}: {mean}");
    }
}

#[test]
fn only_new_artists_until_they_run_out() {
    let params = ListParams {
        new_artists_only: true,
        per_new_artist: Some(1),
        calibration: 0.3,
        ..ListParams::default()
    };
    let mut candidates = random(3, 500);
    let found = built(&candidates, &params, &[0.1; 20], 0.5);
    assert!(found.chosen.iter().all(|&i| !candidates[i as usize].known));
    for c in candidates.iter_mut().skip(40) {
        c.known = true;
    }
    for (i, c) in candidates.iter_mut().enumerate().take(40) {
        (c.known, c.artist) = (i >= 20, 1000 + i as u32 / 2);
    }
    for c in candidates.iter_mut().skip(40) {
        c.artist = 2000;
    }
    let found = built(&candidates, &params, &[0.1; 20], 0.5);
    let new = found.chosen.iter().filter(|&&i| i < 20).count();
    assert_eq!(
        (found.chosen.len(), new, found.counts.beyond_cap),
        (30, 20, 10)
    );
}

/// 80 % rock and 20 % jazz in the history, rock always scored higher.
fn planted(seed: u32, rock: (f64, f64), jazz: (f64, f64)) -> Vec<Candidate> {
    let mut rng = Rng::new(&[seed]);
    (0..500)
        .map(|i| {
            let (low, high) = if i % 2 == 0 { rock } else { jazz };
            Candidate {
                score: (low + (high - low) * rng.uniform()) as f32,
                artist: i / 2 % 120 + 1000 * (i % 2),
                known: (i / 2 % 120) % 2 == 0,
                percentile: rng.uniform() as f32,
                genres: vec![(i % 2) as u16],
            }
        })
        .collect()
}

#[test]
fn a_planted_listener_gets_both_genres_in_their_shares() {
    for seed in 0..20 {
        for (rock, jazz) in [((0.3, 0.6), (0.05, 0.3)), ((0.06, 0.1), (0.001, 0.06))] {
            let candidates = planted(seed, rock, jazz);
            let jazz_of = |params: &ListParams, habit: f64| {
                let found = built(&candidates, params, &[0.8, 0.2], habit);
                found.chosen.iter().filter(|&&i| i % 2 == 1).count()
            };
            for habit in [0.3, 0.5, 0.9] {
                let jazz = jazz_of(&balanced(), habit);
                assert!(
                    (4..=8).contains(&jazz),
                    "seed {seed}, habit {habit}: {jazz} of 30"
                );
            }
            assert_eq!(jazz_of(&ListParams::default(), 0.5), 0);
        }
    }
}

#[test]
fn survives_hostile_shapes() {
    let one = Candidate {
        score: 0.5,
        artist: 1,
        known: false,
        percentile: 1.0,
        genres: vec![],
    };
    for n in [0usize, 1, 2, 31, 100] {
        for params in [balanced(), ListParams::default()] {
            let found = built(&vec![one.clone(); n], &params, &[1.0], 0.0);
            assert_eq!(found.chosen.len(), n.min(30));
            let sum = found.chosen.len() + found.reserve.len() + found.counts.left;
            assert_eq!(sum, n);
        }
    }
}
