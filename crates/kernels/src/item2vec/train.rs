use super::draws::{Chances, Draws};
use super::negatives::AliasTable;
use super::params::Item2vecParams;
use super::rounds::train_rounds;
use super::sequences::Sequences;
use super::start::Model;
use super::step::{LANES, Matrices, Path, TILE, Tile};
use super::update::Rows;
use super::vocabulary::{Vocabulary, keep, ranked};
use crate::error::{KernelError, Result};
use crate::rng::Rng;

const RUN: u32 = 0x7275_6e73;
/// Words whose draws are made at once; they stay in the first-level cache.
const BATCH: usize = 512;
/// Windows that a row is asked for before it is used.
const AHEAD: usize = 4;

/// Trained rows, one per track.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vectors {
    pub dimensions: usize,
    /// Occurrences in the sequences; 0 for a track without rows.
    pub count: Vec<u32>,
    /// Row-major, tracks x dimensions; zeros for a track without rows.
    pub input: Vec<f32>,
    pub output: Vec<f32>,
}

/// Trains rows for tracks `0..tracks`. Tracks rarer than `min_count` have none, nor has any where there
/// are no sequences. With `warm`, training starts from its rows (`Model::start`) and a track that the
/// sequences lack keeps its rows and count of before. Fails with `kernel.shape` where sequences or warm
/// rows do not fit, with `item2vec.diverged` where a row is no longer finite.
pub fn train(
    sequences: &Sequences,
    tracks: usize,
    params: &Item2vecParams,
    warm: Option<&dyn Rows>,
) -> Result<Vectors> {
    params.check()?;
    sequences.check(tracks)?;
    let mut count = vec![0u32; tracks];
    for &track in &sequences.track {
        count[track as usize] += 1;
    }
    let counted = (0..).zip(count.iter().copied()).collect();
    let vocabulary = Vocabulary::new(counted, params.min_count);
    let mut rank = vec![u32::MAX; tracks];
    for (r, &track) in vocabulary.track.iter().enumerate() {
        rank[track as usize] = r as u32;
    }
    let corpus = ranked(sequences, |t| {
        Some(rank[t as usize]).filter(|&r| r != u32::MAX)
    });
    let model = fit(&corpus, &vocabulary, &vocabulary.count, params, warm)?;
    let d = params.dimensions;
    let mut vectors = Vectors {
        dimensions: d,
        count: vec![0; tracks],
        input: vec![0.0; tracks * d],
        output: vec![0.0; tracks * d],
    };
    for (track, &r) in rank.iter().enumerate() {
        let before = warm.and_then(|w| w.rows(track as u32));
        let (rows, count) = match (r, before) {
            (u32::MAX, None) => continue,
            (u32::MAX, Some(rows)) => (rows, warm.map_or(0, |w| w.count(track as u32))),
            (r, _) => (model.rows(r as usize), count[track]),
        };
        vectors.count[track] = count;
        vectors.input[track * d..(track + 1) * d].copy_from_slice(rows.0);
        vectors.output[track * d..(track + 1) * d].copy_from_slice(rows.1);
    }
    Ok(vectors)
}

/// Rows by rank after all epochs. `occurrences` per rank in the corpus decide who is left out at random.
pub fn fit(
    corpus: &Sequences,
    vocabulary: &Vocabulary,
    occurrences: &[u32],
    params: &Item2vecParams,
    warm: Option<&dyn Rows>,
) -> Result<Model> {
    if warm.is_some_and(|w| w.dimensions() != params.dimensions) {
        return Err(KernelError::new(
            "kernel.shape",
            "the rows to start from have other dimensions",
        ));
    }
    let mut model = Model::start(vocabulary, corpus, params.dimensions, params.seed, warm)?;
    if corpus.track.is_empty() {
        return Ok(model);
    }
    let keep = keep(occurrences, params.subsample);
    let negatives = AliasTable::new(&vocabulary.count, params.exponent);
    let course = Course {
        corpus,
        params,
        chances: Chances {
            keep: &keep,
            negatives: &negatives,
            per_window: params.negatives,
            window: params.window,
        },
        path: Path::of_process(),
    };
    if params.shards == 1 {
        course.train_in_turn(&mut model);
    } else {
        train_rounds(&course, &mut model);
    }
    if model
        .input
        .iter()
        .chain(&model.output[..])
        .all(|x| x.is_finite())
    {
        return Ok(model);
    }
    Err(KernelError::new(
        "item2vec.diverged",
        "a row is no longer finite: lower the learning rate",
    ))
}

/// One training: what is drawn and stepped through.
pub struct Course<'a> {
    pub corpus: &'a Sequences,
    pub params: &'a Item2vecParams,
    pub chances: Chances<'a>,
    pub path: Path,
}

impl Course<'_> {
    fn train_in_turn(&self, model: &mut Model) {
        let mut rows = Matrices {
            input: &mut model.input,
            output: &mut model.output,
            stride: model.stride,
        };
        let (mut draws, mut scratch) = (Draws::default(), Scratch::new(self.params));
        for epoch in 0..self.params.epochs {
            let mut at = 0;
            while at + 1 < self.corpus.off.len() {
                draws.clear();
                while draws.word.len() < BATCH && at + 1 < self.corpus.off.len() {
                    self.draw(epoch, at, &mut draws);
                    at += 1;
                }
                self.train_draws(&draws, &mut rows, &mut scratch);
            }
        }
    }

    /// Draws one sequence of an epoch. The learning rate falls with the words before it.
    pub fn draw(&self, epoch: usize, sequence: usize, draws: &mut Draws) {
        let (from, to) = (self.corpus.off[sequence], self.corpus.off[sequence + 1]);
        let words = self.corpus.track.len() as f64;
        let done = (epoch as f64 * words + from as f64) / (words * self.params.epochs as f64);
        let fall = self.params.learning_rate - self.params.min_learning_rate;
        let rate = (self.params.learning_rate - fall * done) as f32;
        let mut rng = Rng::new(&[self.params.seed, RUN, epoch as u32, sequence as u32]);
        draws.push(&self.corpus.track[from..to], rate, &self.chances, &mut rng);
    }

    /// Steps through all windows of the draws, whose words and outputs are rows of the matrices.
    pub fn train_draws(&self, draws: &Draws, rows: &mut Matrices, scratch: &mut Scratch) {
        let tiles = self.chances.tiles();
        let [inputs, ends] = [&*rows.input, &*rows.output].map(|m| m.len() / rows.stride);
        let outputs = draws.outputs.as_flattened();
        assert!(rows.stride.is_multiple_of(LANES));
        assert!(draws.word.iter().all(|&id| (id as usize) < inputs));
        assert!(outputs.iter().all(|&id| (id as usize) < ends));
        for run in &draws.runs {
            for at in run.from..run.to {
                let centre = draws.outputs[at * tiles][0];
                let reach = draws.reach[at] as usize;
                ask_ahead(draws, at + AHEAD, self.params.window, tiles, rows);
                scratch.contexts.clear();
                let before = run.from.max(at.saturating_sub(reach));
                let after = run.to.min(at + reach + 1);
                scratch.contexts.extend_from_slice(&draws.word[before..at]);
                scratch
                    .contexts
                    .extend_from_slice(&draws.word[at + 1..after]);
                for (t, outputs) in draws.outputs[at * tiles..(at + 1) * tiles]
                    .iter()
                    .enumerate()
                {
                    let mut label = [0f32; LANES];
                    let mut rate = [0f32; LANES];
                    for n in 0..TILE {
                        rate[n] = if outputs[n] == centre { 0.0 } else { run.rate };
                    }
                    if t == 0 {
                        (label[0], rate[0]) = (1.0, run.rate);
                    }
                    let tile = Tile {
                        contexts: &scratch.contexts,
                        outputs,
                        label: &label,
                        rate: &rate,
                    };
                    // SAFETY: ids were checked above; `errors` has a row for each of the at most
                    // 2 x window contexts; `of_process` takes only what it detected.
                    unsafe { self.path.step(rows, &tile, &mut scratch.errors) };
                }
            }
        }
    }
}

/// Room for one window.
pub struct Scratch {
    contexts: Vec<u32>,
    errors: Vec<[f32; LANES]>,
}

impl Scratch {
    pub fn new(params: &Item2vecParams) -> Self {
        Self {
            contexts: Vec::with_capacity(2 * params.window),
            errors: vec![[0.0; LANES]; 2 * params.window],
        }
    }
}

/// Fetches the rows that the window at `at` reads for the first time.
#[inline]
fn ask_ahead(draws: &Draws, at: usize, window: usize, tiles: usize, rows: &Matrices) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let fetch = |matrix: &[f32], id: u32| {
            for line in (0..rows.stride).step_by(16) {
                let cell = matrix
                    .as_ptr()
                    .wrapping_add(id as usize * rows.stride + line);
                // SAFETY: a prefetch reads nothing that the program sees, whatever the address.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(cell.cast()) };
            }
        };
        if let Some(&id) = draws.word.get(at + window) {
            fetch(rows.input, id);
        }
        for outputs in draws.outputs.iter().skip(at * tiles).take(tiles) {
            outputs.iter().for_each(|&id| fetch(rows.output, id));
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (draws, at, window, tiles, rows);
}
