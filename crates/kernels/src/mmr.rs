//! Maximal marginal relevance (Carbonell and Goldstein 1998): similarity to what is chosen already.

use crate::pool::Pool;

/// Largest similarity of each candidate to the chosen ones: the larger of `artist_similarity` where
/// the artist is the same, the Jaccard index of the genre sets, and the cosine of the vectors. Two
/// releases of one recording never meet here: a pool has one per recording.
pub struct Similarities<'a> {
    pool: &'a Pool<'a>,
    artist_similarity: f64,
    artist_there: Vec<bool>,
    class_there: Vec<bool>,
    of_class: Vec<f64>,
    chosen: Vec<u32>,
    /// Per candidate: largest cosine to the first `compared` chosen.
    cosine: Vec<f64>,
    compared: Vec<u32>,
}

impl<'a> Similarities<'a> {
    pub fn new(pool: &'a Pool<'a>, artist_similarity: f64) -> Self {
        let with_vectors = if pool.vectors.is_some() {
            pool.len()
        } else {
            0
        };
        Self {
            pool,
            artist_similarity,
            artist_there: vec![false; pool.known.len()],
            class_there: vec![false; pool.genres.len()],
            of_class: vec![0.0; pool.genres.len()],
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
            let genres = self.pool.genres[class];
            for (largest, other) in self.of_class.iter_mut().zip(&self.pool.genres) {
                *largest = largest.max(jaccard(genres, other));
            }
        }
    }

    /// Largest similarity of a candidate to the chosen ones; 0 while there are none.
    pub fn largest(&mut self, i: usize) -> f64 {
        let mut largest = self.of_class[self.pool.class[i] as usize];
        if self.artist_there[self.pool.artist[i] as usize] {
            largest = largest.max(self.artist_similarity);
        }
        if self.pool.vectors.is_some() {
            for &j in &self.chosen[self.compared[i] as usize..] {
                self.cosine[i] = self.cosine[i].max(cosine(self.pool, i, j as usize));
            }
            self.compared[i] = self.chosen.len() as u32;
            largest = largest.max(self.cosine[i]);
        }
        largest
    }
}

/// |a and b| / |a or b| of two sets; 0 where both are empty.
pub fn jaccard(a: &[u16], b: &[u16]) -> f64 {
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
    let row = |i: usize| {
        let start = pool.origin[i] as usize * vectors.dimensions;
        &vectors.rows[start..start + vectors.dimensions]
    };
    row(i)
        .iter()
        .zip(row(j))
        .map(|(&a, &b)| f64::from(a) * f64::from(b))
        .sum()
}
