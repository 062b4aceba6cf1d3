//! The smallest penalty on popularity that brings a list below its listener's habit.

use crate::list_params::LEAST_PENALTY;
use crate::pool::Pool;
use crate::select::Selector;

/// Bisection ends early when the list's mean percentile is this close below its limit.
const CLOSE: f64 = 0.0025;
const STEPS: usize = 14;
/// Where MMR or calibration push the list back over its limit, the search goes on for a limit lower by
/// so much more than the excess, at most so many times.
const LOWER: f64 = 1.25;
const ROUNDS: usize = 4;

/// Builds the list whose mean percentile is at most `limit` with the smallest penalty B in
/// value - B x percentile: 0, else bisection on a logarithmic scale up to `ceiling` on lists chosen
/// by value alone; then the same from there on, for a lower limit, until the list as built keeps to
/// `limit`. Where no penalty does, the last one tried stands. Returns B.
pub fn build_below(limit: f64, ceiling: f64, pool: &Pool<'_>, selector: &mut Selector<'_>) -> f64 {
    selector.walk(0.0);
    let mut at = Found {
        penalty: 0.0,
        mean: pool.mean_percentile(&selector.chosen),
    };
    if at.mean > limit {
        at = search(limit, LEAST_PENALTY, ceiling, pool, selector);
    }
    selector.build(at.penalty);
    for _ in 0..ROUNDS {
        let excess = pool.mean_percentile(&selector.chosen) - limit;
        if excess <= 0.0 || at.penalty >= ceiling {
            break;
        }
        let from = at.penalty.max(LEAST_PENALTY);
        at = search(at.mean - LOWER * excess, from, ceiling, pool, selector);
        selector.build(at.penalty);
    }
    at.penalty
}

/// A penalty and the mean percentile of the list chosen by value alone at it.
#[derive(Clone, Copy)]
struct Found {
    penalty: f64,
    mean: f64,
}

/// Bisection between a penalty that is too small and `ceiling`, which stands if nothing is enough.
fn search(
    limit: f64,
    from: f64,
    ceiling: f64,
    pool: &Pool<'_>,
    selector: &mut Selector<'_>,
) -> Found {
    let mut low = from;
    let mut high = Found {
        penalty: ceiling,
        mean: limit,
    };
    for _ in 0..STEPS {
        let penalty = (low * high.penalty).sqrt();
        selector.walk(penalty);
        let mean = pool.mean_percentile(&selector.chosen);
        if mean > limit {
            low = penalty;
            continue;
        }
        high = Found { penalty, mean };
        if mean >= limit - CLOSE {
            break;
        }
    }
    high
}
