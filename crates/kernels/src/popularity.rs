//! The smallest penalty on popularity that brings a list below its listener's habit.

use crate::list_params::LEAST_PENALTY;
use crate::pool::Pool;
use crate::select::Selector;

/// Bisection ends early when the list's mean percentile is this close below its limit.
const CLOSE: f64 = 0.0025;
const STEPS: usize = 14;
/// Where MMR or calibration push the list back over its limit, the limit of the search is lowered by
/// so much more than the excess, at most so many times.
const LOWER: f64 = 1.25;
const ROUNDS: usize = 4;

/// Builds the list whose mean percentile is at most `limit` with the smallest penalty B in
/// value - B x percentile: 0, else bisection on a logarithmic scale up to `ceiling` on lists chosen
/// by value alone; then with that search's limit lowered until the list as built keeps to `limit`.
/// Where no penalty does, the last one tried stands. Returns B.
pub fn build_below(limit: f64, ceiling: f64, pool: &Pool<'_>, selector: &mut Selector<'_>) -> f64 {
    let mut penalty = smallest(limit, ceiling, pool, selector);
    selector.build(penalty);
    let mut lowered = limit;
    for _ in 0..ROUNDS {
        let excess = pool.mean_percentile(&selector.chosen) - limit;
        if excess <= 0.0 || penalty >= ceiling {
            break;
        }
        lowered -= LOWER * excess;
        penalty = smallest(lowered, ceiling, pool, selector);
        selector.build(penalty);
    }
    penalty
}

fn smallest(limit: f64, ceiling: f64, pool: &Pool<'_>, selector: &mut Selector<'_>) -> f64 {
    let mut mean_at = |penalty: f64| {
        selector.walk(penalty);
        pool.mean_percentile(&selector.chosen)
    };
    if mean_at(0.0) <= limit {
        return 0.0;
    }
    let (mut low, mut high) = (LEAST_PENALTY, ceiling);
    for _ in 0..STEPS {
        let middle = (low * high).sqrt();
        let mean = mean_at(middle);
        if mean > limit {
            low = middle;
            continue;
        }
        high = middle;
        if mean >= limit - CLOSE {
            break;
        }
    }
    high
}
