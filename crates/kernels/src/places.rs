//! Which candidate or exploratory track stands at which place of the list.

use crate::assemble::{ListCounts, Selection};
use crate::list_params::ListParams;
use crate::pool::Pool;

/// What stands at a place of the list.
pub enum Place {
    Candidate(u32),
    Exploratory(usize),
}

pub struct Places {
    pub list: Vec<Place>,
    pub reserve: Vec<u32>,
    pub penalty: f64,
    pub counts: ListCounts,
}

/// The list by score, ties to the earlier candidate, with exploratory tracks at their places. The
/// tracks chosen last give way and lead the reserve, so quotas and calibration hold for the rest.
pub fn arrange(
    pool: &Pool<'_>,
    params: &ListParams,
    from: Selection,
    exploratory: usize,
) -> Places {
    let room = params.length - exploratory.min(params.length);
    let mut kept = from.chosen;
    let mut displaced = kept.split_off(room.min(kept.len()));
    let by_score = |&a: &u32, &b: &u32| {
        let score = |i: u32| pool.score[i as usize];
        score(b).total_cmp(&score(a)).then(a.cmp(&b))
    };
    kept.sort_unstable_by(by_score);
    displaced.sort_unstable_by(by_score);
    let length = (kept.len() + exploratory).min(params.length);
    let mut list = Vec::with_capacity(length);
    let (mut next, mut slot) = (kept.iter(), 0);
    while list.len() < length {
        let place = params.exploration_places.get(slot);
        let here = slot < exploratory && place.is_some_and(|&place| place <= list.len() + 1);
        match next.as_slice().first().filter(|_| !here) {
            Some(&i) => {
                next.next();
                list.push(Place::Candidate(i));
            }
            None => {
                list.push(Place::Exploratory(slot));
                slot += 1;
            }
        }
    }
    let mut counts = from.counts;
    counts.displaced = displaced.len();
    let mut reserve = displaced;
    reserve.extend(from.reserve);
    reserve.truncate(params.reserve);
    counts.left = pool.len() - kept.len() - reserve.len();
    Places {
        list,
        reserve,
        penalty: from.penalty,
        counts,
    }
}
