//! One block of listeners: route, guess thresholds, walk the lists, filter and cut.

use super::quantise::Items;
use super::route::route;
use super::rows::RowQuery;
use super::scan::{Context, Listener};
use super::survivors::{Buckets, buckets, by_slot, cut};
use super::thresholds::Rank;
use super::visit::{Listeners, Visit, pack, start, width, words};
use crate::error::Result;
use crate::simd::Simd;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A block: rows `first..` of all queries.
pub struct Block<'a> {
    pub context: &'a Context<'a>,
    pub simd: Simd,
    pub first: usize,
    pub queries: &'a [f32],
    pub k: usize,
    pub probe: usize,
    pub thresholds: bool,
}

/// A listener's integers and lists.
struct Prepared {
    query: Vec<i8>,
    scale: f64,
    lists: Vec<u32>,
    place: u32,
}

/// Keys of a listener, in order, and its scale.
pub type Found = (Vec<u64>, f64);

impl Block<'_> {
    pub fn run(&self) -> Result<Vec<Found>> {
        let prepared = self.prepare()?;
        let floors = self.floors(&prepared);
        let workers = self.walk(&prepared, &floors);
        let slots = prepared.len();
        let mut found: Vec<(usize, Vec<u64>)> = buckets(slots)
            .into_par_iter()
            .flat_map_iter(|bucket| {
                let mut out = Vec::new();
                by_slot(&workers, bucket, slots, |slot, keys| {
                    out.push((slot, self.best(&prepared[slot], slot, keys)));
                });
                out
            })
            .collect();
        found.sort_unstable_by_key(|f| f.0);
        Ok(found
            .into_iter()
            .zip(prepared)
            .map(|((_, keys), p)| (keys, p.scale))
            .collect())
    }

    fn prepare(&self) -> Result<Vec<Prepared>> {
        let (d, index) = (self.context.index.dimensions, self.context.index);
        let items: &Items = &index.items;
        self.queries
            .par_chunks_exact(d)
            .enumerate()
            .map(|(slot, query)| {
                let mut small = vec![0; d];
                let scale = items.listener(query, &mut small)?;
                let lists = route(index, &RowQuery::new(self.simd, &small), self.probe);
                small.resize(width(self.simd, d), 0);
                let class = self.context.eligibility.class(self.first + slot);
                Ok(Prepared {
                    query: small,
                    scale,
                    lists,
                    place: self.context.bits.place(class),
                })
            })
            .collect()
    }

    fn row_query(&self, p: &Prepared) -> RowQuery {
        RowQuery::new(self.simd, &p.query[..self.context.index.dimensions])
    }

    fn listener<'q>(&self, slot: usize, p: &Prepared, query: &'q RowQuery) -> Listener<'q> {
        Listener {
            number: self.first + slot,
            place: p.place,
            query,
        }
    }

    fn floors(&self, prepared: &[Prepared]) -> Vec<i16> {
        let count = Rank::calibrated(prepared.len());
        if !self.thresholds || count == 0 {
            return vec![i16::MIN; prepared.len()];
        }
        let needed = (0..count)
            .into_par_iter()
            .map(|i| {
                let slot = i * prepared.len() / count;
                let query = self.row_query(&prepared[slot]);
                let listener = self.listener(slot, &prepared[slot], &query);
                Rank::needed(self.context, &listener, &prepared[slot].lists, self.k)
            })
            .collect();
        let rank = Rank::of(needed);
        prepared
            .par_iter()
            .enumerate()
            .map(|(slot, p)| {
                let query = self.row_query(p);
                rank.floor(
                    self.context,
                    &self.listener(slot, p, &query),
                    &p.lists,
                    self.k,
                )
            })
            .collect()
    }

    /// Each list meets its listeners, who come in the order of their slots.
    fn walk(&self, prepared: &[Prepared], floors: &[i16]) -> Vec<Buckets> {
        let index = self.context.index;
        let mut off = vec![0usize; index.lists() + 1];
        for p in prepared {
            for &list in &p.lists {
                off[list as usize + 1] += 1;
            }
        }
        for list in 0..index.lists() {
            off[list + 1] += off[list];
        }
        let mut next = off.clone();
        let mut slots = vec![0u32; off[index.lists()]];
        for (slot, p) in prepared.iter().enumerate() {
            for &list in &p.lists {
                slots[next[list as usize]] = slot as u32;
                next[list as usize] += 1;
            }
        }
        let todo = AtomicUsize::new(0);
        (0..rayon::current_num_threads())
            .into_par_iter()
            .map(|_| {
                let mut buckets = Buckets::new(prepared.len());
                let mut room = Room::default();
                loop {
                    let list = todo.fetch_add(1, Ordering::Relaxed);
                    if list >= index.lists() {
                        break buckets;
                    }
                    let slots = &slots[off[list]..off[list + 1]];
                    self.visit(list, slots, prepared, floors, &mut room, &mut buckets);
                }
            })
            .collect()
    }

    fn visit(
        &self,
        list: usize,
        slots: &[u32],
        prepared: &[Prepared],
        floors: &[i16],
        room: &mut Room,
        buckets: &mut Buckets,
    ) {
        let index = self.context.index;
        let d = index.dimensions;
        let range = index.list(list);
        if slots.is_empty() || range.is_empty() {
            return;
        }
        room.listeners.clear();
        for &slot in slots {
            let p = &prepared[slot as usize];
            let begin = start(&index.items, &p.query);
            room.listeners
                .push(self.simd, &p.query, begin, floors[slot as usize], p.place);
        }
        room.listeners.close(self.simd, width(self.simd, d));
        let rows = index.rows(range.clone());
        pack(self.simd, rows, d, index.items.offset, &mut room.packed);
        Visit {
            items: range.len(),
            first: range.start,
            words: words(self.simd, d),
            packed: &room.packed,
            listeners: &room.listeners,
            bits: self.context.bits,
        }
        .run(self.simd, &mut room.log);
        buckets.take(&mut room.log, slots, &index.order[range]);
    }

    /// The listener's best of its survivors, or of a scan where those are too few: first of the same
    /// lists, then of twice as many, until there are k or no more lists.
    fn best(&self, p: &Prepared, slot: usize, keys: &mut Vec<u64>) -> Vec<u64> {
        let Context {
            index, eligibility, ..
        } = self.context;
        keys.retain(|&key| !eligibility.excluded(self.first + slot, super::survivors::track(key)));
        if keys.len() >= self.k {
            cut(keys, self.k);
            return keys.clone();
        }
        let query = self.row_query(p);
        let listener = self.listener(slot, p, &query);
        let mut probe = self.probe;
        let mut found = self.context.best(&listener, &p.lists, self.k);
        while found.len() < self.k && probe < index.lists() {
            probe *= 2;
            found = self
                .context
                .best(&listener, &route(index, &query, probe), self.k);
        }
        found
    }
}

/// What a worker keeps from visit to visit.
#[derive(Default)]
struct Room {
    packed: Vec<u8>,
    listeners: Listeners,
    log: Vec<super::visit::Hit>,
}
