//! One batch looked at from outside: what tests and twins compare. Parameters are one flat array, the
//! listener's tower first, each in the order of [`super::network::Tower::all`].

use super::file::{Towers, all_mut};
use super::gemm::Simd;
use super::network::{Gradients, Tower};
use super::train::{Examples, Trainer};
use crate::error::{KernelError, Result};

/// Loss and gradient of a batch, and the parameters after some optimiser steps on it.
pub struct Probe {
    pub loss: f64,
    pub gradient: Vec<f32>,
    pub stepped: Vec<f32>,
}

/// `dropped` holds the tracks that lose their dropout block.
pub fn probe(
    simd: Simd,
    towers: Towers,
    examples: &Examples,
    pairs: &[u32],
    uniform: &[u32],
    dropped: &[u32],
    steps: u32,
) -> Probe {
    let mut trainer = Trainer::new(towers, examples, simd);
    let first = trainer.gradients(pairs, uniform, |track| dropped.contains(&track));
    let mut gradient = Vec::new();
    flatten(&trainer.towers.listener, &first.listener, &mut gradient);
    flatten(&trainer.towers.track, &first.track, &mut gradient);
    for _ in 0..steps {
        let step = trainer.gradients(pairs, uniform, |track| dropped.contains(&track));
        trainer.apply(&step);
    }
    Probe {
        loss: first.loss,
        gradient,
        stepped: parameters(&trainer.towers),
    }
}

pub fn parameters(towers: &Towers) -> Vec<f32> {
    let all = towers.listener.all().into_iter().chain(towers.track.all());
    all.flatten().copied().collect()
}

/// Replaces all parameters; another number of them is an error.
pub fn set_parameters(towers: &mut Towers, mut values: &[f32]) -> Result<()> {
    if values.len() != parameters(towers).len() {
        return Err(KernelError::new(
            "kernel.shape",
            format!("the towers have {} parameters", parameters(towers).len()),
        ));
    }
    for tower in [&mut towers.listener, &mut towers.track] {
        for tensor in all_mut(tower) {
            let (own, rest) = values.split_at(tensor.len());
            tensor.copy_from_slice(own);
            values = rest;
        }
    }
    Ok(())
}

fn flatten(tower: &Tower, gradients: &Gradients, out: &mut Vec<f32>) {
    gradients
        .dense
        .iter()
        .for_each(|g| out.extend_from_slice(g));
    for (sparse, bag) in gradients.tables.iter().zip(&tower.shape.bags) {
        let mut table = vec![0f32; bag.table_rows * bag.dim];
        for (&row, g) in sparse.rows.iter().zip(sparse.values.chunks_exact(bag.dim)) {
            table[row as usize * bag.dim..][..bag.dim].copy_from_slice(g);
        }
        out.extend(table);
    }
}
