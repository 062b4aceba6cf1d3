//! Raw scores to probabilities: the logistic curve of Platt (1999), fitted by Newton's method with a
//! line search as in Lin, Lin and Weng (2007).

use crate::math;

/// `P = 1 / (1 + exp(-(scale raw + shift)))`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    pub scale: f64,
    pub shift: f64,
}

const ROUNDS: usize = 100;
/// A curve that would turn the order round, or lose it, is kept this steep.
const LEAST_SCALE: f64 = 1e-3;
const RIDGE: f64 = 1e-12;

/// The curve of greatest weighted likelihood. Targets are Platt's, drawn off 0 and 1 as if by one more
/// row on each side. The scale is at least 1e-3, so that the order of the raw scores is always kept.
/// Rows are summed in order. No rows give the curve of one half.
pub fn fit(raw: &[f64], label: &[u8], weight: &[f32]) -> Curve {
    let mut total = [0f64; 2];
    for (&y, &w) in label.iter().zip(weight) {
        total[usize::from(y != 0)] += f64::from(w);
    }
    let targets = [1.0 / (total[0] + 2.0), (total[1] + 1.0) / (total[1] + 2.0)];
    let rows = || {
        raw.iter()
            .zip(label)
            .zip(weight)
            .map(|((&x, &y), &w)| (x, targets[usize::from(y != 0)], f64::from(w)))
    };
    let loss = |c: Curve| {
        rows()
            .map(|(x, t, w)| w * cost(c.scale * x + c.shift, t))
            .sum()
    };
    let base = math::ln((total[1] + 1.0) / (total[0] + 1.0));
    let mut curve = Curve {
        scale: 0.0,
        shift: base,
    };
    let mut best: f64 = loss(curve);
    for _ in 0..ROUNDS {
        let (mut g, mut h) = ([0f64; 2], [RIDGE, 0.0, RIDGE]);
        for (x, t, w) in rows() {
            let p = math::sigmoid(curve.scale * x + curve.shift);
            let (error, curvature) = (w * (p - t), w * p * (1.0 - p));
            g[0] += error * x;
            g[1] += error;
            h[0] += curvature * x * x;
            h[1] += curvature * x;
            h[2] += curvature;
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        let steps = [
            -(h[2] * g[0] - h[1] * g[1]) / determinant,
            -(h[0] * g[1] - h[1] * g[0]) / determinant,
        ];
        let next = (0..40).find_map(|halvings| {
            let part = 0.5f64.powi(halvings);
            let tried = Curve {
                scale: curve.scale + part * steps[0],
                shift: curve.shift + part * steps[1],
            };
            let value = loss(tried);
            (value < best).then_some((tried, value))
        });
        match next {
            Some((tried, value)) => (curve, best) = (tried, value),
            None => break,
        }
    }
    if curve.scale >= LEAST_SCALE {
        curve
    } else {
        Curve {
            scale: LEAST_SCALE,
            shift: base,
        }
    }
}

/// -(t ln p + (1 - t) ln(1 - p)) without overflow.
fn cost(z: f64, t: f64) -> f64 {
    let fall = math::ln(1.0 + math::exp(-z.abs()));
    fall + z.max(0.0) - t * z
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two raw scores the curve meets both smoothed rates.
    #[test]
    fn meets_the_rates_of_two_scores() {
        let (raw, label) = ([0.0, 0.0, 2.0, 2.0], [1, 0, 1, 0]);
        let weight = [100.0, 300.0, 500.0, 100.0];
        let curve = fit(&raw, &label, &weight);
        let (high, low) = (601.0 / 602.0, 1.0 / 402.0);
        let rate = |p: f64, n: f64| (p * high + n * low) / (p + n);
        let logit = |p: f64| math::ln(p / (1.0 - p));
        let (first, second) = (logit(rate(100.0, 300.0)), logit(rate(500.0, 100.0)));
        assert!((curve.shift - first).abs() < 1e-6);
        assert!((curve.scale - (second - first) / 2.0).abs() < 1e-6);
    }

    #[test]
    fn keeps_the_order_of_scores_that_rank_backwards_or_not_at_all() {
        assert_eq!(fit(&[1.0, 0.0], &[0, 1], &[50.0, 50.0]).scale, LEAST_SCALE);
        assert_eq!(fit(&[3.0, 3.0], &[0, 1], &[1.0, 1.0]).scale, LEAST_SCALE);
        assert_eq!(
            fit(&[], &[], &[]),
            Curve {
                scale: LEAST_SCALE,
                shift: 0.0
            }
        );
    }
}
