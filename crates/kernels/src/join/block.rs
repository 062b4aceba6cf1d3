//! One block of listeners: route, guess thresholds, walk the lists, filter and cut.

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

/// The block's listeners, each `width` integers and `probe` lists, nearest first.
struct Prepared {
    width: usize,
    probe: usize,
    query: Vec<i8>,
    lists: Vec<u32>,
    start: Vec<i16>,
    scale: Vec<f64>,
    place: Vec<u32>,
}

impl Prepared {
    fn len(&self) -> usize {
        self.start.len()
    }

    fn query(&self, slot: usize) -> &[i8] {
        &self.query[slot * self.width..(slot + 1) * self.width]
    }

    fn lists(&self, slot: usize) -> &[u32] {
        &self.lists[slot * self.probe..(slot + 1) * self.probe]
    }
}

/// Keys of a listener, in order, and its scale.
pub type Found = (Vec<u64>, f64);

impl Block<'_> {
    pub fn run(&self) -> Result<Vec<Found>> {
        let prepared = self.prepare()?;
        let floors = self.floors(&prepared);
        let workers = self.walk(&prepared, &floors);
        let slots = prepared.len();
        let found: Vec<Vec<u64>> = buckets(slots)
            .into_par_iter()
            .flat_map_iter(|bucket| {
                let mut out = Vec::new();
                by_slot(&workers, bucket, slots, |slot, keys| {
                    out.push(self.best(&prepared, slot, keys));
                });
                out
            })
            .collect();
        Ok(found.into_iter().zip(prepared.scale).collect())
    }

    fn prepare(&self) -> Result<Prepared> {
        let index = self.context.index;
        let d = index.dimensions;
        let slots = self.queries.len() / d;
        let probe = self.probe.min(index.lists());
        let width = width(self.simd, d);
        let mut prepared = Prepared {
            width,
            probe,
            query: vec![0; slots * width],
            lists: vec![0; slots * probe],
            start: Vec::new(),
            scale: Vec::new(),
            place: Vec::new(),
        };
        prepared.scale = prepared
            .query
            .par_chunks_exact_mut(width)
            .zip(self.queries.par_chunks_exact(d))
            .map(|(small, query)| index.items.listener(query, &mut small[..d]))
            .collect::<Result<_>>()?;
        let route = |slot: usize, lists: &mut [u32]| {
            let small = &prepared.query[slot * width..][..d];
            lists.copy_from_slice(&route(index, &RowQuery::new(self.simd, small), probe));
        };
        if probe > 0 {
            prepared
                .lists
                .par_chunks_exact_mut(probe)
                .enumerate()
                .for_each(|(slot, lists)| route(slot, lists));
        }
        for slot in 0..slots {
            prepared
                .start
                .push(start(&index.items, prepared.query(slot)));
            let class = self.context.eligibility.class(self.first + slot);
            prepared.place.push(self.context.bits.place(class));
        }
        Ok(prepared)
    }

    fn row_query(&self, p: &Prepared, slot: usize) -> RowQuery {
        RowQuery::new(self.simd, &p.query(slot)[..self.context.index.dimensions])
    }

    fn listener<'q>(&self, slot: usize, p: &Prepared, query: &'q RowQuery) -> Listener<'q> {
        Listener {
            number: self.first + slot,
            place: p.place[slot],
            query,
        }
    }

    fn floors(&self, prepared: &Prepared) -> Vec<i16> {
        let slots = prepared.len();
        let count = Rank::calibrated(slots);
        if !self.thresholds || count == 0 {
            return vec![i16::MIN; slots];
        }
        let needed = (0..count)
            .into_par_iter()
            .map(|i| {
                let slot = i * slots / count;
                let query = self.row_query(prepared, slot);
                let listener = self.listener(slot, prepared, &query);
                Rank::needed(self.context, &listener, prepared.lists(slot), self.k)
            })
            .collect();
        let rank = Rank::of(needed);
        (0..slots)
            .into_par_iter()
            .map(|slot| {
                let query = self.row_query(prepared, slot);
                let listener = self.listener(slot, prepared, &query);
                rank.floor(self.context, &listener, prepared.lists(slot), self.k)
            })
            .collect()
    }

    /// Each list meets its listeners, who come in the order of their slots.
    fn walk(&self, prepared: &Prepared, floors: &[i16]) -> Vec<Buckets> {
        let index = self.context.index;
        let mut off = vec![0usize; index.lists() + 1];
        for &list in &prepared.lists {
            off[list as usize + 1] += 1;
        }
        for list in 0..index.lists() {
            off[list + 1] += off[list];
        }
        let mut next = off.clone();
        let mut slots = vec![0u32; prepared.lists.len()];
        for slot in 0..prepared.len() {
            for &list in prepared.lists(slot) {
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
        prepared: &Prepared,
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
            let slot = slot as usize;
            room.listeners.push(
                self.simd,
                prepared.query(slot),
                prepared.start[slot],
                floors[slot],
                prepared.place[slot],
            );
        }
        room.listeners.close(self.simd, prepared.width);
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
        let query = self.row_query(p, slot);
        let listener = self.listener(slot, p, &query);
        let mut probe = self.probe;
        let mut found = self.context.best(&listener, p.lists(slot), self.k);
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
