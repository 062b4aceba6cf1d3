//! An artist's vector: the sum over its listeners of the listener's random signs, times a damped count.
//! Integers, so the sum is the same in any order and a listener's part can be taken out exactly.

use crate::rng::hash32;

/// Counts beyond this say no more: bits of it are the largest weight.
const MOST: u32 = 15;

/// Weight of `count` plays: 1, 2 from 2, 3 from 4, 4 from 8 on; 0 for none.
pub fn damped(count: u32) -> i32 {
    (32 - count.min(MOST).leading_zeros()) as i32
}

/// The listener's signs: bit `d % 32` of word `d / 32` set means +1.
pub fn sign_words(seed: u32, dimensions: usize) -> Vec<u32> {
    (0..dimensions as u32 / 32)
        .map(|word| hash32(&[0x5167, seed, word]))
        .collect()
}

fn sign(words: &[u32], d: usize) -> i32 {
    if words[d / 32] >> (d % 32) & 1 == 1 {
        1
    } else {
        -1
    }
}

/// Vectors of all artists, and what they are of.
pub struct ArtistVectors {
    pub dimensions: usize,
    /// Row-major, artists x dimensions.
    rows: Vec<i32>,
    /// Sum of the weights behind each row, of all rows, and of the rows themselves.
    weight: Vec<i64>,
    total: i64,
    sum: Vec<i64>,
}

impl ArtistVectors {
    pub fn new(artists: usize, dimensions: usize) -> Self {
        Self {
            dimensions,
            rows: vec![0; artists * dimensions],
            weight: vec![0; artists],
            total: 0,
            sum: vec![0; dimensions],
        }
    }

    /// Adds a listener's (artist, plays) pairs, an artist once.
    pub fn add(&mut self, seed: u32, plays: &[(u32, u32)]) {
        let words = sign_words(seed, self.dimensions);
        let mut all = 0;
        for &(artist, count) in plays {
            let weight = damped(count);
            let at = artist as usize * self.dimensions;
            for (d, cell) in self.rows[at..at + self.dimensions].iter_mut().enumerate() {
                *cell += weight * sign(&words, d);
            }
            self.weight[artist as usize] += i64::from(weight);
            all += i64::from(weight);
        }
        self.total += all;
        for (d, cell) in self.sum.iter_mut().enumerate() {
            *cell += all * i64::from(sign(&words, d));
        }
    }

    /// What everybody but this listener says of an artist, as a unit row: the row less what independence
    /// of artist and listener would give. None where nobody else plays it. `own` is the listener's weight
    /// of the artist, `all` of all artists (0 and 0 for a listener that is not in the vectors).
    pub fn without(&self, artist: u32, words: &[u32], own: i32, all: i64) -> Option<Vec<f64>> {
        let a = artist as usize;
        let weight = self.weight[a] - i64::from(own);
        let total = self.total - all;
        if weight <= 0 || total <= 0 {
            return None;
        }
        let share = weight as f64 / total as f64;
        let mut row: Vec<f64> = (0..self.dimensions)
            .map(|d| {
                let sign = sign(words, d);
                let here = i64::from(self.rows[a * self.dimensions + d] - own * sign);
                let everywhere = self.sum[d] - all * i64::from(sign);
                here as f64 - share * everywhere as f64
            })
            .collect();
        unit(&mut row).then_some(row)
    }
}

/// Scales to length 1; false (and untouched) where there is no direction.
pub fn unit(row: &mut [f64]) -> bool {
    let square: f64 = row.iter().map(|x| x * x).sum();
    if square < 1e-9 {
        return false;
    }
    let length = square.sqrt();
    row.iter_mut().for_each(|x| *x /= length);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_weigh_by_their_bits_up_to_four() {
        let weights = [0, 1, 2, 3, 4, 7, 8, 1000].map(damped);
        assert_eq!(weights, [0, 1, 2, 2, 3, 3, 4, 4]);
    }

    #[test]
    fn taking_a_listener_out_gives_the_vectors_without_it() {
        let (mut all, mut others) = (ArtistVectors::new(3, 64), ArtistVectors::new(3, 64));
        for seed in 1..20 {
            let plays = [(seed % 3, seed), ((seed + 1) % 3, 2)];
            all.add(seed, &plays);
            others.add(seed, &plays);
        }
        all.add(99, &[(0, 9), (2, 1)]);
        let words = sign_words(99, 64);
        for (artist, own) in [(0, 4), (1, 0), (2, 1)] {
            let expected = others.without(artist, &words, 0, 0);
            assert_eq!(all.without(artist, &words, own, 5), expected);
        }
    }

    #[test]
    fn an_artist_that_only_the_listener_plays_has_no_vector() {
        let mut vectors = ArtistVectors::new(2, 32);
        vectors.add(7, &[(0, 3), (1, 1)]);
        vectors.add(8, &[(1, 1)]);
        assert!(vectors.without(0, &sign_words(7, 32), 2, 3).is_none());
    }
}
