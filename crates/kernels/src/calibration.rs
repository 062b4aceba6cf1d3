//! Calibrated recommendations (Steck, RecSys 2018): the genres of a list in the shares of the
//! listener's history.

use crate::math::ln;
use crate::pool::Pool;

/// Share of the listener's own distribution in the smoothed one: q~ = (1 - a) q + a p.
const SMOOTHING: f64 = 0.01;

/// Genre shares that a list is calibrated to: `recent_share` of the last 28 days and the rest of all
/// time; either alone where the other is empty; empty where both are.
pub fn taste(long: &[f32], recent: &[f32], recent_share: f64) -> Vec<f64> {
    let sum = |shares: &[f32]| shares.iter().map(|&p| f64::from(p)).sum::<f64>();
    let (long_sum, recent_sum) = (sum(long), sum(recent));
    let recent_share = match (long_sum > 0.0, recent_sum > 0.0) {
        (false, false) => return Vec::new(),
        (true, false) => 0.0,
        (false, true) => 1.0,
        (true, true) => recent_share,
    };
    let long_weight = (1.0 - recent_share) / long_sum.max(f64::MIN_POSITIVE);
    let recent_weight = recent_share / recent_sum.max(f64::MIN_POSITIVE);
    let mix = |(&l, &r)| f64::from(l) * long_weight + f64::from(r) * recent_weight;
    long.iter().zip(recent).map(mix).collect()
}

/// One genre of a class that the listener plays too.
struct Part {
    /// Index in `taste`.
    genre: usize,
    /// 1 / genres of the track.
    share: f64,
}

/// The fall of KL(p || q~) that each class of candidates would bring as the next track.
pub struct Calibration {
    /// Per genre the listener plays: p, and the weight of the chosen tracks.
    p: Vec<f64>,
    weight: Vec<f64>,
    /// Per genre: q~ x (tracks + 1) if the next track has genres, but not this one.
    without: Vec<f64>,
    parts: Vec<Part>,
    /// Per class: `parts[start[c]..start[c + 1]]`, as indexes into the distinct parts.
    start: Vec<u32>,
    part_of: Vec<u32>,
    has_genres: Vec<bool>,
    gain_of_part: Vec<f64>,
    /// Chosen tracks that have genres.
    tracks: f64,
    /// Per class, refreshed by `refresh`.
    pub gain: Vec<f64>,
}

impl Calibration {
    pub fn new(pool: &Pool<'_>, taste: &[f64]) -> Self {
        let mut place = vec![u32::MAX; taste.len()];
        let mut p = Vec::new();
        for (genre, &share) in taste.iter().enumerate().filter(|row| *row.1 > 0.0) {
            place[genre] = p.len() as u32;
            p.push(share);
        }
        let (mut parts, mut start, mut part_of) = (Vec::<Part>::new(), vec![0], Vec::new());
        for genres in &pool.genres {
            let share = 1.0 / genres.len().max(1) as f64;
            for &genre in *genres {
                let genre = place.get(genre as usize).map_or(u32::MAX, |&g| g) as usize;
                if genre >= p.len() {
                    continue;
                }
                let there = |part: &Part| part.genre == genre && part.share == share;
                let at = parts.iter().position(there).unwrap_or(parts.len());
                if at == parts.len() {
                    parts.push(Part { genre, share });
                }
                part_of.push(at as u32);
            }
            start.push(part_of.len() as u32);
        }
        Self {
            weight: vec![0.0; p.len()],
            without: vec![0.0; p.len()],
            gain_of_part: vec![0.0; parts.len()],
            gain: vec![0.0; pool.genres.len()],
            has_genres: pool.genres.iter().map(|g| !g.is_empty()).collect(),
            p,
            parts,
            start,
            part_of,
            tracks: 0.0,
        }
    }

    /// Counts a chosen track.
    pub fn choose(&mut self, class: usize) {
        let range = self.start[class] as usize..self.start[class + 1] as usize;
        for &part in &self.part_of[range] {
            let Part { genre, share } = self.parts[part as usize];
            self.weight[genre] += share;
        }
        self.tracks += f64::from(u8::from(self.has_genres[class]));
    }

    /// Recomputes `gain`: KL before minus KL after a track of the class. A track without genres
    /// changes nothing; without tracks q is 0 (and KL = ln 100).
    pub fn refresh(&mut self) {
        let (now, next) = (self.tracks, self.tracks + 1.0);
        let smoothed = |weight: f64, p: f64, n: f64| (1.0 - SMOOTHING) * weight + SMOOTHING * p * n;
        let mut shift = 0.0;
        for (g, (&p, &weight)) in self.p.iter().zip(&self.weight).enumerate() {
            self.without[g] = smoothed(weight, p, next);
            if weight > 0.0 {
                shift += p * quick_ln((self.without[g] * now) / (smoothed(weight, p, now) * next));
            }
        }
        for (gain, part) in self.gain_of_part.iter_mut().zip(&self.parts) {
            let p = self.p[part.genre];
            let with = smoothed(self.weight[part.genre] + part.share, p, next);
            *gain = p * quick_ln(with / self.without[part.genre]);
        }
        for class in 0..self.gain.len() {
            let range = self.start[class] as usize..self.start[class + 1] as usize;
            let own: f64 = self.part_of[range]
                .iter()
                .map(|&part| self.gain_of_part[part as usize])
                .sum();
            self.gain[class] = if self.has_genres[class] {
                shift + own
            } else {
                0.0
            };
        }
    }
}

/// Natural logarithm of a positive normal number to about 1e-15, from basic arithmetic alone (the same
/// bits everywhere): ln m = 2 artanh((m - 1) / (m + 1)) with m in [sqrt 1/2, sqrt 2).
#[inline]
fn quick_ln(x: f64) -> f64 {
    const HALF_ROOT: u64 = 0x3fe6_a09e_667f_3bcd;
    let above = x.to_bits().wrapping_sub(HALF_ROOT);
    let exponent = (above as i64) >> 52;
    let m = f64::from_bits(x.to_bits().wrapping_sub((exponent as u64) << 52));
    let f = (m - 1.0) / (m + 1.0);
    let s = f * f;
    let low = 1.0 / 3.0 + s * (1.0 / 5.0 + s * (1.0 / 7.0 + s * (1.0 / 9.0)));
    let high = 1.0 / 11.0 + s * (1.0 / 13.0 + s * (1.0 / 15.0 + s * (1.0 / 17.0)));
    let s4 = (s * s) * (s * s);
    exponent as f64 * std::f64::consts::LN_2 + 2.0 * f * (1.0 + s * (low + s4 * high))
}

/// KL(p || q~) over genres; `q` need not sum to 1 (a list without genres has none).
pub fn divergence(p: &[f64], q: &[f64]) -> f64 {
    p.iter()
        .zip(q)
        .filter(|row| *row.0 > 0.0)
        .map(|(&p, &q)| p * ln(p / ((1.0 - SMOOTHING) * q + SMOOTHING * p)))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::Row;

    #[test]
    fn mixes_recent_and_long_taste() {
        assert_eq!(taste(&[0.5, 0.5], &[1.0, 0.0], 0.5), [0.75, 0.25]);
        assert_eq!(taste(&[0.5, 0.5], &[0.0, 0.0], 0.5), [0.5, 0.5]);
        assert!(taste(&[0.0], &[0.0], 0.5).is_empty());
    }

    #[test]
    fn equals_numbers_computed_by_hand() {
        // .8 ln(.8 / .998) + .2 ln(.2 / .002)
        assert!((divergence(&[0.8, 0.2], &[1.0, 0.0]) - 0.744_120_8).abs() < 1e-6);
        assert_eq!(divergence(&[0.8, 0.2], &[0.8, 0.2]), 0.0);
        assert!((divergence(&[0.8, 0.2], &[0.0, 0.0]) - 100f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn quick_logarithms_are_right() {
        let mut x = 1e-9f64;
        while x < 1e9 {
            assert!(
                (quick_ln(x) - ln(x)).abs() < 4e-15 * (1.0 + ln(x).abs()),
                "{x}"
            );
            x *= 1.003;
        }
        assert_eq!(quick_ln(1.0), 0.0);
    }

    #[test]
    fn gains_are_differences_of_divergences() {
        let genres: [&[u16]; 4] = [&[0], &[1, 2], &[], &[5]];
        let pool = Pool::new(
            4,
            |i| Row {
                score: 1.0,
                recording: i as u32,
                artist: 0,
                percentile: 0.0,
                genres: genres[i],
            },
            |_| true,
        );
        let p = [0.5, 0.3, 0.2];
        let shares = [
            vec![1.0, 0.0, 0.0],
            vec![0.0, 0.5, 0.5],
            vec![],
            vec![0.0; 3],
        ];
        let mut calibration = Calibration::new(&pool, &p);
        let (mut sum, mut tracks) = ([0.0; 3], 0.0f64);
        for chosen in [0usize, 1, 2, 0, 3, 1] {
            calibration.refresh();
            let q = sum.map(|s| if tracks > 0.0 { s / tracks } else { 0.0 });
            let before = divergence(&p, &q);
            for (class, share) in shares.iter().enumerate() {
                let mut after = before;
                if class != 2 {
                    let q: Vec<f64> = (0..3)
                        .map(|g| (sum[g] + share[g]) / (tracks + 1.0))
                        .collect();
                    after = divergence(&p, &q);
                }
                assert!((calibration.gain[class] - (before - after)).abs() < 1e-12);
            }
            calibration.choose(chosen);
            if chosen != 2 {
                tracks += 1.0;
                for g in 0..3 {
                    sum[g] += shares[chosen][g];
                }
            }
        }
    }
}
