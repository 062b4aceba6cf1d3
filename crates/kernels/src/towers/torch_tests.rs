//! The committed batch of `bench/oracles/towers.py`: loss, gradients and two optimiser steps of torch.

use super::gemm::Simd;
use super::input::{BagRows, InputShape, Rows};
use super::params::{Loss, Optimiser, TowerParams, TripletNegatives};
use super::probe::{probe, set_parameters};
use super::train::{Examples, untrained};
use serde::Deserialize;

#[derive(Deserialize)]
struct Inputs {
    dense: Vec<f32>,
    off: Vec<u32>,
    id: Vec<u32>,
    weight: Vec<f32>,
}

#[derive(Deserialize)]
struct Case {
    loss: Loss,
    optimiser: Optimiser,
    start: Vec<f32>,
    value: f64,
    gradient: Vec<f32>,
    stepped: Vec<f32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Oracle {
    listener_shape: InputShape,
    track_shape: InputShape,
    listeners: Inputs,
    tracks: Inputs,
    listener: Vec<u32>,
    track: Vec<u32>,
    weight: Vec<f32>,
    hard_off: Vec<u32>,
    hard_track: Vec<u32>,
    hard_weight: Vec<f32>,
    count: Vec<f32>,
    uniform: Vec<u32>,
    dropped: Vec<u32>,
    cases: Vec<Case>,
}

fn rows<'a>(shape: &InputShape, inputs: &'a Inputs) -> Rows<'a> {
    let bag = BagRows {
        off: &inputs.off,
        id: &inputs.id,
        weight: &inputs.weight,
    };
    Rows::new(shape, inputs.off.len() - 1, &inputs.dense, vec![bag]).unwrap()
}

fn worst(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let gaps = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    gaps.fold(0.0, f32::max)
}

#[test]
fn loss_gradients_and_two_steps_are_those_of_torch() {
    let oracle: Oracle = serde_json::from_str(include_str!("torch.json")).unwrap();
    let examples = Examples {
        listeners: rows(&oracle.listener_shape, &oracle.listeners),
        tracks: rows(&oracle.track_shape, &oracle.tracks),
        listener: &oracle.listener,
        track: &oracle.track,
        weight: &oracle.weight,
        hard_off: &oracle.hard_off,
        hard_track: &oracle.hard_track,
        hard_weight: &oracle.hard_weight,
        count: &oracle.count,
        counted: 0.0,
    };
    let examples = examples.checked().unwrap();
    let pairs: Vec<u32> = (0..oracle.track.len() as u32).collect();
    assert_eq!(oracle.cases.len(), 3);
    for case in &oracle.cases {
        let params = TowerParams {
            dimensions: 8,
            hidden: 12,
            temperature: 0.2,
            margin: 0.7,
            triplet_negatives: TripletNegatives::All,
            loss: case.loss,
            optimiser: case.optimiser,
            learning_rate: 0.01,
            table_learning_rate: 0.05,
            ..TowerParams::default()
        };
        let mut towers = untrained(&params, &oracle.listener_shape, &oracle.track_shape);
        set_parameters(&mut towers, &case.start).unwrap();
        let (uniform, dropped) = (&oracle.uniform, &oracle.dropped);
        let found = probe(Simd::best(), towers, &examples, &pairs, uniform, dropped, 2);
        let name = format!("{:?} {:?}", case.loss, case.optimiser);
        assert!((found.loss - case.value).abs() < 1e-5, "{name}: loss");
        let gap = worst(&found.gradient, &case.gradient);
        assert!(gap < 1e-5, "{name}: gradients differ by {gap}");
        let gap = worst(&found.stepped, &case.stepped);
        assert!(gap < 1e-5, "{name}: parameters differ by {gap}");
    }
}
