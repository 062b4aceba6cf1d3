//! Who played what, both ways round.

use crate::listeners::{Bucket, Listener};

/// Binary listener x item incidence in both orders; ids ascending within a row.
pub struct Interactions {
    pub users: usize,
    pub items: usize,
    pub user_off: Vec<usize>,
    pub user_items: Vec<u32>,
    pub item_off: Vec<usize>,
    pub item_users: Vec<u32>,
}

impl Interactions {
    /// From rows of items per user; duplicates within a row count once.
    pub fn from_rows(items: usize, rows: impl Iterator<Item = Vec<u32>>) -> Self {
        let mut user_off = vec![0usize];
        let mut user_items = Vec::new();
        for mut row in rows {
            row.sort_unstable();
            row.dedup();
            user_items.extend_from_slice(&row);
            user_off.push(user_items.len());
        }
        let users = user_off.len() - 1;
        let mut item_off = vec![0usize; items + 1];
        for &i in &user_items {
            item_off[i as usize + 1] += 1;
        }
        for i in 0..items {
            item_off[i + 1] += item_off[i];
        }
        let mut next = item_off.clone();
        let mut item_users = vec![0u32; user_items.len()];
        for u in 0..users {
            for &i in &user_items[user_off[u]..user_off[u + 1]] {
                item_users[next[i as usize]] = u as u32;
                next[i as usize] += 1;
            }
        }
        Self {
            users,
            items,
            user_off,
            user_items,
            item_off,
            item_users,
        }
    }

    /// Tracks with at least one positive play, or saved, at most `cap` newest a listener.
    pub fn tracks(buckets: &[Bucket], items: usize, cap: usize) -> Self {
        Self::mapped(buckets, items, cap, |track| track)
    }

    /// The same with every track replaced by `item(track)`.
    pub fn mapped(
        buckets: &[Bucket],
        items: usize,
        cap: usize,
        item: impl Fn(u32) -> u32 + Copy,
    ) -> Self {
        let rows = buckets.iter().flat_map(|bucket| {
            (0..bucket.len).map(move |i| {
                let mut row = Self::liked(&bucket.listener(i), cap);
                row.iter_mut().for_each(|track| *track = item(*track));
                row
            })
        });
        Self::from_rows(items, rows)
    }

    /// The tracks of a record that count: the `cap` newest with a positive play or saved, newest first.
    pub fn liked(l: &Listener<'_>, cap: usize) -> Vec<u32> {
        (0..l.track.len())
            .filter(|&h| l.positives[h] > 0 || l.saved[h] > 0)
            .take(cap)
            .map(|h| l.track[h])
            .collect()
    }

    pub fn items_of(&self, user: usize) -> &[u32] {
        &self.user_items[self.user_off[user]..self.user_off[user + 1]]
    }

    pub fn users_of(&self, item: usize) -> &[u32] {
        &self.item_users[self.item_off[item]..self.item_off[item + 1]]
    }

    pub fn item_degree(&self, item: usize) -> usize {
        self.item_off[item + 1] - self.item_off[item]
    }

    pub fn user_degree(&self, user: usize) -> usize {
        self.user_off[user + 1] - self.user_off[user]
    }
}
