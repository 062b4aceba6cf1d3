//! Tracks by one artist apart, with the order otherwise as it was.

/// An order of `artist`'s places in which any `spacing` consecutive places hold an artist at most
/// once, where there is one: the earliest such in lexicographic order, so every track moves as
/// little as those before it allow. Fixed places keep their track; where their artists stand in other
/// places too, such an order may be missed. Where there is none, each place takes the earliest track
/// whose artist is not near, else that of the artist seen longest ago.
pub fn space(artist: &[u32], fixed: &[bool], spacing: usize) -> Vec<u32> {
    let n = artist.len();
    let mut schedule = Schedule::new(artist, fixed, spacing);
    let order: Vec<u32> = (0..n as u32).collect();
    if spacing < 2 || !schedule.clashes(&order) {
        return order;
    }
    let earliest = schedule.fill(Rule::Earliest);
    if !schedule.clashes(&earliest) {
        return earliest;
    }
    if !schedule.can_finish() {
        return earliest;
    }
    for (place, &stays) in fixed.iter().enumerate() {
        if stays {
            schedule.put(place, place);
            continue;
        }
        let next = (0..n).find(|&i| {
            if schedule.used[i] || !schedule.fits(artist[i], place) {
                return false;
            }
            schedule.put(place, i);
            let ok = schedule.can_finish();
            if !ok {
                schedule.take_back(i);
            }
            ok
        });
        if next.is_none() {
            return earliest;
        }
    }
    schedule.at
}

#[derive(Clone, Copy)]
enum Rule {
    Earliest,
    /// The artist with most tracks left, ties to the earlier track.
    MostLeft,
}

#[derive(Clone)]
struct Schedule<'a> {
    artist: &'a [u32],
    fixed: &'a [bool],
    spacing: usize,
    used: Vec<bool>,
    /// Track at each place filled so far.
    at: Vec<u32>,
}

impl<'a> Schedule<'a> {
    fn new(artist: &'a [u32], fixed: &'a [bool], spacing: usize) -> Self {
        Self {
            artist,
            fixed,
            spacing,
            used: fixed.to_vec(),
            at: Vec::with_capacity(artist.len()),
        }
    }

    fn put(&mut self, place: usize, i: usize) {
        self.at.truncate(place);
        self.at.push(i as u32);
        self.used[i] = true;
    }

    fn take_back(&mut self, i: usize) {
        self.at.pop();
        self.used[i] = false;
    }

    /// Whether the artist stands neither in the places filled nor in fixed ones within `spacing`.
    fn fits(&self, artist: u32, place: usize) -> bool {
        let from = (place + 1).saturating_sub(self.spacing);
        let to = (place + self.spacing).min(self.artist.len());
        let behind = (from..place).all(|p| self.artist[self.at[p] as usize] != artist);
        behind && (place + 1..to).all(|p| !self.fixed[p] || self.artist[p] != artist)
    }

    fn clashes(&self, order: &[u32]) -> bool {
        let artist = |p: usize| self.artist[order[p] as usize];
        (0..order.len())
            .any(|p| (p + 1..(p + self.spacing).min(order.len())).any(|q| artist(p) == artist(q)))
    }

    /// Fills the remaining places by a rule.
    fn fill(&self, rule: Rule) -> Vec<u32> {
        let n = self.artist.len();
        let mut rest = self.clone();
        for place in self.at.len()..n {
            if self.fixed[place] {
                rest.put(place, place);
                continue;
            }
            let free = (0..n).filter(|&i| !rest.used[i]);
            let fitting = free.clone().filter(|&i| rest.fits(self.artist[i], place));
            let left = |i: usize| {
                let same = |&j: &usize| !rest.used[j] && self.artist[j] == self.artist[i];
                (0..n).filter(same).count()
            };
            let next = match rule {
                Rule::Earliest => fitting.min(),
                Rule::MostLeft => fitting.max_by_key(|&i| (left(i), std::cmp::Reverse(i))),
            };
            let last = |i: usize| {
                let mut seen = (0..place).rev();
                seen.find(|&p| self.artist[rest.at[p] as usize] == self.artist[i])
            };
            let next = next.or_else(|| free.min_by_key(|&i| (last(i), i)));
            rest.put(place, next.unwrap_or(place));
        }
        rest.at
    }

    fn can_finish(&self) -> bool {
        !self.clashes(&self.fill(Rule::MostLeft))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrangements(n: usize, fixed: &[bool]) -> Vec<Vec<u32>> {
        fn grow(n: usize, fixed: &[bool], at: &mut Vec<u32>, all: &mut Vec<Vec<u32>>) {
            let place = at.len();
            if place == n {
                all.push(at.clone());
                return;
            }
            for i in 0..n {
                let right = if fixed[place] { i == place } else { !fixed[i] };
                if right && !at.contains(&(i as u32)) {
                    at.push(i as u32);
                    grow(n, fixed, at, all);
                    at.pop();
                }
            }
        }
        let mut all = Vec::new();
        grow(n, fixed, &mut Vec::new(), &mut all);
        all
    }

    /// Rounds in which a valid order exists, and those in which `space` found the first one.
    fn rounds(artists_of_fixed: u32) -> (usize, usize) {
        let (n, mut rng) = (7, crate::rng::Rng::new(&[4]));
        let (mut possible, mut exact) = (0, 0);
        for round in 0..400 {
            let fixed: Vec<bool> = (0..n).map(|i| round % 3 == 0 && i % 4 == 2).collect();
            let artist: Vec<u32> = (0..n)
                .map(|i| rng.next_u32() % 4 + if fixed[i] { artists_of_fixed } else { 0 })
                .collect();
            let spacing = 2 + round % 2;
            let schedule = Schedule::new(&artist, &fixed, spacing);
            let all = arrangements(n, &fixed);
            let found = space(&artist, &fixed, spacing);
            assert!(all.contains(&found));
            if let Some(first) = all.iter().find(|order| !schedule.clashes(order)) {
                possible += 1;
                exact += usize::from(&found == first);
            }
        }
        (possible, exact)
    }

    #[test]
    fn finds_the_first_valid_order_of_all() {
        let (possible, exact) = rounds(10);
        assert!(possible > 100);
        assert_eq!(exact, possible);
    }

    #[test]
    fn seldom_misses_an_order_where_fixed_artists_stand_elsewhere_too() {
        let (possible, exact) = rounds(0);
        assert!(
            exact as f64 > 0.9 * possible as f64,
            "{exact} of {possible}"
        );
    }

    #[test]
    fn leaves_what_is_apart_and_survives_the_impossible() {
        assert_eq!(space(&[1, 2, 3, 1], &[false; 4], 3), [0, 1, 2, 3]);
        assert_eq!(space(&[1, 1, 2, 3], &[false; 4], 3), [0, 2, 3, 1]);
        assert_eq!(space(&[5; 4], &[false; 4], 3), [0, 1, 2, 3]);
        assert_eq!(space(&[5, 5, 5, 2], &[false; 4], 2), [0, 3, 1, 2]);
        assert!(space(&[], &[], 3).is_empty());
    }
}
