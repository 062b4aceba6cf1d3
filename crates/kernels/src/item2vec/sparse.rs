use super::file::Columns;
use crate::col::{Col, View};
use crate::error::{Result, invalid};
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// One row of a file: occurrences, input, output.
pub type Row<'a> = (u32, &'a [f32], &'a [f32]);

/// An `item2vec.col` or a day's overlay of which only what is asked for is read: opening it costs the
/// same for any number of tracks.
pub struct SparseRows {
    path: PathBuf,
    off: View<u32>,
    bytes: View<u8>,
    columns: Columns,
}

impl SparseRows {
    /// Fails with `col.invalid` where columns do not fit each other.
    pub fn open(path: &Path) -> Result<Self> {
        let col = Col::open(path)?;
        let off = col.view::<u32>("track_id.off")?;
        let columns = Columns::shaped(&col, off.len().saturating_sub(1))?;
        Ok(Self {
            path: path.to_path_buf(),
            off,
            bytes: col.view("track_id.bytes")?,
            columns,
        })
    }

    pub fn len(&self) -> usize {
        self.columns.count.len()
    }

    pub fn dimensions(&self) -> usize {
        self.columns.dimensions
    }

    /// Track id of a row.
    pub fn id(&self, i: usize) -> Result<&[u8]> {
        let (from, to) = (self.off[i] as usize, self.off[i + 1] as usize);
        self.bytes
            .get(from..to)
            .ok_or_else(|| self.damaged("\"track_id.off\" is no list of offsets"))
    }

    /// Row of a track by binary search over the ids, which ascend in byte order.
    pub fn find(&self, id: &[u8]) -> Result<Option<usize>> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = from + (to - from) / 2;
            match self.id(middle)?.cmp(id) {
                Ordering::Less => from = middle + 1,
                Ordering::Greater => to = middle,
                Ordering::Equal => return Ok(Some(middle)),
            }
        }
        Ok(None)
    }

    /// A row; none for a track that was not trained. Fails where a value is not finite.
    pub fn row(&self, i: usize) -> Result<Option<Row<'_>>> {
        let count = self.columns.count[i];
        if count == 0 {
            return Ok(None);
        }
        let (input, output) = (
            &self.columns.input[self.columns.row(i)],
            &self.columns.output[self.columns.row(i)],
        );
        if input.iter().chain(output).all(|x| x.is_finite()) {
            return Ok(Some((count, input, output)));
        }
        Err(self.damaged("a row is not finite"))
    }

    fn damaged(&self, why: &str) -> crate::error::KernelError {
        invalid(format!("{}: {why}", self.path.display()))
    }
}

/// The newest row of a track: of the overlays (oldest first) the last that has it, else of the base.
pub fn newest<'a>(
    base: &'a SparseRows,
    overlays: &'a [SparseRows],
    id: &[u8],
) -> Result<Option<Row<'a>>> {
    for rows in overlays.iter().rev().chain([base]) {
        if let Some(i) = rows.find(id)? {
            return rows.row(i);
        }
    }
    Ok(None)
}
