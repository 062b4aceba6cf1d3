use super::step::{LANES, Matrices, Path, TILE, Tile, sigmoid};
use super::vocabulary::keep;
use super::*;
use crate::math;
use crate::rng::Rng;

/// Runs that stay within one of two blocks of 20 tracks.
fn blocks(runs: usize, seed: u32) -> Sequences {
    let mut rng = Rng::new(&[seed]);
    let mut all = Sequences::default();
    for run in 0..runs {
        let block = run as u32 % 2 * 20;
        let length = 3 + rng.next_u32() % 10;
        all.track
            .extend((0..length).map(|_| block + rng.next_u32() % 20));
        all.off.push(all.track.len());
    }
    all
}

fn params() -> Item2vecParams {
    Item2vecParams {
        dimensions: 16,
        epochs: 20,
        learning_rate: 0.05,
        ..Item2vecParams::default()
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |x: &[f32], y: &[f32]| -> f64 {
        x.iter()
            .zip(y)
            .map(|(&p, &q)| f64::from(p) * f64::from(q))
            .sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Share of tracks whose nearest other track is of their block.
fn purity(v: &Vectors, tracks: u32) -> f64 {
    let row = |t: u32| &v.input[t as usize * v.dimensions..(t as usize + 1) * v.dimensions];
    let pure = (0..tracks).filter(|&t| {
        let nearest = (0..tracks)
            .filter(|&o| o != t)
            .max_by(|&a, &b| cosine(row(t), row(a)).total_cmp(&cosine(row(t), row(b))));
        nearest.is_some_and(|o| o / 20 == t / 20)
    });
    pure.count() as f64 / f64::from(tracks)
}

#[test]
fn learns_planted_blocks_with_any_number_of_shards() {
    for shards in [1, 2, 4] {
        let p = Item2vecParams { shards, ..params() };
        let found = train(&blocks(600, 1), 40, &p, None).unwrap();
        assert_eq!(purity(&found, 40), 1.0, "{shards} shards");
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let sequences = blocks(4000, 2);
    let p = Item2vecParams {
        shards: 3,
        epochs: 2,
        subsample: 0.01,
        ..params()
    };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| train(&sequences, 40, &p, None).unwrap())
    };
    assert_eq!(with(1), with(4));
}

fn matrix(n: usize, seed: u32) -> Vec<f32> {
    let mut rng = Rng::new(&[seed]);
    (0..n).map(|_| (rng.uniform() as f32 - 0.5) * 2.0).collect()
}

#[test]
#[cfg(target_arch = "x86_64")]
fn both_paths_give_the_same_bits() {
    if !is_x86_feature_detected!("avx2") || !is_x86_feature_detected!("fma") {
        return;
    }
    let mut rng = Rng::new(&[3]);
    for stride in [8, 24, 64] {
        for contexts in 0..11 {
            let ids: Vec<u32> = (0..contexts).map(|_| rng.next_u32() % 7).collect();
            let outputs: [u32; TILE] = std::array::from_fn(|_| rng.next_u32() % 9);
            let scale = if contexts % 2 == 0 { 1.0 } else { 40.0 };
            let tile = Tile {
                contexts: &ids,
                outputs: &outputs,
                label: &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                rate: &[0.1, 0.1, 0.0, 0.1, 0.1, 0.1, 0.0, 0.0],
            };
            let run = |path: Path| {
                let mut input: Vec<f32> = matrix(7 * stride, 1).iter().map(|x| x * scale).collect();
                let mut output = matrix(9 * stride, 2);
                let mut errors = vec![[0f32; LANES]; contexts];
                let mut rows = Matrices {
                    input: &mut input,
                    output: &mut output,
                    stride,
                };
                // SAFETY: ids are below 7 and 9, errors has a row per context, AVX2 was detected.
                unsafe { path.step(&mut rows, &tile, &mut errors) };
                let bits = input.iter().chain(&output).map(|x| x.to_bits());
                bits.collect::<Vec<_>>()
            };
            assert_eq!(run(Path::Portable), run(Path::Avx2), "{stride} {contexts}");
        }
    }
}

#[test]
fn a_step_follows_the_gradient_of_the_loss() {
    let (stride, rate) = (8, 1e-3f32);
    let (input, output) = (matrix(4 * stride, 5), matrix(7 * stride, 6));
    let (contexts, outputs) = ([0u32, 3, 1], [2u32, 0, 5, 6, 1, 4]);
    let loss = |input: &[f64], output: &[f64]| -> f64 {
        let mut sum = 0.0;
        for &c in &contexts {
            for (n, &o) in outputs.iter().enumerate() {
                let dot: f64 = (0..stride)
                    .map(|k| input[c as usize * stride + k] * output[o as usize * stride + k])
                    .sum();
                sum -= math::ln(math::sigmoid(if n == 0 { dot } else { -dot }));
            }
        }
        sum
    };
    let (mut a, mut b) = (input.clone(), output.clone());
    let mut label = [0.0; LANES];
    label[0] = 1.0;
    let tile = Tile {
        contexts: &contexts,
        outputs: &outputs,
        label: &label,
        rate: &[rate; LANES],
    };
    let mut rows = Matrices {
        input: &mut a,
        output: &mut b,
        stride,
    };
    // SAFETY: ids are rows, errors has a row per context, the path is portable.
    unsafe { Path::Portable.step(&mut rows, &tile, &mut [[0.0; LANES]; 3]) };
    let wide = |m: &[f32]| m.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
    let h = 1e-5;
    for at in 0..input.len() + output.len() {
        let moved = |by: f64| {
            let (mut x, mut y) = (wide(&input), wide(&output));
            match at.checked_sub(input.len()) {
                None => x[at] += by,
                Some(at) => y[at] += by,
            }
            loss(&x, &y)
        };
        let slope = (moved(h) - moved(-h)) / (2.0 * h);
        let change = match at.checked_sub(input.len()) {
            None => a[at] - input[at],
            Some(at) => b[at] - output[at],
        };
        let found = -f64::from(change) / f64::from(rate);
        assert!(
            (found - slope).abs() < 1e-3,
            "{at}: {found} against {slope}"
        );
    }
}

#[test]
fn the_sigmoid_is_exact_to_single_precision() {
    for i in -2500..=2500 {
        let x = i as f32 / 100.0;
        let exact = math::sigmoid(f64::from(x));
        assert!((f64::from(sigmoid(x)) - exact).abs() < 2e-7, "{x}");
    }
}

#[test]
fn negatives_follow_the_exponent() {
    let counts = [100, 50, 10, 4, 1];
    for exponent in [-0.5, 0.0, 0.75, 1.0] {
        let table = negatives::AliasTable::new(&counts, exponent);
        let mut rng = Rng::new(&[9]);
        let mut drawn = [0u32; 5];
        (0..200_000).for_each(|_| drawn[table.draw(&mut rng) as usize] += 1);
        let share = counts.map(|c| math::powf(f64::from(c), exponent));
        let total: f64 = share.iter().sum();
        for (d, s) in drawn.iter().zip(share) {
            let found = f64::from(*d) / 200_000.0;
            assert!((found - s / total).abs() < 0.005, "{exponent}: {drawn:?}");
        }
    }
}

#[test]
fn subsampling_keeps_by_word2vecs_rule() {
    let kept = keep(&[900, 90, 10], 0.01);
    let expected = [900.0f64, 90.0, 10.0].map(|c| {
        let share = c / 1000.0;
        ((share / 0.01).sqrt() + 1.0) * 0.01 / share
    });
    for (k, e) in kept.iter().zip(expected) {
        assert!((*k as f64 / 4_294_967_296.0 - e.min(1.0)).abs() < 1e-9);
    }
    assert_eq!(keep(&[5, 1], 0.0), [1 << 32, 1 << 32]);
}

#[test]
fn a_warm_start_keeps_old_rows_and_places_new_tracks_among_their_company() {
    let base = train(&blocks(600, 1), 42, &params(), None).unwrap();
    let mut day = Sequences::default();
    day.track.extend([0, 1, 40, 2, 3, 4, 5]);
    day.off.push(7);
    let little = Item2vecParams {
        epochs: 1,
        learning_rate: 0.01,
        ..params()
    };
    let found = train(&day, 42, &little, Some(&base)).unwrap();
    let row = |v: &Vectors, t: usize| v.input[t * 16..(t + 1) * 16].to_vec();
    assert_eq!(row(&found, 30), row(&base, 30));
    assert_eq!(found.count[30], base.count[30]);
    assert!(cosine(&row(&found, 0), &row(&base, 0)) > 0.99);
    let near = |t| cosine(&row(&found, 40), &row(&found, t));
    assert!(near(10) > near(30), "{} {}", near(10), near(30));
    assert_eq!((found.count[41], row(&found, 41)), (0, vec![0.0; 16]));
    assert_eq!(purity(&found, 40), 1.0);
}

#[test]
fn an_overlay_holds_the_touched_rows_alone() {
    let base = train(&blocks(600, 1), 42, &params(), None).unwrap();
    let day = Sequences {
        off: vec![0, 4],
        track: vec![3, 40, 7, 3],
    };
    let little = Item2vecParams {
        epochs: 2,
        ..params()
    };
    let found = update(&day, &base, &[(25, base.count[25]), (41, 9)], &little).unwrap();
    assert_eq!(found.track, [3, 7, 25, 40]);
    let counts = [base.count[3] + 2, base.count[7] + 1, base.count[25], 1];
    assert_eq!(found.count, counts);
    assert_eq!(found.input[32..48], base.input[25 * 16..26 * 16]);
    assert_ne!(found.output[32..48], base.output[25 * 16..26 * 16]);
    assert_eq!(
        update(&day, &base, &[(25, base.count[25]), (41, 9)], &little).unwrap(),
        found
    );
    let none = update(&Sequences::default(), &base, &[], &little).unwrap();
    assert_eq!(none, Overlay::default());
    assert!(update(&day, &base, &[(25, 1), (25, 1)], &little).is_err());
}

#[test]
fn empty_short_and_rare_input_gives_zero_rows() {
    let p = params();
    assert!(
        train(&Sequences::default(), 0, &p, None)
            .unwrap()
            .input
            .is_empty()
    );
    let lone = Sequences {
        off: vec![0, 1, 1],
        track: vec![1],
    };
    let found = train(&lone, 2, &p, None).unwrap();
    assert_eq!(found.count, [0, 1]);
    let rare = Item2vecParams {
        min_count: 2,
        shards: 2,
        ..params()
    };
    let found = train(
        &Sequences {
            off: vec![0, 3],
            track: vec![0, 1, 1],
        },
        2,
        &rare,
        None,
    )
    .unwrap();
    assert_eq!(found.count, [0, 2]);
    assert!(found.input[..16].iter().all(|&x| x == 0.0));
}

#[test]
fn what_does_not_fit_is_refused() {
    let p = params();
    let wrong = [
        Sequences {
            off: vec![0, 2],
            track: vec![0, 5],
        },
        Sequences {
            off: vec![0, 1],
            track: vec![0, 1],
        },
        Sequences {
            off: vec![0, 2, 1, 2],
            track: vec![0, 1],
        },
        Sequences {
            off: vec![],
            track: vec![],
        },
    ];
    for sequences in wrong {
        let error = train(&sequences, 5, &p, None).unwrap_err();
        assert_eq!(error.code, "kernel.shape");
    }
    for text in [
        r#"{"window":0}"#,
        r#"{"subsample":1}"#,
        r#"{"shards":0}"#,
        r#"{"windows":3}"#,
    ] {
        assert_eq!(
            Item2vecParams::parse(text).unwrap_err().code,
            "item2vec.params"
        );
    }
    let base = train(&blocks(20, 1), 40, &p, None).unwrap();
    let other = Item2vecParams {
        dimensions: 8,
        ..params()
    };
    assert!(train(&blocks(20, 1), 40, &other, Some(&base)).is_err());
    let wild = Item2vecParams {
        learning_rate: 1e38,
        ..params()
    };
    let error = train(&blocks(200, 1), 40, &wild, None).unwrap_err();
    assert_eq!(error.code, "item2vec.diverged");
}
