//! Loss and every gradient against a plain reference in double precision and its central differences.

use super::file::Towers;
use super::gemm::Simd;
use super::input::{BagRows, BagShape, Dropout, InputShape, Rows, Skip};
use super::params::{Correction, Loss, TowerParams, TripletNegatives};
use super::probe::{parameters, probe, set_parameters};
use super::train::{Examples, untrained};
use crate::error::Result;
use crate::rng::Rng;

/// Owned data of a small world with skips, bags, dropout, repeated tracks and hard negatives.
struct World {
    shapes: [InputShape; 2],
    dense: [Vec<f32>; 2],
    off: [Vec<u32>; 2],
    id: [Vec<u32>; 2],
    weight: [Vec<f32>; 2],
    listener: Vec<u32>,
    track: Vec<u32>,
    pair_weight: Vec<f32>,
    hard_off: Vec<u32>,
    hard_track: Vec<u32>,
    hard_weight: Vec<f32>,
    count: Vec<f32>,
}

const LISTENERS: usize = 5;
const TRACKS: usize = 9;
const UNIFORM: [u32; 6] = [8, 2, 0, 8, 4, 1];
const DROPPED: [u32; 2] = [1, 4];
const PAIRS: [u32; 7] = [0, 1, 2, 3, 4, 5, 6];

impl World {
    fn new() -> Self {
        let mut rng = Rng::new(&[5]);
        let skip = |from, scale| Skip {
            from,
            width: 4,
            scale,
        };
        let bag = |name: &str, table_rows, dim| BagShape {
            name: name.into(),
            table_rows,
            dim,
        };
        let shapes = [
            InputShape {
                width: 10,
                bags: vec![bag("artist", 6, 3)],
                skips: vec![skip(0, 0.7), skip(4, 0.3)],
                dropout: None,
            },
            InputShape {
                width: 9,
                bags: vec![bag("artist", 4, 5)],
                skips: vec![skip(0, 1.0)],
                dropout: Some(Dropout {
                    from: 4,
                    width: 3,
                    present: 8,
                }),
            },
        ];
        let mut even =
            |n: usize| -> Vec<f32> { (0..n).map(|_| rng.uniform() as f32 * 2.0 - 1.0).collect() };
        let dense = [even(LISTENERS * 10), even(TRACKS * 9)];
        let weight = [even(8), even(10)];
        Self {
            shapes,
            dense,
            off: [vec![0, 2, 2, 5, 7, 8], vec![0, 1, 2, 3, 4, 5, 6, 6, 8, 10]],
            id: [
                vec![0, 5, 1, 1, 3, 2, 0, 4],
                vec![0, 1, 1, 2, 0, 3, 2, 2, 1, 3],
            ],
            weight,
            listener: vec![0, 0, 1, 2, 3, 3, 4],
            track: vec![0, 3, 1, 0, 2, 4, 5],
            pair_weight: vec![1.0, 0.5, 2.0, 1.0, 0.25, 1.0, 1.5],
            hard_off: vec![0, 2, 3, 3, 4, 4, 6, 6],
            hard_track: vec![6, 3, 1, 7, 2, 6],
            hard_weight: vec![0.5, 0.0, -0.5, 1.0, 0.2, 0.1],
            count: vec![2.0, 1.0, 1.0, 3.0, 1.0, 1.0, 0.0, 0.0, 0.5],
        }
    }

    fn rows(&self, side: usize, count: usize) -> Result<Rows<'_>> {
        let bag = BagRows {
            off: &self.off[side],
            id: &self.id[side],
            weight: &self.weight[side],
        };
        Rows::new(&self.shapes[side], count, &self.dense[side], vec![bag])
    }

    fn examples(&self) -> Result<Examples<'_>> {
        Examples {
            listeners: self.rows(0, LISTENERS)?,
            tracks: self.rows(1, TRACKS)?,
            listener: &self.listener,
            track: &self.track,
            weight: &self.pair_weight,
            hard_off: &self.hard_off,
            hard_track: &self.hard_track,
            hard_weight: &self.hard_weight,
            count: &self.count,
            counted: 0.0,
        }
        .checked()
    }

    fn towers(&self, params: &TowerParams) -> Towers {
        let mut towers = untrained(params, &self.shapes[0], &self.shapes[1]);
        let mut rng = Rng::new(&[6]);
        let values: Vec<f32> = parameters(&towers)
            .iter()
            .map(|v| v + (rng.uniform() as f32 - 0.5) * 0.4)
            .collect();
        set_parameters(&mut towers, &values).unwrap();
        towers
    }

    /// A unit vector in double precision; takes the tower's parameters off the front of `p` by place.
    fn encode(&self, params: &TowerParams, side: usize, p: &[f64], row: usize) -> Vec<f64> {
        let (shape, h, d) = (&self.shapes[side], params.hidden, params.dimensions);
        let columns = shape.columns();
        let [w1, b1, w2] = [columns * h, h, h * d];
        let mut skip_at = w1 + b1 + w2 + d;
        let mut x: Vec<f64> = self.dense[side][row * shape.width..][..shape.width]
            .iter()
            .map(|&v| f64::from(v))
            .collect();
        if let (1, true, Some(block)) = (side, DROPPED.contains(&(row as u32)), &shape.dropout) {
            x[block.from..block.from + block.width].fill(0.0);
            x[block.present] = 0.0;
        }
        let table_at = skip_at + shape.skips.iter().map(|s| s.width * d).sum::<usize>();
        let dim = shape.bags[0].dim;
        for j in 0..dim {
            let bag = self.off[side][row] as usize..self.off[side][row + 1] as usize;
            let term = |at: usize| {
                f64::from(self.weight[side][at])
                    * p[table_at + self.id[side][at] as usize * dim + j]
            };
            x.push(bag.map(term).sum());
        }
        let hidden: Vec<f64> = (0..h)
            .map(|j| {
                (0..columns)
                    .fold(p[w1 + j], |s, i| s + x[i] * p[i * h + j])
                    .max(0.0)
            })
            .collect();
        let mut y: Vec<f64> = (0..d)
            .map(|j| {
                let from = w1 + b1;
                (0..h).fold(p[from + w2 + j], |s, i| s + hidden[i] * p[from + i * d + j])
            })
            .collect();
        for skip in &shape.skips {
            for (j, y) in y.iter_mut().enumerate() {
                *y += (0..skip.width)
                    .map(|i| x[skip.from + i] * p[skip_at + i * d + j])
                    .sum::<f64>();
            }
            skip_at += skip.width * d;
        }
        let norm = y.iter().map(|v| v * v).sum::<f64>().sqrt();
        y.iter().map(|v| v / norm).collect()
    }

    /// The loss as its definition says, one draw after the other.
    fn loss(&self, params: &TowerParams, p: &[f64]) -> f64 {
        let own = {
            let (s, h, d) = (&self.shapes[0], params.hidden, params.dimensions);
            let skips: usize = s.skips.iter().map(|skip| skip.width * d).sum();
            s.columns() * h + h + h * d + d + skips + s.bags[0].table_rows * s.bags[0].dim
        };
        let users: Vec<_> = (0..LISTENERS)
            .map(|r| self.encode(params, 0, &p[..own], r))
            .collect();
        let items: Vec<_> = (0..TRACKS)
            .map(|r| self.encode(params, 1, &p[own..], r))
            .collect();
        let cosine = |u: usize, t: usize| {
            users[u]
                .iter()
                .zip(&items[t])
                .map(|(a, b)| a * b)
                .sum::<f64>()
        };
        let counted: f64 = self.count.iter().map(|&c| f64::from(c)).sum();
        let expected = |t: usize| {
            let listed = f64::from(self.count[t]) / counted * PAIRS.len() as f64;
            (listed, UNIFORM.len() as f64 / TRACKS as f64)
        };
        let (mut sum, mut weights) = (0.0, 0.0);
        for (i, &who) in self.listener.iter().enumerate() {
            let (who, positive) = (who as usize, self.track[i] as usize);
            let known = |t: usize| {
                self.listener
                    .iter()
                    .zip(&self.track)
                    .any(|(&l, &k)| (l as usize, k as usize) == (who, t))
            };
            // (track, weight in the softmax's sum)
            let mut negatives: Vec<(usize, f64)> = Vec::new();
            for (kind, draws) in [&self.track[..], &UNIFORM[..]].into_iter().enumerate() {
                for &t in draws {
                    let (listed, drawn) = expected(t as usize);
                    let count = match (params.correction, kind) {
                        (Correction::None, _) => 1.0,
                        (Correction::Mixture, _) => listed + drawn,
                        (Correction::Own | Correction::Classic, 0) => listed,
                        (Correction::Own | Correction::Classic, _) => drawn,
                    };
                    negatives.push((t as usize, 1.0 / count));
                }
            }
            negatives.retain(|n| !known(n.0));
            let hard: Vec<(usize, f64)> = (self.hard_off[i] as usize
                ..self.hard_off[i + 1] as usize)
                .map(|h| {
                    (
                        self.hard_track[h] as usize,
                        f64::from(self.hard_weight[h]).exp(),
                    )
                })
                .filter(|n| !known(n.0))
                .collect();
            let s = cosine(who, positive);
            let loss = match params.loss {
                Loss::Softmax => {
                    let e = |s: f64| (s / params.temperature).exp();
                    let others: f64 = negatives
                        .iter()
                        .chain(&hard)
                        .map(|n| n.1 * e(cosine(who, n.0)))
                        .sum();
                    let own = if params.correction == Correction::Classic {
                        let (listed, drawn) = expected(positive);
                        let found = |draws: &[u32]| {
                            draws.iter().filter(|&&t| t as usize == positive).count() as f64
                        };
                        found(&self.track) / listed + found(&UNIFORM) / drawn
                    } else {
                        1.0
                    };
                    -(own * e(s) / (own * e(s) + others)).ln()
                }
                Loss::Triplet => {
                    let mut shared: Vec<usize> = negatives.iter().map(|n| n.0).collect();
                    shared.sort_unstable();
                    shared.dedup();
                    let all: Vec<f64> = shared
                        .into_iter()
                        .chain(hard.iter().map(|n| n.0))
                        .map(|t| (params.margin - s + cosine(who, t)).max(0.0))
                        .collect();
                    match params.triplet_negatives {
                        TripletNegatives::All => all.iter().sum::<f64>() / all.len() as f64,
                        TripletNegatives::Hardest => all.iter().fold(0.0, |a, b| f64::max(a, *b)),
                    }
                }
            };
            sum += f64::from(self.pair_weight[i]) * loss;
            weights += f64::from(self.pair_weight[i]);
        }
        sum / weights
    }
}

fn small(loss: Loss, triplet_negatives: TripletNegatives, correction: Correction) -> TowerParams {
    TowerParams {
        dimensions: 4,
        hidden: 6,
        temperature: 0.3,
        margin: 0.9,
        output_scale: 1.0,
        loss,
        triplet_negatives,
        correction,
        ..TowerParams::default()
    }
}

fn cases() -> [TowerParams; 6] {
    use {Correction as C, Loss as L, TripletNegatives as T};
    [
        small(L::Softmax, T::All, C::Own),
        small(L::Softmax, T::All, C::Mixture),
        small(L::Softmax, T::All, C::None),
        small(L::Softmax, T::All, C::Classic),
        small(L::Triplet, T::All, C::Own),
        small(L::Triplet, T::Hardest, C::Own),
    ]
}

#[test]
fn loss_and_every_gradient_are_those_of_the_reference() {
    let world = World::new();
    let examples = world.examples().unwrap();
    for params in cases() {
        let towers = world.towers(&params);
        let p: Vec<f64> = parameters(&towers).iter().map(|&v| f64::from(v)).collect();
        let found = probe(
            Simd::best(),
            towers,
            &examples,
            &PAIRS,
            &UNIFORM,
            &DROPPED,
            0,
        );
        let loss = world.loss(&params, &p);
        assert!(
            (found.loss - loss).abs() < 1e-5,
            "{params:?}: {} {loss}",
            found.loss
        );
        let mut moved = 0;
        for k in 0..p.len() {
            let at = |by: f64| {
                let mut q = p.clone();
                q[k] += by;
                world.loss(&params, &q)
            };
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            moved += usize::from(slope != 0.0);
            let own = f64::from(found.gradient[k]);
            assert!(
                (own - slope).abs() < 2e-5,
                "{params:?}: parameter {k}: {own} {slope}"
            );
        }
        assert!(moved * 2 > p.len(), "the batch moves most parameters");
    }
}

#[test]
fn both_paths_give_the_same_bits() {
    if !Simd::has_avx2() {
        return;
    }
    let world = World::new();
    let examples = world.examples().unwrap();
    for params in cases() {
        let run = |simd| {
            let towers = world.towers(&params);
            probe(simd, towers, &examples, &PAIRS, &UNIFORM, &DROPPED, 5)
        };
        let (plain, wide) = (run(Simd::Portable), run(Simd::Avx2));
        assert_eq!(plain.gradient, wide.gradient);
        assert_eq!(plain.stepped, wide.stepped);
        assert_eq!(plain.loss.to_bits(), wide.loss.to_bits());
    }
}

#[test]
fn an_untrained_tower_is_the_space_of_its_skips() {
    let world = World::new();
    let params = TowerParams {
        dimensions: 4,
        hidden: 6,
        ..TowerParams::default()
    };
    let towers = untrained(&params, &world.shapes[0], &world.shapes[1]);
    let found = towers.encode_tracks(&world.rows(1, TRACKS).unwrap());
    for (unit, dense) in found.chunks(4).zip(world.dense[1].chunks(9)) {
        let norm = dense[..4].iter().map(|v| v * v).sum::<f32>().sqrt();
        for (e, x) in unit.iter().zip(dense) {
            assert!((e - x / norm).abs() < 1e-6);
        }
    }
}

#[test]
fn what_cannot_be_trained_on_is_an_error_that_says_so() {
    let broken = |change: fn(&mut World)| {
        let mut world = World::new();
        change(&mut world);
        world
            .examples()
            .err()
            .map(|e| e.message)
            .unwrap_or_default()
    };
    assert!(broken(|w| w.dense[0][3] = f32::NAN).contains("dense holds NaN at 3"));
    assert!(broken(|w| w.weight[1][0] = f32::INFINITY).contains("bag \"artist\" holds inf"));
    assert!(broken(|w| w.pair_weight[0] = f32::NAN).contains("pair.weight"));
    assert!(broken(|w| w.track[0] = 9).contains("pair.track names 9"));
    assert!(broken(|w| w.listener[0] = 5).contains("pair.listener names 5"));
    assert!(broken(|w| w.hard_track[0] = 99).contains("hard.track names 99"));
    assert!(broken(|w| w.id[0][0] = 6).contains("bag \"artist\" names 6"));
    assert!(broken(|w| w.count[0] = 0.0).contains("count of zero"));
    let empty = |w: &mut World| {
        w.listener.clear();
        w.track.clear();
    };
    assert!(broken(empty).contains("no pairs"));
}

#[test]
fn a_listener_whose_output_is_zero_passes_nothing_on() {
    let mut world = World::new();
    world.dense[0][..10].fill(0.0);
    world.weight[0][..2].fill(0.0);
    let params = TowerParams {
        dimensions: 4,
        hidden: 6,
        ..TowerParams::default()
    };
    let towers = untrained(&params, &world.shapes[0], &world.shapes[1]);
    let found = probe(
        Simd::best(),
        towers,
        &world.examples().unwrap(),
        &PAIRS[..2],
        &[],
        &[],
        1,
    );
    assert!(found.loss.is_finite() && found.stepped.iter().all(|v| v.is_finite()));
}
