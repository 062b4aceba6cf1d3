//! A single source as a method of its own, to compare the chain with.

use crate::block::{Select, Worker, chosen};
use crate::col::ColBuilder;
use crate::error::Result;
use crate::expand::expand_source;
use crate::listeners::Bucket;
use crate::model::Model;
use rayon::prelude::*;
use std::path::Path;

/// The first `k` eligible unheard tracks of a single source for each selected listener: a baseline.
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
    let (mut id_off, mut ids, mut off) = (vec![0u32], Vec::new(), vec![0u32]);
    let (mut tracks, mut scores) = (Vec::new(), Vec::new());
    for (&i, list) in listeners.iter().zip(&lists) {
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
    builder.write(out_path, &serde_json::json!({ "source": params.name }))?;
    Ok(())
}
