use super::listener_code::ListenerCode;
use super::memory::Bytes;
use super::packed::Packed;
use crate::col::{Col, View};
use crate::error::{Result, invalid};
use rayon::prelude::*;
use std::iter::StepBy;
use std::ops::Range;
use std::path::Path;

/// An index file, open. `index.col`: `turn` f32 (dimensions x dimensions: the matrix that turns a
/// listener's vector to the items' codes), `centroid` i8 (lists x dimensions), `super.centroid` i8,
/// `super.off` u32 (lists of a super list), `list.off` u32 (positions of a list), `order` u32 (position
/// to track), `vector` i8 (positions x dimensions, row-major); meta `dimensions, norm, lists, rounds,
/// flat, seed`.
pub struct Index {
    pub dimensions: usize,
    pub(super) listeners: ListenerCode,
    pub(super) list_off: View<u32>,
    pub(super) super_off: View<u32>,
    /// Track at each position; ascending within a list.
    pub(super) order: View<u32>,
    pub(super) vector: Bytes,
    /// Centroids, packed by super list.
    pub(super) centroid: Packed,
    pub(super) super_centroid: Packed,
    /// Every `SAMPLED`th item of each list.
    pub(super) sample: Packed,
}

/// One of as many items is sampled, to guess thresholds.
pub const SAMPLED: usize = 16;

impl Index {
    /// Opens and checks a file. Vectors go into 2 MB pages where the system has them.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let col = Col::open(path)?;
        let fail = |why: &str| invalid(format!("{}: {why}", col.path().display()));
        let number = |name: &str| {
            col.meta[name]
                .as_f64()
                .ok_or_else(|| fail(&format!("meta has no number \"{name}\"")))
        };
        let dimensions = number("dimensions")? as usize;
        let norm = number("norm")?;
        if !(1..=super::build::MOST_DIMENSIONS).contains(&dimensions)
            || !(1.0..=300.0).contains(&norm)
        {
            return Err(fail("meta is out of range"));
        }
        let order = col.view::<u32>("order")?;
        let super_off = col.view::<u32>("super.off")?;
        let list_off = col.view::<u32>("list.off")?;
        if super_off.is_empty() || list_off.is_empty() {
            return Err(fail("offsets are missing"));
        }
        col.offsets("list.off", list_off.len() - 1, order.len())?;
        col.offsets("super.off", super_off.len() - 1, list_off.len() - 1)?;
        let vector = col.view::<i8>("vector")?;
        let centroid = col.get::<i8>("centroid")?;
        let super_centroid = col.get::<i8>("super.centroid")?;
        let turn = col.get::<f32>("turn")?;
        if turn.len() != dimensions * dimensions || turn.iter().any(|x| !x.is_finite()) {
            return Err(fail("\"turn\" is not a finite matrix"));
        }
        if vector.len() != order.len() * dimensions
            || centroid.len() != (list_off.len() - 1) * dimensions
            || super_centroid.len() != (super_off.len() - 1) * dimensions
            || order.len() > super::survivors::MOST_POSITIONS
        {
            return Err(fail("columns do not fit each other"));
        }
        let long = [&*vector, centroid, super_centroid].iter().any(|rows| {
            rows.par_chunks_exact(dimensions).any(|row| {
                let squares: i32 = row.iter().map(|&x| i32::from(x) * i32::from(x)).sum();
                f64::from(squares) > norm * norm + 0.5 || row.contains(&i8::MIN)
            })
        });
        if long {
            return Err(fail("a code is longer than meta says"));
        }
        let (sample, parts) = sampled_rows(&vector, dimensions, &list_off);
        let whole = [0, super_off.len() as u32 - 1];
        Ok(Self {
            dimensions,
            listeners: ListenerCode::new(turn, dimensions, norm),
            centroid: Packed::new(centroid, dimensions, &super_off),
            super_centroid: Packed::new(super_centroid, dimensions, &whole),
            sample: Packed::new(&sample, dimensions, &parts),
            vector: Bytes::of(vector),
            list_off,
            super_off,
            order,
        })
    }

    /// Tracks that have a vector.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// The tracks by position.
    pub fn tracks(&self) -> impl Iterator<Item = u32> + '_ {
        self.order.iter().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub fn lists(&self) -> usize {
        self.list_off.len() - 1
    }

    pub(super) fn list(&self, list: usize) -> Range<usize> {
        self.list_off[list] as usize..self.list_off[list + 1] as usize
    }

    /// Positions sampled of a list's.
    pub(super) fn sampled(list: Range<usize>) -> StepBy<Range<usize>> {
        ((list.start + SAMPLED / 2).min(list.end)..list.end).step_by(SAMPLED)
    }

    pub(super) fn rows(&self, positions: Range<usize>) -> &[i8] {
        &self.vector[positions.start * self.dimensions..positions.end * self.dimensions]
    }
}

/// The sampled rows and the offsets of each list's.
fn sampled_rows(vector: &[i8], dimensions: usize, list_off: &[u32]) -> (Vec<i8>, Vec<u32>) {
    let (mut rows, mut off) = (Vec::new(), vec![0]);
    for list in list_off.windows(2) {
        for position in Index::sampled(list[0] as usize..list[1] as usize) {
            rows.extend_from_slice(&vector[position * dimensions..(position + 1) * dimensions]);
        }
        off.push((rows.len() / dimensions) as u32);
    }
    (rows, off)
}
