//! A single source as a method of its own, to compare the chain with.

use crate::block::{SEARCHED_TOGETHER, Select, Worker, chosen};
use crate::col::ColBuilder;
use crate::error::Result;
use crate::expand::expand_source;
use crate::listeners::Bucket;
use crate::model::Model;
use crate::vector_source::Tastes;
use rayon::prelude::*;
use std::path::Path;

/// The first `k` eligible unheard tracks of a single source (one past the last: of all, merged) for each
/// selected listener: a baseline.
/// Written as a `.col` with `user_id`, `list.off`, `list.track`, `list.score`.
pub fn baseline_bucket(
    model: &Model,
    source_index: usize,
    k: usize,
    bucket_path: &Path,
    out_path: &Path,
    select: &Select,
) -> Result<()> {
    let bucket = Bucket::open(bucket_path, &model.catalogue)?;
    let listeners = chosen(&bucket, select);
    if source_index == model.source_ids.len() {
        let lists = merged(model, k, &bucket, &listeners)?;
        return write_lists(&bucket, &listeners, &lists, "candidates", out_path);
    }
    if source_index >= model.sources.len() {
        let index = source_index - model.sources.len();
        let lists = searched(model, index, k, &bucket, &listeners)?;
        let name = &model.spec.vector_sources[index].source.name;
        return write_lists(&bucket, &listeners, &lists, name, out_path);
    }
    let (params, source) = &model.sources[source_index];
    let wide = crate::expand::SourceParams {
        top_k: k,
        ..params.clone()
    };
    let lists: Vec<Vec<(u32, f32)>> = listeners
        .par_chunks(model.spec.block.max(1))
        .map_init(
            || Worker::new(model),
            |worker, chunk| {
                chunk
                    .iter()
                    .map(|&i| {
                        let l = bucket.listener(i as usize);
                        worker.profile.fill(&l, &model.catalogue);
                        worker.scratch.begin(&l);
                        expand_source(
                            source,
                            &wide,
                            &l,
                            &worker.profile,
                            &model.catalogue,
                            model.spec.deliver_at,
                            &mut worker.scratch,
                            &mut worker.dropped,
                        );
                        worker.scratch.best_per_recording(&model.catalogue)
                    })
                    .collect::<Vec<_>>()
            },
        )
        .flatten()
        .collect();
    write_lists(&bucket, &listeners, &lists, &params.name, out_path)
}

/// The same of a vector source.
fn searched(
    model: &Model,
    index: usize,
    k: usize,
    bucket: &Bucket,
    listeners: &[u32],
) -> Result<Vec<Vec<(u32, f32)>>> {
    let mut lists = Vec::with_capacity(listeners.len());
    let mut worker = Worker::new(model);
    for block in listeners.chunks(SEARCHED_TOGETHER) {
        let tastes = Tastes::of(model, bucket, block)?;
        for (n, &i) in block.iter().enumerate() {
            worker.scratch.begin(&bucket.listener(i as usize));
            let found = tastes.at(n).found[index].rows;
            let mut list = worker.scratch.one_per_recording(found, &model.catalogue);
            list.truncate(k);
            lists.push(list);
        }
    }
    Ok(lists)
}

/// All sources merged: the candidates as the ranker gets them, by reciprocal-rank fusion.
fn merged(
    model: &Model,
    k: usize,
    bucket: &Bucket,
    listeners: &[u32],
) -> Result<Vec<Vec<(u32, f32)>>> {
    let mut lists = Vec::with_capacity(listeners.len());
    for block in listeners.chunks(SEARCHED_TOGETHER) {
        let tastes = Tastes::of(model, bucket, block)?;
        let found: Vec<Vec<(u32, f32)>> = block
            .par_iter()
            .enumerate()
            .map_init(
                || Worker::new(model),
                |worker, (n, &i)| {
                    worker.retrieve(model, &bucket.listener(i as usize), &tastes.at(n));
                    let c = &worker.candidates;
                    c.track
                        .iter()
                        .copied()
                        .zip(c.fused.iter().copied())
                        .take(k)
                        .collect()
                },
            )
            .collect();
        lists.extend(found);
    }
    Ok(lists)
}

fn write_lists(
    bucket: &Bucket,
    listeners: &[u32],
    lists: &[Vec<(u32, f32)>],
    name: &str,
    out_path: &Path,
) -> Result<()> {
    let (mut id_off, mut ids, mut off) = (vec![0u32], Vec::new(), vec![0u32]);
    let (mut tracks, mut scores) = (Vec::new(), Vec::new());
    for (&i, list) in listeners.iter().zip(lists) {
        ids.extend_from_slice(bucket.listener(i as usize).user_id);
        id_off.push(ids.len() as u32);
        tracks.extend(list.iter().map(|row| row.0));
        scores.extend(list.iter().map(|row| row.1));
        off.push(tracks.len() as u32);
    }
    let mut builder = ColBuilder::default();
    builder
        .put("user_id.off", &id_off)
        .put("user_id.bytes", &ids);
    builder
        .put("list.off", &off)
        .put("list.track", &tracks)
        .put("list.score", &scores);
    builder.write(out_path, &serde_json::json!({ "source": name }))?;
    Ok(())
}
