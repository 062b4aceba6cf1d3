//! One block of listeners: route, guess thresholds, walk the lists, filter and cut.

use super::item_code::OFFSET;
use super::listener_code::{Rounded, start};
use super::packed::PackedQuery;
use super::route::{self, route};
use super::rows::{RowQuery, pair_dots};
use super::scan::{Context, Listener};
use super::survivors::{Buckets, buckets, by_slot, cut, track};
use super::thresholds::{Rank, Sample};
use super::visit::{Hit, Listeners, Visit, pack, width, words};
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

/// The block's listeners: `width` coarse integers, `dimensions` fine ones and `probe` lists, nearest
/// first, of each.
struct Prepared {
    simd: Simd,
    width: usize,
    dimensions: usize,
    probe: usize,
    coarse: Vec<i8>,
    fine: Vec<i16>,
    lists: Vec<u32>,
    start: Vec<i16>,
    rounded: Vec<Rounded>,
    place: Vec<u32>,
}

impl Prepared {
    fn len(&self) -> usize {
        self.start.len()
    }

    fn coarse(&self, slot: usize) -> &[i8] {
        &self.coarse[slot * self.width..(slot + 1) * self.width]
    }

    fn query(&self, slot: usize) -> RowQuery<'_> {
        RowQuery {
            simd: self.simd,
            wide: &self.fine[slot * self.dimensions..(slot + 1) * self.dimensions],
        }
    }

    fn lists(&self, slot: usize) -> &[u32] {
        &self.lists[slot * self.probe..(slot + 1) * self.probe]
    }
}

/// Keys of a listener, in order, and its scale.
pub type Found = (Vec<u64>, f64);

impl Block<'_> {
    /// `workers` is room kept from block to block.
    pub fn run(&self, workers: &mut Vec<Buckets>) -> Result<Vec<Found>> {
        let prepared = self.prepare()?;
        let guesses = self.guesses(&prepared);
        let floors: Vec<i16> = (prepared.rounded.iter().zip(&guesses))
            .map(|(rounded, &guess)| match guess {
                i32::MIN => i16::MIN,
                guess => self.context.index.listeners.floor(rounded, guess),
            })
            .collect();
        workers.resize_with(rayon::current_num_threads(), Buckets::default);
        self.walk(&prepared, &guesses, &floors, workers);
        let slots = prepared.len();
        let found: Vec<Vec<u64>> = (0..buckets(slots))
            .into_par_iter()
            .map_init(Vec::new, |room, bucket| {
                let mut out = Vec::new();
                by_slot(workers, bucket, slots, |slot, keys| {
                    out.push(self.best(&prepared, slot, keys, room));
                });
                out
            })
            .flatten_iter()
            .collect();
        let scales = prepared.rounded.iter().map(|rounded| rounded.scale);
        Ok(found.into_iter().zip(scales).collect())
    }

    fn prepare(&self) -> Result<Prepared> {
        let index = self.context.index;
        let d = index.dimensions;
        let slots = self.queries.len() / d;
        let probe = self.probe.min(index.lists());
        let width = width(self.simd, d);
        let mut prepared = Prepared {
            simd: self.simd,
            width,
            dimensions: d,
            probe,
            coarse: vec![0; slots * width],
            fine: vec![0; slots * d],
            lists: vec![0; slots * probe],
            start: Vec::new(),
            rounded: Vec::new(),
            place: Vec::new(),
        };
        prepared.rounded = prepared
            .coarse
            .par_chunks_exact_mut(width)
            .zip(prepared.fine.par_chunks_exact_mut(d))
            .zip(self.queries.par_chunks_exact(d))
            .map(|((coarse, fine), query)| index.listeners.round(query, &mut coarse[..d], fine))
            .collect::<Result<_>>()?;
        if probe > 0 {
            prepared
                .lists
                .par_chunks_exact_mut(probe)
                .zip(prepared.coarse.par_chunks_exact(width))
                .with_min_len(64)
                .for_each_init(route::Room::default, |room, (lists, coarse)| {
                    route(index, &PackedQuery::new(self.simd, coarse), probe, room);
                    lists
                        .iter_mut()
                        .zip(room.lists())
                        .for_each(|(to, list)| *to = list);
                });
        }
        for slot in 0..slots {
            prepared.start.push(start(prepared.coarse(slot)));
            let class = self.context.eligibility.class(self.first + slot);
            prepared.place.push(self.context.bits.place(class));
        }
        Ok(prepared)
    }

    fn listener<'q>(&self, slot: usize, p: &'q Prepared) -> Listener<'q> {
        Listener {
            number: self.first + slot,
            place: p.place[slot],
            query: p.query(slot),
            rounded: p.rounded[slot],
        }
    }

    fn guesses(&self, prepared: &Prepared) -> Vec<i32> {
        let slots = prepared.len();
        let count = Rank::calibrated(slots);
        if !self.thresholds || count == 0 {
            return vec![i32::MIN; slots];
        }
        let (context, k) = (self.context, self.k);
        let packed = |slot| PackedQuery::new(self.simd, prepared.coarse(slot));
        let needed = (0..count)
            .into_par_iter()
            .map_init(Sample::default, |sample, i| {
                let slot = i * slots / count;
                let listener = self.listener(slot, prepared);
                let lists = prepared.lists(slot);
                Rank::needed(context, &listener, &packed(slot), lists, k, sample)
            })
            .collect();
        let rank = Rank::of(needed);
        (0..slots)
            .into_par_iter()
            .with_min_len(64)
            .map_init(Sample::default, |sample, slot| {
                let listener = self.listener(slot, prepared);
                let lists = prepared.lists(slot);
                rank.guess(context, &listener, &packed(slot), lists, k, sample)
            })
            .collect()
    }

    /// Each list meets its listeners, who come in the order of their slots.
    fn walk(&self, prepared: &Prepared, guesses: &[i32], floors: &[i16], workers: &mut [Buckets]) {
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
        workers.par_iter_mut().for_each(|buckets| {
            buckets.clear(prepared.len());
            let mut room = Room::default();
            loop {
                let list = todo.fetch_add(1, Ordering::Relaxed);
                if list >= index.lists() {
                    break;
                }
                let slots = &slots[off[list]..off[list + 1]];
                self.visit(list, slots, prepared, floors, &mut room);
                self.rank(list, slots, prepared, guesses, &mut room, buckets);
            }
        });
    }

    fn visit(
        &self,
        list: usize,
        slots: &[u32],
        prepared: &Prepared,
        floors: &[i16],
        room: &mut Room,
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
                prepared.coarse(slot),
                prepared.start[slot],
                floors[slot],
                prepared.place[slot],
            );
        }
        room.listeners.close(self.simd, prepared.width);
        let rows = index.rows(range.clone());
        pack(self.simd, rows, d, OFFSET, &mut room.packed);
        Visit {
            items: range.len(),
            first: range.start,
            words: words(self.simd, d),
            packed: &room.packed,
            listeners: &room.listeners,
            bits: self.context.bits,
        }
        .run(self.simd, &mut room.log);
    }

    /// Ranks a visit's log by fine scores, while the list is in cache, and keeps what reaches the guess.
    fn rank(
        &self,
        list: usize,
        slots: &[u32],
        prepared: &Prepared,
        guesses: &[i32],
        room: &mut Room,
        buckets: &mut Buckets,
    ) {
        let index = self.context.index;
        let range = index.list(list);
        let Room {
            log, pairs, dots, ..
        } = room;
        pairs.clear();
        pairs.extend(
            log.drain(..)
                .map(|hit| (hit.item, slots[hit.listener as usize])),
        );
        let rows = index.rows(range.clone());
        pair_dots(
            self.simd,
            index.dimensions,
            rows,
            &prepared.fine,
            pairs,
            dots,
        );
        let tracks = &index.order[range];
        for (&(item, slot), &dot) in pairs.iter().zip(dots.iter()) {
            if dot >= guesses[slot as usize] {
                buckets.add(slot, dot, tracks[item as usize]);
            }
        }
    }

    /// The listener's best of its survivors, or of a scan where the guess was too high: first of the
    /// same lists, then of twice as many, until there are k or no more lists.
    fn best(&self, p: &Prepared, slot: usize, found: &[u64], keys: &mut Vec<u64>) -> Vec<u64> {
        let index = self.context.index;
        let listener = self.listener(slot, p);
        let eligibility = self.context.eligibility;
        keys.clear();
        let kept = found.iter().copied();
        keys.extend(kept.filter(|&key| !eligibility.excluded(listener.number, track(key))));
        if keys.len() >= self.k {
            cut(keys, self.k);
            return keys.clone();
        }
        let room = &mut route::Room::default();
        let mut probe = self.probe;
        let mut found = self.context.best(&listener, p.lists(slot), self.k);
        if found.len() < self.k && probe < index.lists() {
            let query = PackedQuery::new(self.simd, p.coarse(slot));
            while found.len() < self.k && probe < index.lists() {
                probe *= 2;
                route(index, &query, probe, room);
                let lists: Vec<u32> = room.lists().collect();
                found = self.context.best(&listener, &lists, self.k);
            }
        }
        found
    }
}

/// What a worker keeps from visit to visit.
#[derive(Default)]
struct Room {
    packed: Vec<u8>,
    listeners: Listeners,
    log: Vec<Hit>,
    /// Item of the list and slot.
    pairs: Vec<(u32, u32)>,
    dots: Vec<i32>,
}
