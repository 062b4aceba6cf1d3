use super::params::Item2vecParams;
use super::sequences::Sequences;
use super::train::{Vectors, train};
use super::update::Rows;
use crate::catalogue::Catalogue;
use crate::col::{Col, ColBuilder, View};
use crate::encode::unit_vectors::MOST_DIMENSIONS;
use crate::error::{Result, invalid};
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// Files of one training.
#[derive(Clone, Debug, Default)]
pub struct Item2vecFiles {
    pub catalogue: PathBuf,
    /// `sessions-NNNN.col`, in bucket order.
    pub sessions: Vec<PathBuf>,
    /// A `.col` with `playlist.off`, `playlist.track`; read after the sessions.
    pub playlists: Option<PathBuf>,
    /// An earlier `item2vec.col` to start from, perhaps of another catalogue.
    pub warm: Option<PathBuf>,
    pub out: PathBuf,
}

/// Trains on a snapshot's files and writes `item2vec.col` (docs/formats.md); its content digest. Tracks
/// of the warm file are found by `track_id`; those that the catalogue lacks are dropped.
pub fn train_files(params: &Item2vecParams, files: &Item2vecFiles) -> Result<String> {
    let catalogue = Col::open(&files.catalogue)?;
    let ids = Ids::of(&catalogue)?;
    let mut sequences = Sequences::default();
    for path in &files.sessions {
        sequences.append(path, "session")?;
    }
    if let Some(path) = &files.playlists {
        sequences.append(path, "playlist")?;
    }
    let warm = match &files.warm {
        Some(path) => Some(EarlierRows::open(path, &ids)?),
        None => None,
    };
    let warm = warm.as_ref().map(|rows| rows as &dyn Rows);
    let vectors = train(&sequences, ids.len(), params, warm)?;
    write(&vectors, &ids, &files.out)
}

/// Writes `item2vec.col`; its content digest.
pub(super) fn write(vectors: &Vectors, ids: &Ids, out: &Path) -> Result<String> {
    let mut builder = ColBuilder::default();
    builder
        .put("track_id.off", ids.off)
        .put("track_id.bytes", ids.bytes)
        .put("count", &vectors.count)
        .put("input", &vectors.input)
        .put("output", &vectors.output);
    builder.write(
        out,
        &serde_json::json!({ "dimensions": vectors.dimensions }),
    )
}

/// Track ids of a file, ascending in byte order.
pub(super) struct Ids<'a> {
    off: &'a [u32],
    bytes: &'a [u8],
}

impl<'a> Ids<'a> {
    pub(super) fn of(col: &'a Col) -> Result<Self> {
        let off = col.get::<u32>("track_id.off")?;
        let bytes = col.get::<u8>("track_id.bytes")?;
        col.offsets("track_id.off", off.len().saturating_sub(1), bytes.len())?;
        let ids = Self { off, bytes };
        if (1..ids.len()).any(|i| ids.at(i - 1) >= ids.at(i)) {
            return Err(invalid(format!(
                "{}: track ids do not ascend",
                col.path().display()
            )));
        }
        Ok(ids)
    }

    pub(super) fn len(&self) -> usize {
        self.off.len() - 1
    }

    pub(super) fn at(&self, i: usize) -> &'a [u8] {
        &self.bytes[self.off[i] as usize..self.off[i + 1] as usize]
    }
}

/// The columns of an `item2vec.col`.
pub(super) struct Columns {
    pub dimensions: usize,
    pub count: View<u32>,
    pub input: View<f32>,
    pub output: View<f32>,
}

impl Columns {
    /// Shapes are checked; no row is read.
    pub(super) fn shaped(col: &Col, tracks: usize) -> Result<Self> {
        let fail = |why: &str| invalid(format!("{}: {why}", col.path().display()));
        let dimensions = col.meta["dimensions"].as_u64().unwrap_or(0) as usize;
        let columns = Self {
            dimensions,
            count: col.view("count")?,
            input: col.view("input")?,
            output: col.view("output")?,
        };
        let rows = tracks.checked_mul(dimensions);
        let fits = |matrix: &[f32]| Some(matrix.len()) == rows;
        if !(1..=MOST_DIMENSIONS).contains(&dimensions)
            || columns.count.len() != tracks
            || !fits(&columns.input)
            || !fits(&columns.output)
        {
            return Err(fail("counts and rows do not fit the tracks"));
        }
        Ok(columns)
    }

    /// Shapes and all values are checked.
    fn of(col: &Col, tracks: usize) -> Result<Self> {
        let columns = Self::shaped(col, tracks)?;
        if !columns
            .input
            .iter()
            .chain(&columns.output[..])
            .all(|x| x.is_finite())
        {
            return Err(invalid(format!(
                "{}: a row is not finite",
                col.path().display()
            )));
        }
        Ok(columns)
    }

    pub(super) fn row(&self, i: usize) -> std::ops::Range<usize> {
        i * self.dimensions..(i + 1) * self.dimensions
    }
}

/// Rows of an earlier file under the tracks of another catalogue.
pub(super) struct EarlierRows {
    columns: Columns,
    /// Row of a track of the catalogue, or MAX.
    row: Vec<u32>,
}

impl EarlierRows {
    pub(super) fn open(path: &Path, ids: &Ids) -> Result<Self> {
        let col = Col::open(path)?;
        let earlier = Ids::of(&col)?;
        let columns = Columns::of(&col, earlier.len())?;
        let mut row = vec![u32::MAX; ids.len()];
        let (mut i, mut j) = (0, 0);
        while i < ids.len() && j < earlier.len() {
            match ids.at(i).cmp(earlier.at(j)) {
                Ordering::Less => i += 1,
                Ordering::Greater => j += 1,
                Ordering::Equal => {
                    row[i] = j as u32;
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        Ok(Self { columns, row })
    }
}

impl Rows for EarlierRows {
    fn dimensions(&self) -> usize {
        self.columns.dimensions
    }

    fn rows(&self, track: u32) -> Option<(&[f32], &[f32])> {
        if self.count(track) == 0 {
            return None;
        }
        let row = self.columns.row(self.row[track as usize] as usize);
        Some((&self.columns.input[row.clone()], &self.columns.output[row]))
    }

    fn count(&self, track: u32) -> u32 {
        let row = self.row.get(track as usize).copied().unwrap_or(u32::MAX);
        self.columns.count.get(row as usize).copied().unwrap_or(0)
    }
}

/// `item2vec.col` open beside its catalogue.
pub struct ItemVectors {
    columns: Columns,
}

impl ItemVectors {
    /// Fails with `col.invalid` where shapes do not fit, a value is not finite, or the tracks are others
    /// than the catalogue's.
    pub fn open(path: impl AsRef<Path>, catalogue: &Catalogue) -> Result<Self> {
        let col = Col::open(path)?;
        let (own, theirs) = (Ids::of(&col)?, Ids::of(&catalogue.col)?);
        if own.off != theirs.off || own.bytes != theirs.bytes {
            return Err(invalid(format!(
                "{} is of another catalogue",
                col.path().display()
            )));
        }
        Ok(Self {
            columns: Columns::of(&col, own.len())?,
        })
    }

    pub fn dimensions(&self) -> usize {
        self.columns.dimensions
    }

    /// Whether a track was trained.
    pub fn known(&self, track: u32) -> bool {
        self.columns.count[track as usize] > 0
    }

    /// Input row of a track; zeros for one that is not known.
    pub fn row(&self, track: u32) -> &[f32] {
        &self.columns.input[self.columns.row(track as usize)]
    }
}
