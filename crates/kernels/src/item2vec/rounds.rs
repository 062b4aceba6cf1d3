//! Shards: parts of a round that train from the same rows, each on a copy of the rows it touches; their
//! changes are added in shard order, so threads do not matter.

use super::draws::Draws;
use super::start::Model;
use super::step::Matrices;
use super::train::{Course, Scratch};
use rayon::prelude::*;
use std::ops::Range;

/// Words of one shard in one round: small against the changes that one copy misses of the others.
const ROUND: usize = 8_192;

/// Rows of one matrix that a shard touched in this round.
struct Copies {
    /// Place in `ids` of a rank, or MAX.
    slot: Vec<u32>,
    ids: Vec<u32>,
    before: Vec<f32>,
    rows: Vec<f32>,
}

impl Copies {
    fn new(ranks: usize) -> Self {
        Self {
            slot: vec![u32::MAX; ranks],
            ids: Vec::new(),
            before: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn clear(&mut self) {
        for &id in &self.ids {
            self.slot[id as usize] = u32::MAX;
        }
        self.ids.clear();
        self.before.clear();
    }

    fn place(&mut self, id: u32, matrix: &[f32], stride: usize) -> u32 {
        let slot = &mut self.slot[id as usize];
        if *slot == u32::MAX {
            *slot = self.ids.len() as u32;
            self.ids.push(id);
            let row = id as usize * stride;
            self.before.extend_from_slice(&matrix[row..row + stride]);
        }
        *slot
    }

    /// Adds what changed.
    fn add_to(&self, matrix: &mut [f32], stride: usize) {
        let changed = self.rows.chunks_exact(stride);
        let before = self.before.chunks_exact(stride);
        for ((&id, row), old) in self.ids.iter().zip(changed).zip(before) {
            let into = &mut matrix[id as usize * stride..(id as usize + 1) * stride];
            for ((cell, x), y) in into.iter_mut().zip(row).zip(old) {
                *cell += x - y;
            }
        }
    }
}

struct Shard {
    draws: Draws,
    scratch: Scratch,
    input: Copies,
    output: Copies,
}

impl Shard {
    fn train(&mut self, course: &Course, model: &Model, epoch: usize, sequences: Range<usize>) {
        let stride = model.stride;
        self.draws.clear();
        for sequence in sequences {
            course.draw(epoch, sequence, &mut self.draws);
        }
        self.input.clear();
        self.output.clear();
        for word in &mut self.draws.word {
            *word = self.input.place(*word, &model.input, stride);
        }
        for output in self.draws.outputs.iter_mut().flatten() {
            *output = self.output.place(*output, &model.output, stride);
        }
        self.input.rows.clone_from(&self.input.before);
        self.output.rows.clone_from(&self.output.before);
        let mut rows = Matrices {
            input: &mut self.input.rows,
            output: &mut self.output.rows,
            stride,
        };
        course.train_draws(&self.draws, &mut rows, &mut self.scratch);
    }
}

/// All epochs, round after round.
pub fn train_rounds(course: &Course, model: &mut Model) {
    let ranks = model.input.len() / model.stride;
    let mut shards: Vec<Shard> = (0..course.params.shards)
        .map(|_| Shard {
            draws: Draws::default(),
            scratch: Scratch::new(course.params),
            input: Copies::new(ranks),
            output: Copies::new(ranks),
        })
        .collect();
    let off = &course.corpus.off;
    let sequences = off.len() - 1;
    for epoch in 0..course.params.epochs {
        let mut next = 0;
        while next < sequences {
            let parts: Vec<Range<usize>> = (0..shards.len())
                .map(|_| {
                    let from = next;
                    while next < sequences && off[next] - off[from] < ROUND {
                        next += 1;
                    }
                    from..next
                })
                .collect();
            let from: &Model = model;
            shards
                .par_iter_mut()
                .zip(parts)
                .for_each(|(shard, part)| shard.train(course, from, epoch, part));
            let stride = model.stride;
            rayon::join(
                || {
                    shards
                        .iter()
                        .for_each(|s| s.input.add_to(&mut model.input, stride))
                },
                || {
                    shards
                        .iter()
                        .for_each(|s| s.output.add_to(&mut model.output, stride))
                },
            );
        }
    }
}
