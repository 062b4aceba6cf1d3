//! Candidates from the largest value to the smallest, sorted only as far as somebody looks.

/// Descending by value, ties to the smaller index; no NaN.
#[derive(Default)]
pub struct Ranking {
    /// Complement of the value's ordered bits over the index.
    keys: Vec<u128>,
    sorted: usize,
}

const CHUNK: usize = 64;

impl Ranking {
    pub fn fill(&mut self, values: impl Iterator<Item = f64>) {
        self.keys.clear();
        self.sorted = 0;
        self.keys.extend(values.enumerate().map(|(i, value)| {
            let bits = (value + 0.0).to_bits();
            let sign = ((bits as i64) >> 63) as u64;
            let ascending = bits ^ (sign | 1 << 63);
            u128::from(!ascending) << 32 | i as u128
        }));
    }

    /// Index of the candidate at a place, from 0.
    pub fn at(&mut self, place: usize) -> Option<usize> {
        while place >= self.sorted {
            let rest = &mut self.keys[self.sorted..];
            if rest.is_empty() {
                return None;
            }
            let more = CHUNK.max(self.sorted).min(rest.len());
            if more < rest.len() {
                rest.select_nth_unstable(more - 1);
            }
            rest[..more].sort_unstable();
            self.sorted += more;
        }
        Some(self.keys[place] as u32 as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_descending_with_ties_to_the_earlier() {
        let values: Vec<f64> = (0..500)
            .map(|i| f64::from((i * 7919) % 101) - 50.0)
            .collect();
        let mut expected: Vec<usize> = (0..500).collect();
        expected.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
        let mut ranking = Ranking::default();
        ranking.fill(values.iter().copied());
        let order: Vec<usize> = (0..).map_while(|k| ranking.at(k)).collect();
        assert_eq!(order, expected);
        ranking.fill([-0.0, 0.0].into_iter());
        assert_eq!(ranking.at(0), Some(0));
        ranking.fill(std::iter::empty());
        assert_eq!(ranking.at(0), None);
    }
}
