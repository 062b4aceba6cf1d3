//! Everything a list depends on besides the listener, opened once per process.

use crate::assemble::ListParams;
use crate::catalogue::Catalogue;
use crate::col::Col;
use crate::error::{KernelError, Result, invalid, io};
use crate::expand::SourceParams;
use crate::explore::Exploration;
use crate::features::{self, CountryShares, FeatureContext};
use crate::source::Source;
use crate::trees::{Ensemble, Link};
use crate::vector_source::{Search, TowerPaths, VectorSourceParams, Vectors};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The JSON that TypeScript hands over; paths are absolute.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelSpec {
    pub catalogue: PathBuf,
    pub sources: Vec<SourceParams>,
    /// `item2vec.col`, in the catalogue's order; features and vector sources need it.
    #[serde(default)]
    pub item_vectors: Option<PathBuf>,
    #[serde(default)]
    pub towers: Option<TowerPaths>,
    /// Stand behind `sources` in every order.
    #[serde(default)]
    pub vector_sources: Vec<VectorSourceParams>,
    pub ranker: Option<PathBuf>,
    /// Turns raw scores of a ranker without probabilities into them.
    #[serde(default)]
    pub ranker_link: Option<LinkParams>,
    /// `.col` with `rate` and `bucket` f32 per artist.
    pub artist_rates: Option<PathBuf>,
    pub exploration: Option<PathBuf>,
    /// When the lists open, epoch seconds: availability is judged then.
    pub deliver_at: u32,
    /// Candidates per listener.
    pub candidates: usize,
    /// Listeners per task of the thread pool; never changes a result.
    #[serde(default = "default_block")]
    pub block: usize,
    pub list: ListParams,
    pub seed: u32,
    /// yyyyww
    pub week: u32,
}

/// `Link::Logistic`.
#[derive(Clone, Copy, Deserialize)]
pub struct LinkParams {
    pub scale: f64,
    pub shift: f64,
}

/// Most candidates per listener, and rows that a source may be asked for.
const MOST_ROWS: usize = 100_000;
const MOST_BLOCK: usize = 65_536;

impl ModelSpec {
    /// Memory is set aside by these numbers before a listener is read.
    fn check(&self) -> Result<()> {
        self.list.check()?;
        let sources = self.sources.iter();
        let vectors = self.vector_sources.iter().map(|v| &v.source);
        let fits = (1..=MOST_ROWS).contains(&self.candidates)
            && (1..=MOST_BLOCK).contains(&self.block)
            && sources
                .chain(vectors)
                .all(|source| source.top_k <= MOST_ROWS);
        if fits {
            return Ok(());
        }
        Err(KernelError::new(
            "model.spec",
            "model specification: candidates, block or topK is out of its range",
        ))
    }
}

fn default_block() -> usize {
    64
}

pub struct Model {
    pub catalogue: Catalogue,
    pub sources: Vec<(SourceParams, Source)>,
    /// Of all sources, the compiled ones first.
    pub source_ids: Vec<u8>,
    pub vectors: Option<Vectors>,
    /// The vector sources, in the specification's order.
    pub searches: Vec<Search>,
    pub ranker: Option<Ensemble>,
    pub artist_rate: Vec<f32>,
    pub artist_bucket: Vec<f32>,
    pub country: CountryShares,
    pub exploration: Option<Exploration>,
    /// Most heard tracks per country (28 days), best first, global ones behind: the fallback.
    pub fallback: Vec<Vec<u32>>,
    pub spec: ModelSpec,
}

const FALLBACK_DEPTH: usize = 400;

impl Model {
    pub fn open(json: &str) -> Result<Self> {
        let spec: ModelSpec = serde_json::from_str(json)
            .map_err(|e| KernelError::new("model.spec", format!("model specification: {e}")))?;
        spec.check()?;
        let catalogue = Catalogue::open(&spec.catalogue)?;
        let sources = spec
            .sources
            .iter()
            .map(|params| Ok((params.clone(), Source::open(&params.path, &catalogue)?)))
            .collect::<Result<Vec<_>>>()?;
        let vectors = Vectors::open(&spec, &catalogue)?;
        let searches = Search::open_all(&spec, vectors.as_ref(), &catalogue)?;
        if sources.len() + spec.vector_sources.len() > 32 {
            return Err(invalid("a model has at most 32 sources"));
        }
        let ranker = match &spec.ranker {
            None => None,
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|e| io(path, &e))?;
                let ensemble = Ensemble::parse(&text)?;
                Some(match spec.ranker_link {
                    Some(LinkParams { scale, shift }) => {
                        ensemble.linked(Link::Logistic { scale, shift })
                    }
                    None => ensemble,
                })
            }
        };
        if let Some(ensemble) = &ranker {
            let expected = features::names(names_of(&spec), vectors.as_ref());
            if ensemble.features != expected {
                return Err(KernelError::new(
                    "model.features",
                    format!(
                        "the ranker was trained on other features than the sources give ({} against {})",
                        ensemble.features.len(),
                        expected.len()
                    ),
                ));
            }
        }
        let (artist_rate, artist_bucket) = match &spec.artist_rates {
            None => (Vec::new(), Vec::new()),
            Some(path) => (
                of_artists(path, "rate", catalogue.artists)?,
                of_artists(path, "bucket", catalogue.artists)?,
            ),
        };
        let exploration = match &spec.exploration {
            None => None,
            Some(path) => Some(Exploration::open(path, &catalogue)?),
        };
        let country = CountryShares::new(&catalogue);
        let fallback = fallback_lists(&catalogue);
        let source_ids = spec
            .sources
            .iter()
            .chain(spec.vector_sources.iter().map(|v| &v.source))
            .map(|params| params.id)
            .collect();
        Ok(Self {
            catalogue,
            sources,
            source_ids,
            vectors,
            searches,
            ranker,
            artist_rate,
            artist_bucket,
            country,
            exploration,
            fallback,
            spec,
        })
    }

    pub fn feature_names(&self) -> Vec<String> {
        features::names(names_of(&self.spec), self.vectors.as_ref())
    }

    /// What pair features are made from besides the listener.
    pub fn feature_context(&self) -> FeatureContext<'_> {
        FeatureContext {
            catalogue: &self.catalogue,
            artist_rate: &self.artist_rate,
            artist_bucket: &self.artist_bucket,
            country: &self.country,
            vectors: self.vectors.as_ref(),
        }
    }
}

/// A column of a file, one value per artist.
fn of_artists(path: &Path, column: &str, artists: usize) -> Result<Vec<f32>> {
    let col = Col::open(path)?;
    let values = col.get::<f32>(column)?;
    if values.len() == artists {
        return Ok(values.to_vec());
    }
    Err(invalid(format!(
        "{} does not fit its catalogue",
        path.display()
    )))
}

fn names_of(spec: &ModelSpec) -> impl Iterator<Item = &str> {
    spec.sources
        .iter()
        .chain(spec.vector_sources.iter().map(|v| &v.source))
        .map(|params| params.name.as_str())
}

fn fallback_lists(c: &Catalogue) -> Vec<Vec<u32>> {
    let mut global: Vec<u32> = (0..c.tracks as u32).collect();
    let order = |&t: &u32| {
        let t = t as usize;
        (
            std::cmp::Reverse(c.listeners_28d[t]),
            std::cmp::Reverse(c.listeners_all[t]),
            t,
        )
    };
    if global.len() > FALLBACK_DEPTH {
        global.select_nth_unstable_by_key(FALLBACK_DEPTH - 1, order);
        global.truncate(FALLBACK_DEPTH);
    }
    global.sort_unstable_by_key(order);
    (0..c.countries.max(1))
        .map(|country| {
            let mut rows: Vec<(u32, u32)> = if country == 0 || country >= c.countries {
                Vec::new()
            } else {
                c.country_rows(country)
                    .map(|i| (c.country_listeners[i], c.country_track[i]))
                    .collect()
            };
            rows.sort_unstable_by_key(|&(n, t)| (std::cmp::Reverse(n), t));
            let mut list: Vec<u32> = rows
                .into_iter()
                .take(FALLBACK_DEPTH)
                .map(|(_, t)| t)
                .collect();
            list.extend_from_slice(&global);
            list
        })
        .collect()
}
