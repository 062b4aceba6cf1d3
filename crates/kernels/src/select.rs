//! Which candidates make the list: by value, under quotas and caps, with MMR or a DPP, and calibration.

use crate::calibration::Calibration;
use crate::dpp::Determinants;
use crate::list_params::ListParams;
use crate::mmr::Similarities;
use crate::pool::Pool;
use crate::ranking::Ranking;

/// A stretch of the selection: who may be chosen until the list has so many tracks.
#[derive(Clone, Copy)]
struct Phase {
    new_only: bool,
    capped: bool,
    upto: usize,
}

/// Builds lists of one listener at any penalty on popularity.
pub struct Selector<'a> {
    pool: &'a Pool<'a>,
    params: &'a ListParams,
    /// Shares over genres; empty: no calibration.
    taste: &'a [f64],
    phases: Vec<Phase>,
    /// value - penalty x percentile.
    value: Vec<f64>,
    ranking: Ranking,
    taken: Vec<bool>,
    /// Chosen tracks per artist.
    count: Vec<u32>,
    /// In the order they were chosen.
    pub chosen: Vec<u32>,
}

impl<'a> Selector<'a> {
    pub fn new(pool: &'a Pool<'a>, params: &'a ListParams, taste: &'a [f64]) -> Self {
        let upto = params.length;
        let phase = |new_only, capped, upto| Phase {
            new_only,
            capped,
            upto,
        };
        let mut phases = vec![phase(true, true, upto.min(params.new_artists))];
        if params.new_artists_only {
            phases = vec![phase(true, true, upto), phase(true, false, upto)];
        }
        phases.extend([phase(false, true, upto), phase(false, false, upto)]);
        Self {
            pool,
            params,
            taste,
            phases,
            value: Vec::with_capacity(pool.len()),
            ranking: Ranking::default(),
            taken: Vec::new(),
            count: Vec::new(),
            chosen: Vec::with_capacity(params.length),
        }
    }

    /// Chooses by value alone where MMR, DPP and calibration are off.
    pub fn build(&mut self, penalty: f64) {
        if self.is_plain() {
            self.walk(penalty);
        } else {
            self.greedy(penalty);
        }
    }

    pub fn is_plain(&self) -> bool {
        self.params.mmr == 0.0 && self.params.dpp == 0.0 && !self.calibrates()
    }

    fn calibrates(&self) -> bool {
        self.params.calibration > 0.0 && !self.taste.is_empty()
    }

    fn begin(&mut self, penalty: f64) {
        let pool = self.pool;
        self.value.clear();
        let both = pool.value.iter().zip(&pool.percentile);
        self.value.extend(both.map(|(v, p)| v - penalty * p));
        self.ranking.fill(self.value.iter().copied());
        self.taken.clear();
        self.taken.resize(pool.len(), false);
        self.count.clear();
        self.count.resize(pool.known.len(), 0);
        self.chosen.clear();
    }

    fn cap(&self, artist: usize) -> Option<usize> {
        if self.pool.known[artist] {
            self.params.per_known_artist
        } else {
            self.params.per_new_artist
        }
    }

    fn allowed(&self, i: usize, phase: Phase) -> bool {
        let artist = self.pool.artist[i] as usize;
        !(self.taken[i]
            || (phase.new_only && self.pool.known[artist])
            || (phase.capped && self.is_full(artist)))
    }

    fn is_full(&self, artist: usize) -> bool {
        self.cap(artist)
            .is_some_and(|cap| self.count[artist] as usize >= cap)
    }

    fn choose(&mut self, i: usize) {
        self.taken[i] = true;
        self.count[self.pool.artist[i] as usize] += 1;
        self.chosen.push(i as u32);
    }

    /// Per phase: from the largest value down, everything that the phase allows.
    pub fn walk(&mut self, penalty: f64) {
        self.begin(penalty);
        for at in 0..self.phases.len() {
            let phase = self.phases[at];
            let mut place = 0;
            while self.chosen.len() < phase.upto {
                let Some(i) = self.ranking.at(place) else {
                    break;
                };
                if self.allowed(i, phase) {
                    self.choose(i);
                }
                place += 1;
            }
        }
    }

    /// Per phase and step: the allowed candidate that adds most to
    /// (1 - lambda) x (value - mmr x similarity) + lambda x length x (fall of KL); ties to the
    /// earlier candidate. With mmr = 0 that is Steck's greedy maximisation of
    /// (1 - lambda) x mean value - lambda x KL, with lambda = 0 it is MMR. With a DPP, dpp x ln of
    /// the factor on the determinant is part of the value: greedy MAP of the kernel
    /// exp(value_i / 2 dpp) S_ij exp(value_j / 2 dpp). Logarithms are rounded to 2^-24.
    pub fn greedy(&mut self, penalty: f64) {
        self.begin(penalty);
        let (pool, params) = (self.pool, self.params);
        let lambda = if self.calibrates() {
            params.calibration
        } else {
            0.0
        };
        let scale = lambda * params.length as f64;
        let mut similarities =
            Similarities::new(pool, params.artist_similarity, params.vector_similarity);
        let mut determinants = (params.dpp > 0.0).then(|| Determinants::new(pool));
        let mut calibration = (lambda > 0.0).then(|| Calibration::new(pool, self.taste));
        let mut gain = vec![0.0; pool.genres.len()];
        for at in 0..self.phases.len() {
            let phase = self.phases[at];
            while self.chosen.len() < phase.upto {
                let mut most = 0.0;
                if let Some(calibration) = &mut calibration {
                    calibration.refresh();
                    most = f64::NEG_INFINITY;
                    for (into, &fall) in gain.iter_mut().zip(&calibration.gain) {
                        *into = rounded(scale * fall);
                        most = most.max(*into);
                    }
                }
                let mut best: Option<(f64, usize)> = None;
                let mut place = 0;
                while let Some(i) = self.ranking.at(place) {
                    // No later candidate can reach more than this.
                    let bound = (1.0 - lambda) * self.value[i] + most;
                    if best.is_some_and(|(top, _)| bound < top) {
                        break;
                    }
                    place += 1;
                    if !self.allowed(i, phase) {
                        continue;
                    }
                    let mut value = self.value[i];
                    if params.mmr > 0.0 {
                        value -= params.mmr * similarities.largest(i);
                    }
                    if let Some(determinants) = &mut determinants {
                        value += rounded(params.dpp * determinants.gain(i));
                    }
                    let sum = (1.0 - lambda) * value + gain[pool.class[i] as usize];
                    if best.is_none_or(|(top, j)| sum > top || (sum == top && i < j)) {
                        best = Some((sum, i));
                    }
                }
                let Some((_, i)) = best else {
                    break;
                };
                self.choose(i);
                if params.mmr > 0.0 {
                    similarities.choose(i);
                }
                if let Some(determinants) = &mut determinants {
                    determinants.choose(i);
                }
                if let Some(calibration) = &mut calibration {
                    calibration.choose(pool.class[i] as usize);
                }
            }
        }
    }

    /// The next `n` by value that are not chosen; new artists first where only those are wanted.
    pub fn rest(&mut self, n: usize) -> Vec<u32> {
        let mut rest = Vec::with_capacity(n);
        let (new_only, pool) = (self.params.new_artists_only, self.pool);
        let stretches: &[Option<bool>] = if new_only {
            &[Some(false), Some(true)]
        } else {
            &[None]
        };
        for known in stretches {
            let mut place = 0;
            while rest.len() < n {
                let Some(i) = self.ranking.at(place) else {
                    break;
                };
                if !self.taken[i] && known.is_none_or(|known| pool.is_known(i) == known) {
                    rest.push(i as u32);
                }
                place += 1;
            }
        }
        rest
    }

    /// Candidates kept out by their artist's cap though worth more than the least of the list, and
    /// tracks of the list beyond their artist's cap.
    pub fn caps(&self) -> (usize, usize) {
        let least = self.chosen.iter().map(|&i| self.value[i as usize]);
        let least = least.fold(f64::INFINITY, f64::min);
        let capped = (0..self.taken.len()).filter(|&i| {
            !self.taken[i] && self.value[i] > least && self.is_full(self.pool.artist[i] as usize)
        });
        let beyond = (0..self.count.len()).filter_map(|artist| {
            let cap = self.cap(artist)?;
            Some((self.count[artist] as usize).saturating_sub(cap))
        });
        (capped.count(), beyond.sum())
    }
}

/// To the nearest multiple of 2^-24 (ties to even), so that gains which differ in their last bits only
/// are ties. For gains below 2^27.
fn rounded(gain: f64) -> f64 {
    const LAST_BIT: f64 = 402_653_184.0; // 1.5 x 2^28
    (gain + LAST_BIT) - LAST_BIT
}
