//! Seeded draws from Beta distributions, the same bits on every machine.

use crate::math::{ln, powf};
use crate::rng::Rng;

/// Beta(a, b) as a ratio of gammas; a and b above 0.
pub fn beta(a: f64, b: f64, rng: &mut Rng) -> f64 {
    let (x, y) = (gamma(a, rng), gamma(b, rng));
    if x + y > 0.0 {
        x / (x + y)
    } else {
        a / (a + b)
    }
}

/// Gamma(shape, 1) by Marsaglia and Tsang (2000).
fn gamma(shape: f64, rng: &mut Rng) -> f64 {
    if shape < 1.0 {
        let larger = gamma(shape + 1.0, rng);
        return larger * powf(1.0 - rng.uniform(), 1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(rng);
        let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
        if v > 0.0 && ln(1.0 - rng.uniform()) < 0.5 * x * x + d - d * v + d * ln(v) {
            return d * v;
        }
    }
}

/// Standard normal by Marsaglia's polar method, one of the pair.
fn normal(rng: &mut Rng) -> f64 {
    loop {
        let (x, y) = (2.0 * rng.uniform() - 1.0, 2.0 * rng.uniform() - 1.0);
        let s = x * x + y * y;
        if s > 0.0 && s < 1.0 {
            return x * (-2.0 * ln(s) / s).sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_moments_of_the_distribution() {
        for (a, b) in [(0.3, 0.7), (1.0, 1.0), (2.5, 40.0), (300.0, 5.0)] {
            let mut rng = Rng::new(&[1]);
            let n = 20_000;
            let draws: Vec<f64> = (0..n).map(|_| beta(a, b, &mut rng)).collect();
            let mean = draws.iter().sum::<f64>() / f64::from(n);
            let variance =
                draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
            let (m, s) = (a / (a + b), a + b);
            let expected = m * (1.0 - m) / (s + 1.0);
            assert!((mean - m).abs() < 4.0 * (expected / f64::from(n)).sqrt());
            assert!(
                (variance / expected - 1.0).abs() < 0.06,
                "{a} {b} {variance} {expected}"
            );
            assert!(draws.iter().all(|x| (0.0..=1.0).contains(x)));
        }
    }
}
