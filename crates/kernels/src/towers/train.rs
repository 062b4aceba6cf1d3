//! Training: shuffled pairs, step by step.

use super::batch::{Batch, draw_uniform};
use super::file::Towers;
use super::gemm::Simd;
use super::input::{InputShape, Rows, finite, within};
use super::loss::loss;
use super::network::{Gradients, Tower};
use super::optimiser::State;
use super::params::{TowerParams, wrong};
use crate::col::Col;
use crate::error::{KernelError, Result};
use crate::rng::{Rng, hash32, uniform_at};
use std::path::Path;

/// Checked training data; everything per pair but `count` (per track) and `hard_*`.
pub struct Examples<'a> {
    pub listeners: Rows<'a>,
    pub tracks: Rows<'a>,
    pub listener: &'a [u32],
    pub track: &'a [u32],
    pub weight: &'a [f32],
    /// Pairs + 1 offsets into the hard negatives and their log weights.
    pub hard_off: &'a [u32],
    pub hard_track: &'a [u32],
    pub hard_weight: &'a [f32],
    /// Training frequency of every track.
    pub count: &'a [f32],
    /// Sum of `count`.
    pub counted: f64,
}

impl<'a> Examples<'a> {
    /// Columns `pair.*`, `hard.*` and `track.count` of the examples' file beside both inputs.
    pub fn open(examples: &'a Col, listeners: Rows<'a>, tracks: Rows<'a>) -> Result<Self> {
        let found = Self {
            listeners,
            tracks,
            listener: examples.get("pair.listener")?,
            track: examples.get("pair.track")?,
            weight: examples.get("pair.weight")?,
            hard_off: examples.get("hard.off")?,
            hard_track: examples.get("hard.track")?,
            hard_weight: examples.get("hard.weight")?,
            count: examples.get("track.count")?,
            counted: 0.0,
        };
        found.checked().map_err(|e| {
            KernelError::new(
                e.code,
                format!("{}: {}", examples.path().display(), e.message),
            )
        })
    }

    /// Fills in `counted`. No pairs, ids out of range, values that are not finite, weights below zero
    /// and positives without a count are errors.
    pub fn checked(mut self) -> Result<Self> {
        let shape = |message: &str| KernelError::new("kernel.shape", message);
        let pairs = self.listener.len();
        if pairs == 0 {
            return Err(wrong("there are no pairs to train on"));
        }
        let off = self.hard_off;
        let fits = self.track.len() == pairs
            && self.weight.len() == pairs
            && off.len() == pairs + 1
            && off[0] == 0
            && off[pairs] as usize == self.hard_track.len()
            && off.windows(2).all(|pair| pair[0] <= pair[1])
            && self.hard_track.len() == self.hard_weight.len()
            && self.count.len() == self.tracks.count;
        if !fits {
            return Err(shape("the columns of pairs do not fit each other"));
        }
        within(self.listener, self.listeners.count, "pair.listener")?;
        within(self.track, self.tracks.count, "pair.track")?;
        within(self.hard_track, self.tracks.count, "hard.track")?;
        finite(self.weight, "pair.weight")?;
        finite(self.hard_weight, "hard.weight")?;
        finite(self.count, "track.count")?;
        if self
            .weight
            .iter()
            .chain(self.count)
            .any(|&value| value < 0.0)
        {
            return Err(shape("a weight or count is below zero"));
        }
        if self
            .track
            .iter()
            .any(|&track| self.count[track as usize] == 0.0)
        {
            return Err(shape("a pair's track has a count of zero"));
        }
        self.counted = self.count.iter().map(|&count| f64::from(count)).sum();
        Ok(self)
    }
}

/// Counts of a run; `losses` are the weighted means of each epoch's steps, as they were met.
pub struct TrainStats {
    pub pairs: usize,
    pub steps: u32,
    pub losses: Vec<f64>,
    /// Content digest of `towers.col`; empty where nothing was written.
    pub digest: String,
}

/// Loss and gradients of one batch.
pub struct Step {
    pub loss: f64,
    pub weight: f64,
    pub listener: Gradients,
    pub track: Gradients,
}

/// Both towers with their optimisers.
pub struct Trainer<'a> {
    pub towers: Towers,
    examples: &'a Examples<'a>,
    states: (State, State),
    simd: Simd,
}

impl<'a> Trainer<'a> {
    pub fn new(mut towers: Towers, examples: &'a Examples<'a>, simd: Simd) -> Self {
        let params = towers.params.clone();
        let states = (
            State::new(&mut towers.listener, &params),
            State::new(&mut towers.track, &params),
        );
        Self {
            towers,
            examples,
            states,
            simd,
        }
    }

    /// Loss and gradients for these pairs and uniform draws; `dropped` says which tracks lose their block.
    pub fn gradients(&self, pairs: &[u32], uniform: &[u32], dropped: impl Fn(u32) -> bool) -> Step {
        let (simd, params) = (self.simd, &self.towers.params);
        let Towers {
            listener, track, ..
        } = &self.towers;
        let batch = Batch::new(self.examples, params, pairs, uniform);
        let (from, to) = (&self.examples.listeners, &self.examples.tracks);
        let users = listener.forward(simd, from, &batch.listeners, |_| false);
        let items = track.forward(simd, to, &batch.tracks, dropped);
        let found = loss(simd, params, &batch, &users.unit, &items.unit);
        Step {
            loss: found.loss,
            weight: batch.weight,
            listener: listener.backward(simd, from, &batch.listeners, &users, found.listeners),
            track: track.backward(simd, to, &batch.tracks, &items, found.tracks),
        }
    }

    /// One step of both optimisers.
    pub fn apply(&mut self, step: &Step) {
        let Towers {
            params,
            listener,
            track,
        } = &mut self.towers;
        self.states.0.step(listener, &step.listener, params);
        self.states.1.step(track, &step.track, params);
    }

    /// All epochs. `progress(epoch, pairs done, pairs, mean loss so far)` may end the run early by false,
    /// which is an error.
    pub fn run(&mut self, progress: &dyn Fn(u32, usize, usize, f64) -> bool) -> Result<TrainStats> {
        let params = self.towers.params.clone();
        let pairs = self.examples.listener.len();
        let tracks = self.examples.tracks.count;
        let mut stats = TrainStats {
            pairs,
            steps: 0,
            losses: Vec::new(),
            digest: String::new(),
        };
        for epoch in 0..params.epochs {
            let order = shuffled(pairs, params.seed, epoch);
            let (mut sum, mut weight, mut done) = (0.0, 0.0, 0);
            for (number, some) in (0..).zip(order.chunks(params.batch)) {
                let uniform = draw_uniform(&params, epoch, number, tracks);
                let key = hash32(&[params.seed, 13, epoch, number]);
                let dropped = |track: u32| uniform_at(&[key, track]) < params.input_dropout;
                let step = self.gradients(some, &uniform, dropped);
                if !step.loss.is_finite() {
                    return Err(KernelError::new(
                        "towers.diverged",
                        format!("the loss of epoch {epoch} is not finite; lower learningRate"),
                    ));
                }
                if step.weight > 0.0 {
                    self.apply(&step);
                }
                stats.steps += 1;
                done += some.len();
                sum += step.loss * step.weight;
                weight += step.weight;
                let mean = if weight > 0.0 { sum / weight } else { 0.0 };
                if !progress(epoch, done, pairs, mean) {
                    return Err(KernelError::new("towers.stopped", "training was stopped"));
                }
            }
            stats
                .losses
                .push(if weight > 0.0 { sum / weight } else { 0.0 });
        }
        Ok(stats)
    }
}

fn shuffled(n: usize, seed: u32, epoch: u32) -> Vec<u32> {
    let mut rng = Rng::new(&[seed, 12, epoch]);
    let mut order: Vec<u32> = (0..n as u32).collect();
    for i in (1..n).rev() {
        order.swap(i, (rng.uniform() * (i + 1) as f64) as usize);
    }
    order
}

/// Untrained towers for two inputs.
pub fn untrained(params: &TowerParams, listener: &InputShape, track: &InputShape) -> Towers {
    Towers {
        params: params.clone(),
        listener: Tower::new(listener, params, 1),
        track: Tower::new(track, params, 2),
    }
}

/// Trains on `tower-tracks.col` and `tower-examples.col` and writes `towers.col`. The same files,
/// parameters and seed give the same bytes for any number of threads and on any processor.
pub fn train_files(
    params: &TowerParams,
    tracks: &Path,
    examples: &Path,
    out: &Path,
    progress: &dyn Fn(u32, usize, usize, f64) -> bool,
) -> Result<TrainStats> {
    params.check()?;
    let (tracks, examples) = (Col::open(tracks)?, Col::open(examples)?);
    let (track_shape, track_rows) = Rows::open(&tracks)?;
    let (listener_shape, listener_rows) = Rows::open(&examples)?;
    let data = Examples::open(&examples, listener_rows, track_rows)?;
    let towers = untrained(params, &listener_shape, &track_shape);
    let mut trainer = Trainer::new(towers, &data, Simd::best());
    let mut stats = trainer.run(progress)?;
    stats.digest = trainer.towers.write(out)?;
    Ok(stats)
}
