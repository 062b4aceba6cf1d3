//! From scored candidates to 30 slots and a reserve: select, order by probability, explore, space.

use crate::calibration::taste;
use crate::catalogue::Catalogue;
use crate::expand::{Candidates, refused};
use crate::explore::{Exploration, Exploratory};
pub use crate::list_params::ListParams;
use crate::list_value::SOURCE_EXPLORATION;
use crate::listeners::Listener;
use crate::places::{Place, arrange};
use crate::pool::{Pool, Row, Vectors};
use crate::popularity::build_below;
use crate::profile::Profile;
use crate::select::Selector;
use crate::spacing::space;

/// A chosen candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pick {
    pub track: u32,
    pub score: f32,
    pub source: u8,
    pub propensity: u8,
}

/// What became of the candidates; those given are list + reserve + duplicate + left, exploratory
/// tracks aside.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct ListCounts {
    /// Other releases of a recording that stayed.
    pub duplicate: usize,
    /// Kept out by their artist's cap though worth more than the least of the list.
    pub capped: usize,
    /// Tracks of the list beyond their artist's cap: there was nothing else.
    pub beyond_cap: usize,
    /// Moved to the reserve by exploratory tracks.
    pub displaced: usize,
    /// Neither in the list nor in its reserve.
    pub left: usize,
}

#[derive(Default, Debug)]
pub struct List {
    pub picks: Vec<Pick>,
    pub reserve: Vec<(u32, f32)>,
    /// The penalty on popularity that the list was built with.
    pub penalty: f64,
    pub counts: ListCounts,
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
    /// Unit vectors of the candidates, for MMR.
    pub vectors: Option<Vectors<'a>>,
    pub exploration: Option<&'a Exploration>,
    /// Whether a recording was heard; part of the eligibility of exploratory tracks.
    pub heard: &'a dyn Fn(u32) -> bool,
    pub deliver_at: u32,
    pub seed: u32,
    pub week: u32,
}

/// Places in a pool, before exploration.
#[derive(Default, Debug)]
pub struct Selection {
    /// The list, in the order of choice.
    pub chosen: Vec<u32>,
    /// The next by value.
    pub reserve: Vec<u32>,
    pub penalty: f64,
    pub counts: ListCounts,
}

/// The list and the reserve of a pool. `taste`: shares over genres, empty for none; `habit`: mean
/// popularity percentile of the listener's own tracks.
pub fn select(pool: &Pool<'_>, params: &ListParams, taste: &[f64], habit: f64) -> Selection {
    let mut selector = Selector::new(pool, params, taste);
    let penalty = match params.popularity_margin {
        None => {
            selector.build(0.0);
            0.0
        }
        Some(margin) => build_below(
            habit - margin,
            params.popularity_ceiling,
            pool,
            &mut selector,
        ),
    };
    let reserve = selector.rest(params.reserve);
    let (capped, beyond_cap) = selector.caps();
    let chosen = selector.chosen;
    let counts = ListCounts {
        duplicate: pool.duplicate,
        capped,
        beyond_cap,
        displaced: 0,
        left: pool.len() - chosen.len() - reserve.len(),
    };
    Selection {
        chosen,
        reserve,
        penalty,
        counts,
    }
}

/// The list of one listener: a pure function of its input. Empty without candidates.
pub fn assemble(input: &ListInput<'_>, params: &ListParams) -> List {
    let (c, candidates) = (input.catalogue, input.candidates);
    let row = |i: usize| {
        let track = candidates.track[i] as usize;
        Row {
            score: input.score[i],
            recording: c.recording[track],
            artist: c.artist[track],
            percentile: c.percentile[track],
            genres: c.genres_of(track),
        }
    };
    let known = |i: usize| {
        let artist = c.artist[candidates.track[i] as usize];
        input.profile.artist(artist).is_some()
    };
    let mut pool = Pool::new(input.score.len(), row, known);
    pool.vectors = input.vectors;
    if pool.is_empty() {
        return List::default();
    }
    let profile = input.profile;
    let taste = taste(
        &profile.genre_long,
        &profile.genre_recent,
        params.recent_share,
    );
    let selection = select(&pool, params, &taste, f64::from(profile.habit));
    let track = |i: u32| candidates.track[pool.origin[i as usize] as usize];
    let exploratory = explore(input, params, &taste, &|| {
        let near = selection.reserve.iter().take(params.length);
        let both = selection.chosen.iter().chain(near);
        both.map(|&i| c.recording[track(i) as usize]).collect()
    });
    let mut selection = selection;
    selection.reserve.retain(|&i| {
        let recording = c.recording[track(i) as usize];
        let same = |e: &Exploratory| c.recording[e.track as usize] == recording;
        !exploratory.iter().any(same)
    });
    let places = arrange(&pool, params, selection, exploratory.len());
    let slots: Vec<Pick> = places
        .list
        .iter()
        .map(|place| match *place {
            Place::Candidate(i) => {
                let at = pool.origin[i as usize] as usize;
                Pick {
                    track: candidates.track[at],
                    score: pool.score[i as usize],
                    source: input.source_ids[candidates.best[at] as usize],
                    propensity: 0,
                }
            }
            Place::Exploratory(k) => Pick {
                track: exploratory[k].track,
                score: exploratory[k].mean,
                source: SOURCE_EXPLORATION,
                propensity: exploratory[k].propensity,
            },
        })
        .collect();
    let artists: Vec<u32> = slots
        .iter()
        .map(|pick| c.artist[pick.track as usize])
        .collect();
    let fixed: Vec<bool> = slots
        .iter()
        .map(|pick| pick.source == SOURCE_EXPLORATION)
        .collect();
    let order = space(&artists, &fixed, params.spacing);
    List {
        picks: order.iter().map(|&i| slots[i as usize]).collect(),
        reserve: places
            .reserve
            .iter()
            .map(|&i| (track(i), pool.score[i as usize]))
            .collect(),
        penalty: places.penalty,
        counts: places.counts,
    }
}

/// Exploratory tracks for this listener: unheard, not refused, no recording of the list or of the
/// first of its reserve.
fn explore(
    input: &ListInput<'_>,
    params: &ListParams,
    taste: &[f64],
    listed: &dyn Fn() -> Vec<u32>,
) -> Vec<Exploratory> {
    let Some(exploration) = input.exploration.filter(|_| params.exploration_slots > 0) else {
        return Vec::new();
    };
    let (c, listed) = (input.catalogue, listed());
    let eligible = |track: u32| {
        let recording = c.recording[track as usize];
        !listed.contains(&recording)
            && !(input.heard)(recording)
            && refused(track as usize, input.listener, c, input.deliver_at).is_none()
    };
    let recording = |track: u32| c.recording[track as usize];
    let key = [input.seed, input.week, input.listener.seed];
    exploration.slots(taste, params.exploration_slots, &key, &eligible, &recording)
}
