//! Loss of a batch and its gradients with respect to the unit vectors of both towers: sampled softmax with
//! corrected negatives (Yi et al. 2019; mixed with uniform draws, Yang et al. 2020), or triplets.

use super::batch::Batch;
use super::gemm::{Simd, Strided, multiply_add, transpose};
use super::network::{add_scaled, dot, tree};
use super::params::{Correction, Loss, TowerParams, TripletNegatives};
use crate::math::ln;
use rayon::prelude::*;

/// Loss, and its gradients by distinct listener and by distinct track.
pub struct LossGradients {
    pub loss: f64,
    pub listeners: Vec<f32>,
    pub tracks: Vec<f32>,
}

const LANES: usize = 8;

/// The weighted mean over the pairs. Softmax: -ln of the positive's share of the sum of
/// exp(cosine / temperature, and the log weight of a negative); the positive is uncorrected (but for
/// `Correction::Classic`), masked tracks are left out. Triplet: max(0, margin - positive, and the negative) in cosines, for the hardest negative
/// or as a mean over all distinct ones; weights of negatives play no part. A pair without negatives has a
/// loss of 0.
pub fn loss(
    simd: Simd,
    params: &TowerParams,
    batch: &Batch,
    listeners: &[f32],
    tracks: &[f32],
) -> LossGradients {
    let (d, n, shared) = (params.dimensions, batch.listener.len(), batch.shared);
    let stride = shared.next_multiple_of(LANES);
    let mut users = Vec::with_capacity(n * d);
    for &who in &batch.listener {
        users.extend_from_slice(&listeners[who as usize * d..][..d]);
    }
    let turned = transpose(&tracks[..shared * d], d, stride);
    let mut scores = vec![0f32; n * stride];
    multiply_add(
        simd,
        Strided::rows(&users, d),
        &turned,
        &mut scores,
        d,
        stride,
    );
    let mut log_weight = batch.log_weight.clone();
    log_weight.resize(stride, f32::NEG_INFINITY);

    let row = |(i, row): (usize, &mut [f32])| -> (f64, Vec<f32>) {
        let user = &users[i * d..(i + 1) * d];
        let mut hard: Vec<f32> = batch.hard[i]
            .iter()
            .map(|hard| dot(user, &tracks[hard.track as usize * d..][..d]))
            .collect();
        let loss = match params.loss {
            Loss::Softmax => softmax(simd, params, batch, i, &log_weight, row, &mut hard),
            Loss::Triplet => triplet(params, batch, i, row, &mut hard),
        };
        (loss * f64::from(batch.share[i]), hard)
    };
    let rows: Vec<(f64, Vec<f32>)> = scores
        .par_chunks_mut(stride)
        .with_min_len(16)
        .enumerate()
        .map(row)
        .collect();

    let mut by_pair = vec![0f32; n * d];
    let mut by_track = vec![0f32; tracks.len()];
    multiply_add(
        simd,
        Strided::rows(&scores, stride),
        tracks,
        &mut by_pair,
        shared,
        d,
    );
    let shared_rows = &mut by_track[..shared * d];
    multiply_add(
        simd,
        Strided::transposed(&scores, stride),
        &users,
        shared_rows,
        n,
        d,
    );
    let mut by_listener = vec![0f32; listeners.len()];
    for (i, (_, hard)) in rows.iter().enumerate() {
        let own = &mut by_pair[i * d..(i + 1) * d];
        for (hard, &slope) in batch.hard[i].iter().zip(hard) {
            let at = hard.track as usize * d;
            add_scaled(own, slope, &tracks[at..at + d]);
            add_scaled(&mut by_track[at..at + d], slope, &users[i * d..(i + 1) * d]);
        }
        add_scaled(
            &mut by_listener[batch.listener[i] as usize * d..][..d],
            1.0,
            own,
        );
    }
    LossGradients {
        loss: rows.iter().map(|row| row.0).sum(),
        listeners: by_listener,
        tracks: by_track,
    }
}

/// Turns a row of cosines into the slopes of the loss; likewise those of the pair's hard negatives.
fn softmax(
    simd: Simd,
    params: &TowerParams,
    batch: &Batch,
    i: usize,
    log_weight: &[f32],
    row: &mut [f32],
    hard: &mut [f32],
) -> f64 {
    let sharpness = (1.0 / params.temperature) as f32;
    let own = batch.positive[i] as usize;
    let uncorrected = row[own] * sharpness;
    corrected(row, log_weight, sharpness);
    if params.correction != Correction::Classic {
        row[own] = uncorrected;
    }
    let positive = row[own];
    batch
        .masked(i)
        .for_each(|place| row[place] = f32::NEG_INFINITY);
    for (z, hard) in hard.iter_mut().zip(&batch.hard[i]) {
        *z = *z * sharpness + hard.log_weight;
    }
    let most = hard
        .iter()
        .fold(highest(row), |most, &z| if z > most { z } else { most });
    let mut sum = match simd {
        Simd::Portable => exponents(row, most),
        Simd::Avx2 => exponents_avx2(row, most),
    };
    for z in hard.iter_mut() {
        *z = exp_negative(*z - most);
        sum += *z;
    }
    let slope = batch.share[i] * sharpness;
    let scale = slope / sum;
    row.iter_mut().chain(hard).for_each(|p| *p *= scale);
    row[own] -= slope;
    f64::from(most) + ln(f64::from(sum)) - f64::from(positive)
}

fn triplet(
    params: &TowerParams,
    batch: &Batch,
    i: usize,
    row: &mut [f32],
    hard: &mut [f32],
) -> f64 {
    let own = batch.positive[i] as usize;
    let gap = params.margin - f64::from(row[own]);
    let slope = f64::from(batch.share[i]);
    row[batch.shared..].fill(f32::NEG_INFINITY);
    row[own] = f32::NEG_INFINITY;
    batch
        .masked(i)
        .for_each(|place| row[place] = f32::NEG_INFINITY);
    let mut negatives: Vec<&mut f32> = row.iter_mut().chain(hard).collect();
    let mut loss = 0.0;
    match params.triplet_negatives {
        TripletNegatives::Hardest => {
            let mut hardest = (f32::NEG_INFINITY, usize::MAX);
            for (at, score) in negatives.iter().enumerate() {
                if **score > hardest.0 {
                    hardest = (**score, at);
                }
            }
            let hinge = gap + f64::from(hardest.0);
            negatives.iter_mut().for_each(|slot| **slot = 0.0);
            if hinge > 0.0 {
                loss = hinge;
                *negatives[hardest.1] = slope as f32;
                row[own] = -slope as f32;
            }
        }
        TripletNegatives::All => {
            let present = negatives
                .iter()
                .filter(|score| ***score > f32::NEG_INFINITY)
                .count();
            let each = 1.0 / present.max(1) as f64;
            let mut active = 0u32;
            for slot in negatives {
                let hinge = gap + f64::from(*slot);
                *slot = 0.0;
                if hinge > 0.0 {
                    loss += hinge * each;
                    active += 1;
                    *slot = (slope * each) as f32;
                }
            }
            row[own] = -(slope * each * f64::from(active)) as f32;
        }
    }
    loss
}

fn corrected(row: &mut [f32], log_weight: &[f32], sharpness: f32) {
    for (z, w) in row.iter_mut().zip(log_weight) {
        *z = *z * sharpness + w;
    }
}

fn highest(row: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for chunk in row.as_chunks::<LANES>().0 {
        for (most, &z) in lanes.iter_mut().zip(chunk) {
            *most = if z > *most { z } else { *most };
        }
    }
    lanes
        .into_iter()
        .fold(f32::NEG_INFINITY, |most, z| if z > most { z } else { most })
}

/// Replaces the row by exp(z - most) and sums it in eight lanes.
#[inline(always)]
fn exponents(row: &mut [f32], most: f32) -> f32 {
    let mut lanes = [0f32; LANES];
    for chunk in row.as_chunks_mut::<LANES>().0 {
        for (sum, z) in lanes.iter_mut().zip(chunk) {
            *z = exp_negative(*z - most);
            *sum += *z;
        }
    }
    tree(lanes)
}

#[cfg(target_arch = "x86_64")]
fn exponents_avx2(row: &mut [f32], most: f32) -> f32 {
    #[target_feature(enable = "avx2")]
    fn wide(row: &mut [f32], most: f32) -> f32 {
        exponents(row, most)
    }
    assert!(Simd::has_avx2());
    // SAFETY: the processor has AVX2.
    unsafe { wide(row, most) }
}

#[cfg(not(target_arch = "x86_64"))]
fn exponents_avx2(row: &mut [f32], most: f32) -> f32 {
    exponents(row, most)
}

/// exp of a number not above zero, within 2 units in the last place; 0 below -87. Separate multiplications
/// and additions (Cephes' polynomial), so that every path gives the same bits.
#[inline(always)]
fn exp_negative(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    let bounded = if x > -87.0 { x } else { -87.0 };
    let shifted = bounded * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = bounded - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let mut p = 1.987_569_1e-4f32;
    for c in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = p * r + c;
    }
    let value = p * (r * r) + r + 1.0;
    let power = f32::from_bits((shifted.to_bits().wrapping_add(127)) << 23);
    let e = value * power;
    if x > -87.0 { e } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_everywhere_and_zero_far_below() {
        for i in 0..=870_000 {
            let x = -(i as f32) * 1e-4;
            let (found, exact) = (f64::from(exp_negative(x)), crate::math::exp(f64::from(x)));
            let bound = if x > -87.0 { exact * 2.5e-7 } else { 1e-37 };
            assert!((found - exact).abs() <= bound, "{x}: {found} {exact}");
        }
        assert_eq!(exp_negative(0.0), 1.0);
        assert_eq!(exp_negative(f32::NEG_INFINITY), 0.0);
    }
}
