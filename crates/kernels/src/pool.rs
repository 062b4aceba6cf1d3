//! A listener's candidates as the list builder sees them: one per recording, artists and genre sets
//! numbered densely, scores on one scale.

use crate::rng::mix;

/// What is read of a candidate.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub score: f32,
    pub recording: u32,
    pub artist: u32,
    /// Popularity percentile, [0, 1].
    pub percentile: f32,
    /// A set, any order.
    pub genres: &'a [u16],
}

/// Unit vectors of candidates.
#[derive(Clone, Copy)]
pub struct Vectors<'a> {
    /// Row-major.
    pub rows: &'a [f32],
    pub dimensions: usize,
    /// The row of each candidate; `None`: the n-th candidate has the n-th row.
    pub place: Option<&'a [u32]>,
}

impl<'a> Vectors<'a> {
    pub fn row(&self, candidate: usize) -> &'a [f32] {
        let at = self.place.map_or(candidate, |p| p[candidate] as usize);
        &self.rows[at * self.dimensions..][..self.dimensions]
    }
}

/// Arrays over the kept candidates, in the order given; ties everywhere go to the earlier one.
#[derive(Default)]
pub struct Pool<'a> {
    /// Place among the candidates given.
    pub origin: Vec<u32>,
    pub score: Vec<f32>,
    /// Score on the listener's scale: the best candidate has 1, a score of 0 has 0 (where there are
    /// scores below 0 the worst has 0). One lambda then means the same for every listener.
    pub value: Vec<f64>,
    pub percentile: Vec<f64>,
    /// Number of the artist in order of first appearance.
    pub artist: Vec<u32>,
    /// Number of the genre set, likewise.
    pub class: Vec<u32>,
    /// Per artist number: whether the listener played the artist.
    pub known: Vec<bool>,
    /// Per class: its genres.
    pub genres: Vec<&'a [u16]>,
    pub vectors: Option<Vectors<'a>>,
    /// Candidates left out because a better (ties: earlier) one has the same recording.
    pub duplicate: usize,
}

impl<'a> Pool<'a> {
    /// `known` is asked once per artist, with the place of the artist's first candidate.
    pub fn new(n: usize, row: impl Fn(usize) -> Row<'a>, known: impl Fn(usize) -> bool) -> Self {
        let mut pool = Self::default();
        let rows: Vec<Row<'a>> = (0..n).map(row).collect();
        let score = |i: usize| {
            if rows[i].score.is_finite() {
                rows[i].score
            } else {
                0.0
            }
        };
        let mut recordings = Numbers::new(n);
        let mut best: Vec<u32> = Vec::with_capacity(n);
        for i in 0..n {
            let recording = rows[i].recording;
            let same = |number: u32| rows[best[number as usize] as usize].recording == recording;
            let number = recordings.find(mix(recording), same) as usize;
            if number == best.len() {
                best.push(i as u32);
            } else if score(i) > score(best[number] as usize) {
                best[number] = i as u32;
            }
        }
        pool.duplicate = n - best.len();
        if pool.duplicate > 0 {
            best.sort_unstable();
        }
        let floor = best.iter().fold(0f32, |m, &i| m.min(score(i as usize)));
        let top = best.iter().fold(floor, |m, &i| m.max(score(i as usize)));
        let (floor, range) = (f64::from(floor), f64::from(top) - f64::from(floor));
        let (mut artists, mut classes) = (Numbers::new(n), Numbers::new(n));
        let mut names: Vec<u32> = Vec::new();
        for &i in &best {
            let at = i as usize;
            let Row { artist, genres, .. } = rows[at];
            let number = artists.find(mix(artist), |k| names[k as usize] == artist);
            if number as usize == names.len() {
                names.push(artist);
                pool.known.push(known(at));
            }
            let hash = genres.iter().fold(7, |h, &g| mix(h ^ u32::from(g)));
            let class = classes.find(hash, |k| pool.genres[k as usize] == genres);
            if class as usize == pool.genres.len() {
                pool.genres.push(genres);
            }
            let value = if range > 0.0 {
                (f64::from(score(at)) - floor) / range
            } else {
                0.0
            };
            pool.score.push(score(at));
            pool.value.push(value);
            pool.percentile.push(f64::from(rows[at].percentile));
            pool.artist.push(number);
            pool.class.push(class);
        }
        pool.origin = best;
        pool
    }

    pub fn len(&self) -> usize {
        self.origin.len()
    }

    pub fn is_empty(&self) -> bool {
        self.origin.is_empty()
    }

    pub fn is_known(&self, i: usize) -> bool {
        self.known[self.artist[i] as usize]
    }

    /// Mean popularity percentile of some of the pool; 0 for none.
    pub fn mean_percentile(&self, some: &[u32]) -> f64 {
        let sum: f64 = some.iter().map(|&i| self.percentile[i as usize]).sum();
        sum / some.len().max(1) as f64
    }
}

/// Dense numbers for keys, in order of first appearance (open addressing).
struct Numbers {
    slots: Vec<u32>,
    count: u32,
}

const FREE: u32 = u32::MAX;

impl Numbers {
    fn new(n: usize) -> Self {
        Self {
            slots: vec![FREE; (2 * n).next_power_of_two().max(4)],
            count: 0,
        }
    }

    /// The number of the key with this hash for which `same` holds; a fresh one where none does.
    fn find(&mut self, hash: u32, same: impl Fn(u32) -> bool) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let number = self.slots[at];
            if number == FREE {
                self.slots[at] = self.count;
                self.count += 1;
                return self.count - 1;
            }
            if same(number) {
                return number;
            }
            at = (at + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_best_release_of_a_recording_and_one_scale() {
        let rows = [(0.1f32, 5, 9), (0.4, 6, 8), (0.2, 5, 9), (0.2, 5, 7)];
        let genres: &[u16] = &[3];
        let pool = Pool::new(
            4,
            |i| Row {
                score: rows[i].0,
                recording: rows[i].1,
                artist: rows[i].2,
                percentile: 0.5,
                genres,
            },
            |i| i == 1,
        );
        assert_eq!(pool.origin, [1, 2]);
        assert_eq!(pool.value, [1.0, f64::from(0.2f32) / f64::from(0.4f32)]);
        assert_eq!(pool.artist, [0, 1]);
        assert_eq!(pool.known, [true, false]);
        assert_eq!((pool.class.as_slice(), pool.duplicate), (&[0, 0][..], 2));
        assert!(Pool::new(0, |_| unreachable!(), |_| true).is_empty());
    }
}
