//! What the towers are trained on: nothing of a moment's future reaches its input.

mod support;

use deepcuts_kernels::encode::languages;
use deepcuts_kernels::encode::listener_input::{Person, Played, listener_rows, push_listener};
use deepcuts_kernels::encode::moments::{MomentParams, PairWeights, Responses, moments_of};
use deepcuts_kernels::encode::track_input::track_rows;
use deepcuts_kernels::encode::unit_vectors::UnitVectors;
use deepcuts_kernels::listeners::Listener;

const HOUR: u32 = 3600;

fn params() -> MomentParams {
    MomentParams {
        min_history: 2,
        history_tracks: 250,
        moments_per_listener: 10,
        pairs_per_moment: 10,
        horizon_days: 1.0,
        negatives_per_moment: 2,
        max_pairs: 1000,
        pair_weights: PairWeights::Response,
        attributes: true,
        seed: 1,
    }
}

fn nobody() -> Listener<'static> {
    Listener {
        user_id: b"u",
        seed: 7,
        country: 1,
        language: 0,
        age: 2,
        gender: 1,
        flags: 15,
        events: 9,
        track: &[],
        last: &[],
        positives: &[],
        positives28: &[],
        positives7: &[],
        skips: &[],
        saved: &[],
        weight: &[],
        heard: &[],
        blocked_artists: &[],
        blocked_tracks: &[],
    }
}

const START: u32 = support::AS_OF - 100 * HOUR;
const TRACKS: [u32; 8] = [1, 2, 3, 2, 4, 5, 4, 6];
const HOURS: [u32; 8] = [0, 0, 5, 5, 5, 6, 50, 51];
const WEIGHTS: [i16; 8] = [1000, 1000, 1000, 1000, 5000, -1000, 1000, 300];

fn times() -> Vec<u32> {
    HOURS
        .iter()
        .enumerate()
        .map(|(i, h)| START + h * HOUR + i as u32)
        .collect()
}

#[test]
fn a_moment_holds_what_was_played_before_it_and_what_was_new_after() {
    let world = support::world("moments", 30, 3);
    let time = times();
    let r = Responses {
        track: &TRACKS,
        time: &time,
        weight: &WEIGHTS,
    };
    let moments = moments_of(r, &nobody(), &world.catalogue, &params());
    let starts: Vec<u32> = moments.iter().map(|m| m.at).collect();
    assert_eq!(starts, [time[2], time[6], time[7]]);
    let first = &moments[0];
    let known: Vec<u32> = first.history.iter().map(|p| p.track).collect();
    assert_eq!(known, [2, 1]);
    assert_eq!(first.pairs, [(3, 1.0), (4, 5.0)]);
    assert_eq!(first.negatives, [5]);
    let last = &moments[2];
    assert_eq!(last.pairs, [(6, 0.3)]);
    let saved: Vec<(u32, bool)> = last.history.iter().map(|p| (p.track, p.saved)).collect();
    assert_eq!(saved, [(4, true), (2, false), (3, false), (1, false)]);
    assert!(last.history.iter().all(|p| p.last < last.at));
}

#[test]
fn tracks_known_from_before_the_responses_are_history_and_never_new() {
    let world = support::world("moments-older", 30, 3);
    let time = times();
    let l = Listener {
        track: &[9, 3],
        last: &[START - HOUR, time[2]],
        positives: &[4, 2],
        saved: &[0, 0],
        ..nobody()
    };
    let r = Responses {
        track: &TRACKS,
        time: &time,
        weight: &WEIGHTS,
    };
    let moments = moments_of(r, &l, &world.catalogue, &params());
    assert_eq!(moments[0].pairs, [(4, 5.0)]);
    let known: Vec<u32> = moments[0].history.iter().map(|p| p.track).collect();
    assert_eq!(known, [2, 1, 9]);
}

fn vectors(world: &support::World) -> UnitVectors {
    let tracks = world.catalogue.tracks;
    let rows: Vec<f32> = (0..tracks * 4)
        .map(|i| ((i * 37 % 11) as f32) - 5.0)
        .collect();
    let own = (0..tracks).map(|t| u8::from(t != 4)).collect();
    UnitVectors::new(4, rows, own, &world.catalogue)
}

#[test]
fn a_track_without_a_vector_has_its_artists_direction() {
    let world = support::world("moments-vectors", 30, 3);
    let v = vectors(&world);
    let mut mean = [0f32; 4];
    for t in [3, 5] {
        for (m, x) in mean.iter_mut().zip(v.row(t)) {
            *m += x;
        }
    }
    let length = mean.iter().map(|x| x * x).sum::<f32>().sqrt();
    for (m, x) in mean.iter().zip(v.row(4)) {
        assert!((m / length - x).abs() < 1e-6);
    }
    assert!(!v.is_own(4));
}

#[test]
fn rows_have_the_width_they_promise_and_finite_numbers() {
    let world = support::world("moments-rows", 30, 3);
    let v = vectors(&world);
    let c = &world.catalogue;
    let tracks = track_rows(&v, Some(&v), c, languages(c), true);
    assert_eq!(tracks.dense.len(), 30 * tracks.width);
    assert!(tracks.dense.iter().all(|x| x.is_finite()));
    for bag in &tracks.bags {
        assert_eq!(bag.off.len(), 31);
        assert!(bag.id.iter().all(|&id| (id as usize) < bag.table_rows));
    }
    let mut rows = listener_rows(&v, c, languages(c));
    let person = Person {
        country: 1,
        language: 9,
        age: 200,
        gender: 3,
    };
    let played = |track, last| Played {
        track,
        last,
        plays: 3.0,
        saved: false,
    };
    let history = [played(5, 1_699_990_000), played(1, 1_600_000_000)];
    push_listener(&mut rows, &v, c, &history, &person, 1.7e9);
    push_listener(&mut rows, &v, c, &[], &Person::default(), 1.7e9);
    assert_eq!(rows.dense.len(), 2 * rows.width);
    assert!(rows.dense.iter().all(|x| x.is_finite()));
    for bag in &rows.bags {
        assert_eq!(bag.off.len(), 3);
        assert!(bag.id.iter().all(|&id| (id as usize) < bag.table_rows));
    }
    let latest = &rows.dense[..4];
    let cosine: f32 = latest.iter().zip(v.row(5)).map(|(a, b)| a * b).sum();
    assert!(cosine > 0.999);
}
