//! A bucket of listeners through the whole chain, in parallel; the result does not depend on how.

use crate::assemble::{ListInput, Pick, assemble};
use crate::binned_trees::TreeScratch;
use crate::col::ColBuilder;
use crate::error::{KernelError, Result};
use crate::expand::{Candidates, Dropped, Scratch, expand, refused};
use crate::features;
use crate::list_value::{self, FALLBACK, NO_POSITION, SOURCE_EXPLORATION, SOURCE_FALLBACK, Slot};
use crate::listeners::{ACTIVE, Bucket, ENOUGH, Listener, PERSONALISE};
use crate::model::Model;
use crate::pool;
use crate::profile::Profile;
use crate::receipts::{because, because_near};
use crate::vector_source::{Taste, Tastes};
use rayon::prelude::*;
use std::path::Path;

/// Which listeners of a bucket get a list.
#[derive(Clone)]
pub enum Select {
    All,
    /// Those with a play in the last 28 days.
    Active,
    /// These ids; unknown ones are passed over.
    Ids(Vec<String>),
}

#[derive(Default, Debug)]
pub struct BlockStats {
    pub listeners: u64,
    pub ready: u64,
    pub fallback: u64,
    pub candidates: u64,
    pub short: u64,
    pub score_sum: f64,
    pub exploratory: u64,
    pub dropped: Dropped,
    pub digest: String,
}

/// Listeners whose vectors meet the index in one join.
pub const SEARCHED_TOGETHER: usize = 65_536;

/// Per-thread state of the chain.
pub struct Worker {
    pub scratch: Scratch,
    pub profile: Profile,
    pub candidates: Candidates,
    pub rows: Vec<f32>,
    pub raw: Vec<f64>,
    tree_scratch: TreeScratch,
    pub score: Vec<f32>,
    pub dropped: Dropped,
}

impl Worker {
    pub fn new(model: &Model) -> Self {
        Self {
            scratch: Scratch::new(model.catalogue.tracks),
            profile: Profile::default(),
            candidates: Candidates::default(),
            rows: Vec::new(),
            raw: Vec::new(),
            tree_scratch: TreeScratch::default(),
            score: Vec::new(),
            dropped: Dropped::default(),
        }
    }

    /// Profile and candidates of a listener.
    pub fn retrieve(&mut self, model: &Model, l: &Listener<'_>, taste: &Taste<'_>) {
        self.profile.fill(l, &model.catalogue);
        self.scratch.begin(l);
        expand(
            &model.sources,
            &taste.found,
            l,
            &self.profile,
            &model.catalogue,
            model.spec.deliver_at,
            model.spec.candidates,
            &mut self.scratch,
            &mut self.candidates,
            &mut self.dropped,
        );
    }

    /// Scores of the candidates: the ranker's probability, or the fused rank where there is none;
    /// less where a track's season ends.
    pub fn rank(&mut self, model: &Model, l: &Listener<'_>, taste: &Taste<'_>) {
        self.score(model, l, taste);
        for (score, &track) in self.score.iter_mut().zip(&self.candidates.track) {
            *score *= model.catalogue.fade[track as usize];
        }
    }

    fn score(&mut self, model: &Model, l: &Listener<'_>, taste: &Taste<'_>) {
        self.score.clear();
        let Some(ranker) = &model.ranker else {
            self.score.extend_from_slice(&self.candidates.fused);
            return;
        };
        self.rows.clear();
        features::rows(
            &model.feature_context(),
            model.source_ids.len(),
            l,
            &self.profile,
            taste,
            &self.candidates,
            |_| 0.0,
            &mut self.rows,
        );
        ranker.raw_rows(&self.rows, &mut self.tree_scratch, &mut self.raw);
        self.score
            .extend(self.raw.iter().map(|&raw| ranker.output(raw) as f32));
    }

    /// The encoded list of a listener, and what it counts.
    pub fn list(
        &mut self,
        model: &Model,
        l: &Listener<'_>,
        taste: &Taste<'_>,
        out: &mut Vec<u8>,
        stats: &mut BlockStats,
    ) {
        stats.listeners += 1;
        let personal = l.flags & ENOUGH != 0 && l.flags & PERSONALISE != 0;
        let mut flags = 0;
        let (slots, reserve) = if personal {
            self.personal(model, l, taste, stats)
        } else {
            (Vec::new(), Vec::new())
        };
        let (slots, reserve) = if slots.is_empty() {
            flags |= FALLBACK;
            self.scratch.begin(l);
            stats.fallback += 1;
            self.fallback(model, l)
        } else {
            stats.ready += 1;
            (slots, reserve)
        };
        stats.short += u64::from(slots.len() < model.spec.list.length);
        list_value::encode(flags, model.spec.week, &slots, &reserve, out);
    }

    fn personal(
        &mut self,
        model: &Model,
        l: &Listener<'_>,
        taste: &Taste<'_>,
        stats: &mut BlockStats,
    ) -> (Vec<Slot>, Vec<(u32, f32)>) {
        self.retrieve(model, l, taste);
        self.rank(model, l, taste);
        stats.candidates += self.candidates.track.len() as u64;
        let scratch = &self.scratch;
        let list = assemble(
            &ListInput {
                catalogue: &model.catalogue,
                listener: l,
                profile: &self.profile,
                candidates: &self.candidates,
                source_ids: &model.source_ids,
                score: &self.score,
                vectors: model.vectors.as_ref().map(|vectors| pool::Vectors {
                    rows: vectors.items.rows(),
                    dimensions: vectors.items.dimensions,
                    place: Some(&self.candidates.track),
                }),
                exploration: model.exploration.as_ref(),
                heard: &|recording| scratch.is_heard(recording),
                deliver_at: model.spec.deliver_at,
                seed: model.spec.seed,
                week: model.spec.week,
            },
            &model.spec.list,
        );
        let mut slots: Vec<Slot> = list
            .picks
            .iter()
            .map(|pick| self.slot(model, l, pick))
            .collect();
        stats.score_sum += list
            .picks
            .iter()
            .map(|pick| f64::from(pick.score))
            .sum::<f64>();
        stats.exploratory += slots
            .iter()
            .filter(|slot| slot.source == SOURCE_EXPLORATION)
            .count() as u64;
        if !slots.is_empty() {
            self.fill_up(model, l, &mut slots);
        }
        (slots, list.reserve)
    }

    fn slot(&self, model: &Model, l: &Listener<'_>, pick: &Pick) -> Slot {
        let from = model.source_ids.iter().position(|&id| id == pick.source);
        let positions = match (from.map(|s| model.sources.get(s)), &model.vectors) {
            (Some(Some((params, source))), _) => because(
                pick.track,
                source,
                params,
                l,
                &self.profile,
                &model.catalogue,
            ),
            (Some(None), Some(vectors)) => {
                because_near(pick.track, &vectors.items, l, &self.profile)
            }
            _ => [NO_POSITION; 3],
        };
        Slot {
            track: pick.track,
            score: pick.score,
            source: pick.source,
            propensity: pick.propensity,
            because: positions,
        }
    }

    /// A list that the candidates could not fill is filled with the most heard eligible tracks.
    fn fill_up(&self, model: &Model, l: &Listener<'_>, slots: &mut Vec<Slot>) {
        if slots.len() >= model.spec.list.length {
            return;
        }
        for slot in self.fallback(model, l).0 {
            let recording = model.catalogue.recording[slot.track as usize];
            let there = slots
                .iter()
                .any(|s| model.catalogue.recording[s.track as usize] == recording);
            if !there && slots.len() < model.spec.list.length {
                slots.push(slot);
            }
        }
    }

    /// Most heard eligible tracks of the listener's country, one per recording; where those of the
    /// country and of the world run out, any eligible track in index order.
    fn fallback(&self, model: &Model, l: &Listener<'_>) -> (Vec<Slot>, Vec<(u32, f32)>) {
        let c = &model.catalogue;
        let mut taken: Vec<u32> = Vec::new();
        let mut tracks: Vec<u32> = Vec::new();
        let want = model.spec.list.length + model.spec.list.reserve;
        let popular = &model.fallback[(l.country as usize).min(model.fallback.len() - 1)];
        for t in popular.iter().copied().chain(0..c.tracks as u32) {
            if tracks.len() == want {
                break;
            }
            let recording = c.recording[t as usize];
            let ok = !self.scratch.is_heard(recording)
                && !taken.contains(&recording)
                && refused(t as usize, l, c, model.spec.deliver_at).is_none();
            if ok {
                taken.push(recording);
                tracks.push(t);
            }
        }
        let slot = |&track: &u32| Slot {
            track,
            score: 0.0,
            source: SOURCE_FALLBACK,
            propensity: 0,
            because: [NO_POSITION; 3],
        };
        let cut = tracks.len().min(model.spec.list.length);
        (
            tracks[..cut].iter().map(slot).collect(),
            tracks[cut..].iter().map(|&t| (t, 0.0)).collect(),
        )
    }
}

/// Indexes of the selected listeners, ascending.
pub fn chosen(bucket: &Bucket, select: &Select) -> Vec<u32> {
    match select {
        Select::All => (0..bucket.len as u32).collect(),
        Select::Active => (0..bucket.len as u32)
            .filter(|&i| bucket.listener(i as usize).flags & ACTIVE != 0)
            .collect(),
        Select::Ids(ids) => {
            let mut found: Vec<u32> = ids
                .iter()
                .filter_map(|id| bucket.find(id.as_bytes()))
                .map(|i| i as u32)
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        }
    }
}

/// Lists of the selected listeners of one bucket, written as `lists.col`. `progress` hears of every
/// finished chunk and may stop the run by returning false.
pub fn score_bucket(
    model: &Model,
    bucket_path: &Path,
    out_path: &Path,
    select: &Select,
    progress: &(dyn Fn(u64) -> bool + Sync),
) -> Result<BlockStats> {
    let bucket = Bucket::open(bucket_path, &model.catalogue)?;
    let listeners = chosen(&bucket, select);
    let mut parts = Vec::new();
    for block in listeners.chunks(SEARCHED_TOGETHER) {
        let tastes = Tastes::of(model, &bucket, block)?;
        let chunks = block
            .par_chunks(model.spec.block.max(1))
            .enumerate()
            .map_init(
                || Worker::new(model),
                |worker, (n, chunk)| {
                    let mut values = Vec::with_capacity(chunk.len() * list_value::BYTES);
                    let mut stats = BlockStats::default();
                    worker.dropped = Dropped::default();
                    for (j, &i) in chunk.iter().enumerate() {
                        let taste = tastes.at(n * model.spec.block.max(1) + j);
                        let l = bucket.listener(i as usize);
                        worker.list(model, &l, &taste, &mut values, &mut stats);
                    }
                    stats.dropped = worker.dropped;
                    if !progress(chunk.len() as u64) {
                        return Err(KernelError::new("kernel.stopped", "the run was stopped"));
                    }
                    Ok((values, stats))
                },
            )
            .collect::<Result<Vec<(Vec<u8>, BlockStats)>>>()?;
        parts.extend(chunks);
    }
    let mut total = BlockStats::default();
    let mut values = Vec::with_capacity(listeners.len() * list_value::BYTES);
    for (part, stats) in parts {
        values.extend_from_slice(&part);
        total.listeners += stats.listeners;
        total.ready += stats.ready;
        total.fallback += stats.fallback;
        total.candidates += stats.candidates;
        total.short += stats.short;
        total.score_sum += stats.score_sum;
        total.exploratory += stats.exploratory;
        total.dropped.add(&stats.dropped);
    }
    let (mut offsets, mut ids) = (vec![0u32], Vec::new());
    for &i in &listeners {
        ids.extend_from_slice(bucket.listener(i as usize).user_id);
        offsets.push(ids.len() as u32);
    }
    let status: Vec<u8> = values
        .chunks_exact(list_value::BYTES)
        .map(|v| v[1] & FALLBACK)
        .collect();
    let mut builder = ColBuilder::default();
    builder
        .put("user_id.off", &offsets)
        .put("user_id.bytes", &ids)
        .put("status", &status)
        .put("value", &values);
    total.digest = builder.write(out_path, &serde_json::json!({ "week": model.spec.week }))?;
    Ok(total)
}
