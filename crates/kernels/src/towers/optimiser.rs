//! Adam (Kingma and Ba 2015) or Adagrad (Duchi et al. 2011) for the dense layers; Adagrad with one state
//! per row, touched rows only, for embedding tables.

use super::network::{Gradients, Tower};
use super::params::{Optimiser, TowerParams};

const DECAY: (f64, f64) = (0.9, 0.999);
const ADAM_EPSILON: f32 = 1e-8;
const ADAGRAD_EPSILON: f32 = 1e-10;

/// State of the optimiser for one tower.
pub struct State {
    /// Per dense tensor: first moments (empty for Adagrad), and second moments or sums of squares.
    dense: Vec<(Vec<f32>, Vec<f32>)>,
    /// Per table and row: the sum of the mean squares of its gradients.
    tables: Vec<Vec<f32>>,
    bias: (f64, f64),
}

impl State {
    pub fn new(tower: &mut Tower, params: &TowerParams) -> Self {
        let adam = params.optimiser == Optimiser::Adam;
        let dense = tower
            .dense_mut()
            .iter()
            .map(|t| {
                (
                    vec![0.0; if adam { t.len() } else { 0 }],
                    vec![0.0; t.len()],
                )
            })
            .collect();
        let tables = tower
            .shape
            .bags
            .iter()
            .map(|bag| vec![0.0; bag.table_rows])
            .collect();
        Self {
            dense,
            tables,
            bias: (1.0, 1.0),
        }
    }

    /// One step down the gradients.
    pub fn step(&mut self, tower: &mut Tower, gradients: &Gradients, params: &TowerParams) {
        self.bias = (self.bias.0 * DECAY.0, self.bias.1 * DECAY.1);
        for ((tensor, gradient), state) in tower
            .dense_mut()
            .into_iter()
            .zip(&gradients.dense)
            .zip(&mut self.dense)
        {
            match params.optimiser {
                Optimiser::Adam => adam(tensor, gradient, state, self.bias, params.learning_rate),
                Optimiser::Adagrad => {
                    adagrad(tensor, gradient, &mut state.1, params.learning_rate as f32);
                }
            }
        }
        let rate = params.table_learning_rate as f32;
        for (t, (gradient, state)) in gradients.tables.iter().zip(&mut self.tables).enumerate() {
            let dim = tower.shape.bags[t].dim;
            for (&row, g) in gradient.rows.iter().zip(gradient.values.chunks_exact(dim)) {
                let squares: f32 = g.iter().map(|g| g * g).sum();
                let sum = &mut state[row as usize];
                *sum += squares / dim as f32;
                let scale = rate / (sum.sqrt() + ADAGRAD_EPSILON);
                let values = &mut tower.tables[t][row as usize * dim..][..dim];
                values.iter_mut().zip(g).for_each(|(v, g)| *v -= scale * g);
            }
        }
    }
}

fn adam(
    tensor: &mut [f32],
    gradient: &[f32],
    state: &mut (Vec<f32>, Vec<f32>),
    bias: (f64, f64),
    rate: f64,
) {
    let step = (rate / (1.0 - bias.0)) as f32;
    let root = (1.0 / (1.0 - bias.1).sqrt()) as f32;
    let (keep, keep_squares) = (DECAY.0 as f32, DECAY.1 as f32);
    let (take, take_squares) = ((1.0 - DECAY.0) as f32, (1.0 - DECAY.1) as f32);
    for (((value, &g), m), v) in tensor
        .iter_mut()
        .zip(gradient)
        .zip(&mut state.0)
        .zip(&mut state.1)
    {
        *m = keep * *m + take * g;
        *v = keep_squares * *v + take_squares * (g * g);
        *value -= step * *m / (v.sqrt() * root + ADAM_EPSILON);
    }
}

fn adagrad(tensor: &mut [f32], gradient: &[f32], sum: &mut [f32], rate: f32) {
    for ((value, &g), sum) in tensor.iter_mut().zip(gradient).zip(sum) {
        *sum += g * g;
        *value -= rate * g / (sum.sqrt() + ADAGRAD_EPSILON);
    }
}
