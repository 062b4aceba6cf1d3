//! Maximal marginal relevance (Carbonell and Goldstein 1998): similarity to what is chosen already.

use crate::pool::Pool;

/// Largest similarity of each candidate to the chosen ones: the larger of `artist_similarity` where
/// the artist is the same, the Jaccard index of the genre sets, and `vector_similarity` times the
/// cosine of the vectors. Two releases of one recording never meet here: a pool has one per recording.
pub struct Similarities<'a> {
    pool: &'a Pool<'a>,
    artist_similarity: f64,
    vector_similarity: f64,
    artist_there: Vec<bool>,
    class_there: Vec<bool>,
    of_class: Vec<f64>,
    genres: GenreSets<'a>,
    chosen: Vec<u32>,
    /// Per candidate: largest cosine to the first `compared` chosen.
    cosine: Vec<f64>,
    compared: Vec<u32>,
}

impl<'a> Similarities<'a> {
    pub fn new(pool: &'a Pool<'a>, artist_similarity: f64, vector_similarity: f64) -> Self {
        let with_vectors = if pool.vectors.is_some() && vector_similarity > 0.0 {
            pool.len()
        } else {
            0
        };
        Self {
            pool,
            artist_similarity,
            vector_similarity,
            artist_there: vec![false; pool.known.len()],
            class_there: vec![false; pool.genres.len()],
            of_class: vec![0.0; pool.genres.len()],
            genres: GenreSets::new(&pool.genres),
            chosen: Vec::new(),
            cosine: vec![0.0; with_vectors],
            compared: vec![0; with_vectors],
        }
    }

    pub fn choose(&mut self, i: usize) {
        let class = self.pool.class[i] as usize;
        self.artist_there[self.pool.artist[i] as usize] = true;
        self.chosen.push(i as u32);
        if !std::mem::replace(&mut self.class_there[class], true) {
            for (other, largest) in self.of_class.iter_mut().enumerate() {
                *largest = largest.max(self.genres.jaccard(class, other));
            }
        }
    }

    /// Largest similarity of a candidate to the chosen ones; 0 while there are none.
    pub fn largest(&mut self, i: usize) -> f64 {
        let mut largest = self.of_class[self.pool.class[i] as usize];
        if self.artist_there[self.pool.artist[i] as usize] {
            largest = largest.max(self.artist_similarity);
        }
        if !self.cosine.is_empty() {
            for &j in &self.chosen[self.compared[i] as usize..] {
                self.cosine[i] = self.cosine[i].max(cosine(self.pool, i, j as usize));
            }
            self.compared[i] = self.chosen.len() as u32;
            largest = largest.max(self.vector_similarity * self.cosine[i]);
        }
        largest
    }
}

/// How alike two candidates are in the mean of what is known of them.
pub struct Likeness<'a> {
    pool: &'a Pool<'a>,
    genres: GenreSets<'a>,
}

impl<'a> Likeness<'a> {
    pub fn new(pool: &'a Pool<'a>) -> Self {
        Self {
            pool,
            genres: GenreSets::new(&pool.genres),
        }
    }

    /// Mean of: same artist (1 or 0), Jaccard index of the genre sets and, where there are vectors,
    /// their cosine.
    pub fn mean(&self, i: usize, j: usize) -> f64 {
        let pool = self.pool;
        let same = f64::from(u8::from(pool.artist[i] == pool.artist[j]));
        let genres = self
            .genres
            .jaccard(pool.class[i] as usize, pool.class[j] as usize);
        if pool.vectors.is_none() {
            return (same + genres) / 2.0;
        }
        (same + genres + cosine(pool, i, j)) / 3.0
    }
}

/// Genre sets as bits where at most 128 genres occur in all of them.
enum GenreSets<'a> {
    Bits(Vec<u128>),
    Lists(&'a [&'a [u16]]),
}

impl<'a> GenreSets<'a> {
    fn new(sets: &'a [&'a [u16]]) -> Self {
        let mut places: Vec<u8> = Vec::new();
        let mut count = 0u8;
        let mut bits = Vec::with_capacity(sets.len());
        for set in sets {
            let mut mask = 0u128;
            for &genre in *set {
                let genre = genre as usize;
                if genre >= places.len() {
                    places.resize(genre + 1, u8::MAX);
                }
                if places[genre] == u8::MAX {
                    if count == 128 {
                        return Self::Lists(sets);
                    }
                    places[genre] = count;
                    count += 1;
                }
                mask |= 1 << places[genre];
            }
            bits.push(mask);
        }
        Self::Bits(bits)
    }

    fn jaccard(&self, a: usize, b: usize) -> f64 {
        match self {
            Self::Lists(sets) => jaccard(sets[a], sets[b]),
            Self::Bits(bits) => {
                let common = (bits[a] & bits[b]).count_ones();
                if common == 0 {
                    return 0.0;
                }
                f64::from(common) / f64::from((bits[a] | bits[b]).count_ones())
            }
        }
    }
}

/// |a and b| / |a or b| of two sets; 0 where both are empty.
fn jaccard(a: &[u16], b: &[u16]) -> f64 {
    let common = a.iter().filter(|genre| b.contains(genre)).count();
    let all = a.len() + b.len() - common;
    if all == 0 {
        0.0
    } else {
        common as f64 / all as f64
    }
}

fn cosine(pool: &Pool<'_>, i: usize, j: usize) -> f64 {
    let Some(vectors) = pool.vectors else {
        return 0.0;
    };
    let row = |i: usize| vectors.row(pool.origin[i] as usize);
    row(i)
        .iter()
        .zip(row(j))
        .map(|(&a, &b)| f64::from(a) * f64::from(b))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_genres_as_bits_or_as_lists() {
        let many: Vec<Vec<u16>> = (0..200).map(|g| vec![g, g + 1, (g * 7) % 50]).collect();
        let mut sets: Vec<&[u16]> = vec![&[], &[3], &[3, 4], &[5, 4]];
        let few = GenreSets::new(&sets);
        assert!(matches!(few, GenreSets::Bits(_)));
        let found = [
            few.jaccard(0, 0),
            few.jaccard(1, 1),
            few.jaccard(1, 2),
            few.jaccard(2, 3),
        ];
        assert_eq!(found, [0.0, 1.0, 0.5, 1.0 / 3.0]);
        assert_eq!(jaccard(sets[2], sets[3]), 1.0 / 3.0);
        assert_eq!(jaccard(sets[0], sets[0]), 0.0);
        sets.extend(many.iter().map(Vec::as_slice));
        assert!(matches!(GenreSets::new(&sets), GenreSets::Lists(_)));
    }
}
