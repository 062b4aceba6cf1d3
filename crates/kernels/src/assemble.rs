//! From scored candidates to 30 slots and a reserve.

use crate::catalogue::Catalogue;
use crate::expand::Candidates;
use crate::explore::Exploration;
use crate::listeners::Listener;
use crate::profile::Profile;
use serde::Deserialize;

/// One setting (`accurate | balanced | adventurous`) in numbers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListParams {
    pub length: usize,
    pub reserve: usize,
}

/// A chosen candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pick {
    pub track: u32,
    pub score: f32,
    pub source: u8,
    pub propensity: u8,
}

#[derive(Default, Debug)]
pub struct List {
    pub picks: Vec<Pick>,
    pub reserve: Vec<(u32, f32)>,
}

/// Everything `assemble` reads.
pub struct ListInput<'a> {
    pub catalogue: &'a Catalogue,
    pub listener: &'a Listener<'a>,
    pub profile: &'a Profile,
    pub candidates: &'a Candidates,
    /// Number in list values of each source of the model.
    pub source_ids: &'a [u8],
    /// Probability of a positive, per candidate.
    pub score: &'a [f32],
    pub exploration: Option<&'a Exploration>,
    /// Whether a recording was heard; part of the eligibility of exploratory tracks.
    pub heard: &'a dyn Fn(u32) -> bool,
    pub deliver_at: u32,
    pub seed: u32,
    pub week: u32,
}

pub fn assemble(input: &ListInput<'_>, params: &ListParams) -> List {
    let mut order: Vec<usize> = (0..input.score.len()).collect();
    order.sort_unstable_by(|&a, &b| input.score[b].total_cmp(&input.score[a]).then(a.cmp(&b)));
    let pick = |&i: &usize| Pick {
        track: input.candidates.track[i],
        score: input.score[i],
        source: input.source_ids[input.candidates.best[i] as usize],
        propensity: 0,
    };
    List {
        picks: order.iter().take(params.length).map(pick).collect(),
        reserve: order
            .iter()
            .skip(params.length)
            .take(params.reserve)
            .map(|&i| (input.candidates.track[i], input.score[i]))
            .collect(),
    }
}
