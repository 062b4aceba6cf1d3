//! What JavaScript sees: converts, calls, maps errors. No algorithm lives here.

// Test builds register nothing with Node, so what is exported to it looks unused there.
#![cfg_attr(test, allow(dead_code))]

use crate::baseline;
use crate::block::{self, BlockStats, Select};
use crate::error::{KernelError, caught};
use crate::examples::{self, ExampleParams, ExampleStats, Truth};
use crate::model::Model;
use crate::recipes::{self, Recipe, SnapshotPaths};
use napi::bindgen_prelude::{AsyncTask, Float32Array, Uint8Array, Uint32Array};
use napi::{Env, Error, Result, Task};
use napi_derive::napi;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

fn failed(error: KernelError) -> Error {
    Error::from_reason(error.to_string())
}

/// A piece of work for a thread of the pool, with its result turned into a JavaScript value.
pub struct Work<T: Send + 'static>(
    Option<Box<dyn FnOnce() -> std::result::Result<T, KernelError> + Send>>,
);

impl<T: Send + 'static> Work<T> {
    pub(crate) fn task(
        run: impl FnOnce() -> std::result::Result<T, KernelError> + Send + 'static,
    ) -> AsyncTask<Self>
    where
        Self: Task,
    {
        AsyncTask::new(Self(Some(Box::new(run))))
    }

    pub(crate) fn run(&mut self) -> Result<T> {
        match self.0.take() {
            Some(run) => caught(run).map_err(failed),
            None => Err(Error::from_reason("[kernel.task] the task ran twice")),
        }
    }
}

macro_rules! task {
    ($output:ty => $js:ty, $convert:expr) => {
        impl Task for Work<$output> {
            type Output = $output;
            type JsValue = $js;
            fn compute(&mut self) -> Result<$output> {
                self.run()
            }
            fn resolve(&mut self, _env: Env, output: $output) -> Result<$js> {
                let convert: fn($output) -> $js = $convert;
                Ok(convert(output))
            }
        }
    };
}

/// Version of the crate and digest of its sources.
#[napi(js_name = "kernelVersion", catch_unwind)]
pub fn kernel_version() -> String {
    concat!(env!("CARGO_PKG_VERSION"), "+", env!("KERNEL_SOURCES")).to_string()
}

/// Instruction sets that the kernels can use on this processor.
#[napi(js_name = "cpuFeatures", catch_unwind)]
pub fn cpu_features() -> Vec<String> {
    #[cfg(target_arch = "x86_64")]
    let found = [
        ("avx2", is_x86_feature_detected!("avx2")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512vnni", is_x86_feature_detected!("avx512vnni")),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let found = [("neon", cfg!(target_arch = "aarch64"))];
    found
        .iter()
        .filter(|f| f.1)
        .map(|f| f.0.to_string())
        .collect()
}

/// Sets the number of threads of the kernels; only the first call counts.
#[napi(js_name = "setThreads", catch_unwind)]
pub fn set_threads(threads: u32) -> bool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads as usize)
        .build_global()
        .is_ok()
}

task!(String => String, |digest| digest);

/// Compiles a candidate source; resolves to its content digest.
#[napi(js_name = "compileSource", catch_unwind)]
pub fn compile_source(
    recipe: String,
    name: String,
    catalogue: String,
    listeners: Vec<String>,
    sessions: Vec<String>,
    out: String,
) -> Result<AsyncTask<Work<String>>> {
    let recipe: Recipe = serde_json::from_str(&recipe).map_err(|e| {
        failed(KernelError::new(
            "source.recipe",
            format!("source {name}: {e}"),
        ))
    })?;
    Ok(Work::task(move || {
        let from = SnapshotPaths {
            catalogue: PathBuf::from(catalogue),
            listeners: listeners.into_iter().map(PathBuf::from).collect(),
            sessions,
        };
        recipes::compile(&recipe, &name, &from, &PathBuf::from(out))
    }))
}

#[napi(object)]
pub struct DroppedCounts {
    pub heard: f64,
    pub unavailable: f64,
    pub explicit: f64,
    pub blocked: f64,
    pub duplicate: f64,
    pub cut: f64,
}

#[napi(object)]
pub struct BucketResult {
    pub listeners: f64,
    pub ready: f64,
    pub fallback: f64,
    pub candidates: f64,
    pub short: f64,
    pub score_sum: f64,
    pub exploratory: f64,
    pub dropped: DroppedCounts,
    pub digest: String,
}

task!(BlockStats => BucketResult, |s| BucketResult {
    listeners: s.listeners as f64,
    ready: s.ready as f64,
    fallback: s.fallback as f64,
    candidates: s.candidates as f64,
    short: s.short as f64,
    score_sum: s.score_sum,
    exploratory: s.exploratory as f64,
    dropped: DroppedCounts {
        heard: s.dropped.heard as f64,
        unavailable: s.dropped.unavailable as f64,
        explicit: s.dropped.explicit as f64,
        blocked: s.dropped.blocked as f64,
        duplicate: s.dropped.duplicate as f64,
        cut: s.dropped.cut as f64,
    },
    digest: s.digest,
});

#[napi(object)]
pub struct ExamplesResult {
    pub listeners: f64,
    pub rows: f64,
    pub positives: f64,
    pub reachable: f64,
    pub truth: f64,
    pub digest: String,
}

task!(ExampleStats => ExamplesResult, |s| ExamplesResult {
    listeners: s.listeners as f64,
    rows: s.rows as f64,
    positives: s.positives as f64,
    reachable: s.reachable as f64,
    truth: s.truth as f64,
    digest: s.digest,
});

task!(() => (), |()| ());

#[napi(object)]
pub struct ExamplesOptions {
    pub negatives: u32,
    pub listener_share: f64,
    pub save_weight: f64,
    pub seed: u32,
    pub folds: u32,
}

#[napi(js_name = "Model")]
pub struct JsModel {
    model: Arc<Model>,
    done: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

#[napi]
impl JsModel {
    /// Opens everything that the specification (JSON) names.
    #[napi(constructor, catch_unwind)]
    pub fn new(spec: String) -> Result<Self> {
        let model = Model::open(&spec).map_err(failed)?;
        Ok(Self {
            model: Arc::new(model),
            done: Arc::default(),
            stop: Arc::default(),
        })
    }

    #[napi(js_name = "featureNames", catch_unwind)]
    pub fn feature_names(&self) -> Vec<String> {
        self.model.feature_names()
    }

    /// Listeners finished since the model was opened.
    #[napi(catch_unwind)]
    pub fn progress(&self) -> f64 {
        self.done.load(Ordering::Relaxed) as f64
    }

    /// Makes running buckets end early with an error.
    #[napi(catch_unwind)]
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Lists of a bucket's `all`, `active`, or the named listeners, written as a lists file.
    #[napi(js_name = "scoreBucket", catch_unwind)]
    pub fn score_bucket(
        &self,
        bucket: String,
        out: String,
        select: String,
        ids: Vec<String>,
    ) -> AsyncTask<Work<BlockStats>> {
        let (model, done, stop) = (
            Arc::clone(&self.model),
            Arc::clone(&self.done),
            Arc::clone(&self.stop),
        );
        Work::task(move || {
            let progress = |n| {
                done.fetch_add(n, Ordering::Relaxed);
                !stop.load(Ordering::Relaxed)
            };
            block::score_bucket(
                &model,
                &PathBuf::from(bucket),
                &PathBuf::from(out),
                &selection(&select, ids),
                &progress,
            )
        })
    }

    /// The first `k` of one source for each selected listener; one past the last: of all, merged.
    #[napi(js_name = "baselineBucket", catch_unwind)]
    pub fn baseline_bucket(
        &self,
        source: u32,
        k: u32,
        bucket: String,
        out: String,
        select: String,
        ids: Vec<String>,
    ) -> AsyncTask<Work<()>> {
        let model = Arc::clone(&self.model);
        Work::task(move || {
            if source as usize > model.source_ids.len() {
                return Err(KernelError::new(
                    "model.source",
                    format!("the model has no source {source}"),
                ));
            }
            baseline::baseline_bucket(
                &model,
                source as usize,
                k as usize,
                &PathBuf::from(bucket),
                &PathBuf::from(out),
                &selection(&select, ids),
            )
        })
    }

    /// Training examples of a bucket.
    #[napi(js_name = "examplesBucket", catch_unwind)]
    pub fn examples_bucket(
        &self,
        bucket: String,
        truth: String,
        shown: Option<String>,
        out: String,
        options: ExamplesOptions,
    ) -> AsyncTask<Work<ExampleStats>> {
        let model = Arc::clone(&self.model);
        Work::task(move || {
            let truth = Truth::open(&PathBuf::from(truth), shown.map(PathBuf::from).as_deref())?;
            let params = ExampleParams {
                negatives: options.negatives as usize,
                listener_share: options.listener_share,
                save_weight: options.save_weight as f32,
                seed: options.seed,
                folds: options.folds,
            };
            examples::examples_bucket(
                &model,
                &truth,
                &PathBuf::from(bucket),
                &PathBuf::from(out),
                &params,
            )
        })
    }
}

fn selection(select: &str, ids: Vec<String>) -> Select {
    match select {
        "all" => Select::All,
        "active" => Select::Active,
        _ => Select::Ids(ids),
    }
}

#[napi(object)]
pub struct ArtistRates {
    pub known: Float32Array,
    pub out_of_fold: Float32Array,
}

/// Smoothed positive rate per artist, and per example that of its artist outside its fold.
#[napi(js_name = "artistRates", catch_unwind)]
pub fn artist_rates(
    artist: Uint32Array,
    label: Uint8Array,
    weight: Float32Array,
    fold: Uint8Array,
    artists: u32,
    prior: f64,
) -> Result<ArtistRates> {
    let n = artist.len();
    if label.len() != n
        || weight.len() != n
        || fold.len() != n
        || artist.iter().any(|&a| a >= artists)
    {
        return Err(failed(KernelError::new(
            "kernel.shape",
            "columns of examples differ in length",
        )));
    }
    let (known, out_of_fold) =
        examples::artist_rates(&artist, &label, &weight, &fold, artists as usize, prior);
    Ok(ArtistRates {
        known: known.into(),
        out_of_fold: out_of_fold.into(),
    })
}
