//! Genres that come and go with the year: what 53 weeks of plays say of the coming week.

use crate::math;

/// Weeks of `genre_week`: week 52 ends at the as-of time, week 1 is the coming week a year ago.
const WEEKS: usize = 53;
/// Weeks with fewer plays (by label) say nothing.
const LEAST_PLAYS: f64 = 1000.0;
/// Plays added to every genre and week, and to both sides of last year's change.
const PLAYS_PRIOR: f64 = 5.0;
const INDEX_PRIOR: f64 = 20.0;
/// A genre has a season if its best week has so many times the share of its median week.
const PEAK: f64 = 3.0;
/// Plays of a listener that weigh as much as what everybody does.
const LISTENER_PRIOR: f32 = 20.0;
/// Most that genres with a season may take of a taste that has others.
const MOST: f32 = 0.9;

/// What the coming week is expected to bring, per genre.
#[derive(Default)]
pub struct Season {
    /// Expected share of plays; 0 where the genre has no season.
    pub expected: Vec<f32>,
    /// Expected share over that of the last four weeks; 1 without a season.
    pub recent: Vec<f32>,
    /// ln of `recent`.
    pub lift: Vec<f32>,
    /// Expected share over that of the last 52 weeks; 1 without a season.
    pub long: Vec<f32>,
}

impl Season {
    /// Expected is the share of the last week times last year's change from that week to the coming
    /// one, drawn towards 1 where plays are few. `plays` is genres x 53, newest week last. Without a
    /// year of plays nothing has a season.
    pub fn new(plays: &[u32], genres: usize) -> Self {
        let mut season = Self {
            expected: vec![0.0; genres],
            recent: vec![1.0; genres],
            lift: vec![0.0; genres],
            long: vec![1.0; genres],
        };
        if plays.len() != genres * WEEKS {
            return season;
        }
        let count = |g: usize, week: usize| f64::from(plays[g * WEEKS + week]);
        let totals: Vec<f64> = (0..WEEKS)
            .map(|week| (0..genres).map(|g| count(g, week)).sum())
            .collect();
        let full: Vec<usize> = (0..WEEKS).filter(|&w| totals[w] >= LEAST_PLAYS).collect();
        if ![0, 1, 52].iter().all(|week| full.contains(week)) {
            return season;
        }
        let usual = full.iter().map(|&week| totals[week]).sum::<f64>() / full.len() as f64;
        for g in 0..genres {
            // Plays of the genre as if every week had the same number of plays.
            let level = |week: usize| count(g, week) / totals[week] * usual + PLAYS_PRIOR;
            let mean = |from: usize| {
                let weeks = full.iter().filter(|&&week| week >= from);
                weeks.clone().map(|&week| level(week)).sum::<f64>() / weeks.count() as f64
            };
            let mut sorted: Vec<f64> = full.iter().map(|&week| level(week)).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            if sorted[sorted.len() - 1] < PEAK * sorted[sorted.len() / 2] {
                continue;
            }
            let index = (level(1) + INDEX_PRIOR) / (level(0) + INDEX_PRIOR);
            let expected = level(52) * index;
            season.expected[g] = ((expected - PLAYS_PRIOR).max(0.0) / usual) as f32;
            season.recent[g] = (expected / mean(49)) as f32;
            season.lift[g] = math::ln(expected / mean(49)) as f32;
            season.long[g] = (expected / mean(1)) as f32;
        }
        season
    }

    /// Turns a listener's plays per genre into the shares expected in the coming week; `factor` is
    /// `recent` or `long`. A genre with a season: plays x factor, drawn towards what everybody is
    /// expected to play; the other genres share the rest as they did. No plays give no shares.
    pub fn apply(&self, plays: &mut [f32], factor: &[f32]) {
        let total: f32 = plays.iter().sum();
        if total <= 0.0 {
            return;
        }
        let (mut seasonal, mut steady) = (0f32, 0f32);
        for (g, share) in plays.iter_mut().enumerate() {
            if factor[g] == 1.0 {
                steady += *share;
            } else {
                let expected = *share * factor[g] + LISTENER_PRIOR * self.expected[g];
                *share = expected / (total + LISTENER_PRIOR);
                seasonal += *share;
            }
        }
        let taken = if steady > 0.0 {
            seasonal.min(MOST)
        } else {
            1.0
        };
        for (share, &factor) in plays.iter_mut().zip(factor) {
            *share = match factor == 1.0 {
                true if steady > 0.0 => *share * (1.0 - taken) / steady,
                false if seasonal > 0.0 => *share * taken / seasonal,
                _ => 0.0,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Genre 0 always has 1000 plays a week, genre 1 the given ones, genre 2 grows.
    fn season(of: impl Fn(usize) -> u32) -> Season {
        let plays = (0..3).flat_map(|g| {
            let of = &of;
            (0..WEEKS).map(move |week| [1000, of(week), 2 * week as u32][g])
        });
        Season::new(&plays.collect::<Vec<_>>(), 3)
    }

    #[test]
    fn a_season_repeats_last_years_change_and_others_have_none() {
        let rising = season(|week| match week {
            0 => 100,
            1 => 220,
            51 => 40,
            52 => 110,
            _ => 0,
        });
        assert!((0.15..0.19).contains(&rising.expected[1]));
        assert!(rising.recent[1] > 3.0 && rising.long[1] > 10.0);
        assert_eq!(
            (rising.recent[0], rising.long[0], rising.expected[0]),
            (1.0, 1.0, 0.0)
        );
    }

    #[test]
    fn a_season_that_ended_leaves_nothing() {
        let over = season(|week| if (48..52).contains(&week) { 200 } else { 0 });
        assert_eq!(over.expected[1], 0.0);
        assert!(over.recent[1] < 0.1);
        assert!(
            season(|_| 300)
                .recent
                .iter()
                .all(|&x| (0.7..1.3).contains(&x))
        );
    }

    #[test]
    fn without_a_year_nothing_has_a_season() {
        let mut plays = vec![0; 2 * WEEKS];
        plays[52] = 5000;
        plays[WEEKS + 51] = 5000;
        let season = Season::new(&plays, 2);
        assert_eq!(season.recent, [1.0, 1.0]);
        let mut shares = [3.0, 1.0];
        season.apply(&mut shares, &season.recent);
        assert_eq!(shares, [0.75, 0.25]);
    }

    #[test]
    fn listeners_without_evidence_get_what_everybody_gets() {
        let season = Season {
            expected: vec![0.0, 0.1],
            recent: vec![1.0, 4.0],
            lift: Vec::new(),
            long: vec![1.0, 1.0],
        };
        let shares = |mut plays: [f32; 2]| {
            season.apply(&mut plays, &season.recent);
            plays
        };
        let [steady, seasonal] = shares([20.0, 0.0]);
        assert!((seasonal - 0.05).abs() < 1e-6 && (steady - 0.95).abs() < 1e-6);
        assert!((shares([1980.0, 0.0])[1] - 0.001).abs() < 1e-6);
        assert!((shares([90.0, 10.0])[1] - 42.0 / 120.0).abs() < 1e-6);
        assert!((shares([10.0, 90.0])[1] - MOST).abs() < 1e-6);
        assert_eq!(shares([0.0, 5.0]), [0.0, 1.0]);
        assert_eq!(shares([0.0, 0.0]), [0.0, 0.0]);
    }
}
