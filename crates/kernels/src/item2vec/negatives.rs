use crate::math;
use crate::rng::Rng;

/// Walker's alias table (Vose 1991): two generator words and one look-up per draw.
pub struct AliasTable {
    /// Of a column: the share that is its own, times 2^32, and whose the rest is.
    columns: Vec<(u32, u32)>,
}

impl AliasTable {
    /// Draws `i` in proportion to `counts[i]^exponent`; counts are at least 1. Columns are filled in
    /// ascending order of index, so the table is a function of the counts.
    pub fn new(counts: &[u32], exponent: f64) -> Self {
        let n = counts.len();
        let mut share: Vec<f64> = counts
            .iter()
            .map(|&c| math::powf(f64::from(c), exponent))
            .collect();
        let scale = n as f64 / share.iter().sum::<f64>();
        share.iter_mut().for_each(|s| *s *= scale);
        let mut columns: Vec<(u32, u32)> = (0..n as u32).map(|i| (u32::MAX, i)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..n).rev().partition(|&i| share[i] < 1.0);
        while let (Some(&s), Some(&l)) = (small.last(), large.last()) {
            small.pop();
            columns[s] = ((share[s] * 4_294_967_296.0) as u32, l as u32);
            share[l] -= 1.0 - share[s];
            if share[l] < 1.0 {
                large.pop();
                small.push(l);
            }
        }
        Self { columns }
    }

    /// One draw; the table must not be empty.
    #[inline]
    pub fn draw(&self, rng: &mut Rng) -> u32 {
        let slot = (u64::from(rng.next_u32()) * self.columns.len() as u64) >> 32;
        let (own, other) = self.columns[slot as usize];
        // A branch here would be mispredicted every other time.
        let stays = u32::from(rng.next_u32() < own).wrapping_neg();
        (slot as u32 & stays) | (other & !stays)
    }
}
