//! The whole of `assemble` over a made-up catalogue: exploration, spacing, reserve, time.

mod support;

use deepcuts_kernels::assemble::{List, ListInput, ListParams, assemble};
use deepcuts_kernels::expand::Candidates;
use deepcuts_kernels::exploration_build::{ExplorationParams, build};
use deepcuts_kernels::explore::Exploration;
use deepcuts_kernels::list_value::SOURCE_EXPLORATION;
use deepcuts_kernels::listeners::Listener;
use deepcuts_kernels::profile::Profile;
use deepcuts_kernels::rng::Rng;
use std::collections::{BTreeMap, HashSet};
use support::{AS_OF, World, world};

/// A listener whose newest plays are the given tracks.
fn listener<'a>(seed: u32, tracks: &'a [u32], buffers: &'a [Vec<u16>; 2]) -> Listener<'a> {
    let n = tracks.len();
    Listener {
        user_id: b"u",
        seed,
        country: 2,
        language: 0,
        age: 0,
        gender: 0,
        flags: 14,
        events: 100,
        track: tracks,
        last: &[AS_OF - 1000; 250][..n],
        positives: &buffers[0][..n],
        positives28: &buffers[1][..n],
        positives7: &buffers[1][..n],
        skips: &buffers[1][..n],
        saved: &[0; 250][..n],
        weight: &[0; 250][..n],
        heard: &[],
        blocked_artists: &[],
        blocked_tracks: &[],
    }
}

struct Scene {
    world: World,
    exploration: Exploration,
    profile: Profile,
    history: Vec<u32>,
    buffers: [Vec<u16>; 2],
}

fn scene(name: &str, tracks: usize, genres: usize) -> Scene {
    let world = world(name, tracks, genres);
    let params = ExplorationParams {
        arms: 64,
        release_days: 56.0,
        max_listeners: 100,
        prior: 20.0,
        ucb: 1.0,
        seed: 5,
    };
    let path = world.folder.join("exploration.col");
    let digest = build(&world.catalogue, &params, &path).unwrap();
    assert_eq!(digest, build(&world.catalogue, &params, &path).unwrap());
    let exploration = Exploration::open(&path, &world.catalogue).unwrap();
    let history: Vec<u32> = (0..60).map(|i| (i * 31 % tracks) as u32).collect();
    let buffers = [vec![2u16; 250], vec![1u16; 250]];
    let mut profile = Profile::default();
    profile.fill(&listener(1, &history, &buffers), &world.catalogue);
    Scene {
        world,
        exploration,
        profile,
        history,
        buffers,
    }
}

fn candidates(scene: &Scene, seed: u32, n: usize) -> (Candidates, Vec<f32>) {
    let mut rng = Rng::new(&[seed, 77]);
    let mut seen = HashSet::new();
    let mut track = Vec::new();
    while track.len() < n {
        let t = (rng.uniform() * scene.world.catalogue.tracks as f64) as u32;
        if seen.insert(t) {
            track.push(t);
        }
    }
    let score = (0..n)
        .map(|_| (0.3 * rng.uniform() * rng.uniform()) as f32)
        .collect();
    let best = vec![0; n];
    (
        Candidates {
            track,
            best,
            ..Candidates::default()
        },
        score,
    )
}

fn listed(scene: &Scene, from: &(Candidates, Vec<f32>), params: &ListParams, seed: u32) -> List {
    let history = &scene.history;
    let l = listener(seed, history, &scene.buffers);
    let input = ListInput {
        catalogue: &scene.world.catalogue,
        listener: &l,
        profile: &scene.profile,
        candidates: &from.0,
        source_ids: &[3],
        score: &from.1,
        vectors: None,
        exploration: Some(&scene.exploration),
        heard: &|recording| history.contains(&recording),
        deliver_at: AS_OF,
        seed: 9,
        week: 202_647,
    };
    assemble(&input, params)
}

fn balanced() -> ListParams {
    ListParams {
        mmr: 0.1,
        calibration: 0.5,
        popularity_margin: Some(0.05),
        new_artists: 12,
        per_new_artist: Some(1),
        per_known_artist: Some(10),
        exploration_slots: 2,
        spacing: 3,
        ..ListParams::default()
    }
}

#[test]
fn fills_slots_and_reserve_without_repeats() {
    let scene = scene("fill", 3000, 12);
    for seed in 0..20 {
        let from = candidates(&scene, seed, 500);
        let list = listed(&scene, &from, &balanced(), seed);
        assert_eq!((list.picks.len(), list.reserve.len()), (30, 60));
        let tracks = list.picks.iter().map(|pick| pick.track);
        let all: HashSet<u32> = tracks.chain(list.reserve.iter().map(|row| row.0)).collect();
        assert_eq!(all.len(), 90);
        for (place, pick) in list.picks.iter().enumerate() {
            let exploratory = pick.source == SOURCE_EXPLORATION;
            assert_eq!(exploratory, [7, 16].contains(&place));
            if exploratory {
                let c = &scene.world.catalogue;
                assert!(!scene.history.contains(&pick.track));
                assert!(
                    c.explicit[pick.track as usize] == 0
                        && c.listeners_90d[pick.track as usize] < 10
                );
            } else {
                assert_eq!(pick.propensity, 0);
            }
        }
        let artist = |i: usize| scene.world.catalogue.artist[list.picks[i].track as usize];
        for i in 0..28 {
            assert!(artist(i) != artist(i + 1) && artist(i) != artist(i + 2));
        }
        let counts = list.counts;
        assert_eq!((counts.displaced, counts.duplicate), (2, 0));
        assert_eq!(counts.left + 28 + 60, 500);
        let again = listed(&scene, &from, &balanced(), seed);
        assert_eq!(list.picks, again.picks);
    }
}

#[test]
fn a_short_list_keeps_its_exploratory_tracks() {
    let scene = scene("short", 3000, 12);
    let from = candidates(&scene, 1, 5);
    let list = listed(&scene, &from, &balanced(), 1);
    assert_eq!((list.picks.len(), list.counts.displaced), (7, 0));
    assert!(
        listed(&scene, &candidates(&scene, 1, 0), &balanced(), 1)
            .picks
            .is_empty()
    );
}

/// Per slot and track: how often it was picked against the sum of logged propensities.
#[test]
fn exploratory_picks_come_as_often_as_their_propensities_say() {
    let scene = scene("explore", 3000, 12);
    let from = candidates(&scene, 1, 500);
    let mut picked: [BTreeMap<u32, (f64, f64)>; 2] = [BTreeMap::new(), BTreeMap::new()];
    let n = 20_000u32;
    for seed in 0..n {
        let list = listed(
            &scene,
            &from,
            &ListParams {
                exploration_slots: 2,
                ..ListParams::default()
            },
            seed * 7919,
        );
        for (slot, place) in [7, 16].into_iter().enumerate() {
            let pick = list.picks[place];
            assert_eq!(pick.source, SOURCE_EXPLORATION);
            let p = if pick.propensity == 0 {
                1.0
            } else {
                f64::from(pick.propensity) / 256.0
            };
            let row = picked[slot].entry(pick.track).or_default();
            *row = (row.0 + 1.0, p);
        }
    }
    // The first slot's propensities are the same for every seed; the two genres share no arm here,
    // or the second's would depend on the first pick.
    let mut worst = 0f64;
    for slot in &picked {
        let sum: f64 = slot.values().map(|row| row.1).sum();
        assert!(slot.len() > 5 && (sum - 1.0).abs() < 0.05, "{sum}");
        for (count, p) in slot.values() {
            let deviation = (f64::from(n) * p * (1.0 - p)).sqrt();
            worst = worst.max((count - f64::from(n) * p).abs() / deviation);
        }
    }
    assert!(worst < 4.0, "{worst} standard deviations");
}

/// Time on the processor of this thread (Linux), so that other work on the machine does not count.
fn busy_ns() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "prints times"]
fn time() {
    let scene = scene("time", 30_000, 40);
    let lists: Vec<_> = (0..200).map(|seed| candidates(&scene, seed, 500)).collect();
    let plain = ListParams::default();
    let with = |f: fn(&mut ListParams)| {
        let mut params = ListParams::default();
        f(&mut params);
        params
    };
    for (name, params) in [
        ("plain", plain),
        ("popularity", with(|p| p.popularity_margin = Some(0.05))),
        ("mmr", with(|p| p.mmr = 0.1)),
        ("calibration", with(|p| p.calibration = 0.5)),
        ("exploration", with(|p| p.exploration_slots = 2)),
        ("spacing", with(|p| p.spacing = 3)),
        ("balanced", balanced()),
    ] {
        let start = busy_ns();
        let mut penalty = 0.0;
        for round in 0..10 {
            for from in &lists {
                penalty += listed(&scene, from, &params, round).penalty;
            }
        }
        let us = (busy_ns() - start) / 2e6;
        println!("{name}: {us:.1} us, mean penalty {:.3}", penalty / 2000.0);
    }
}
