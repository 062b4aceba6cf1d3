use super::memory::Bytes;
use super::quantise::Items;
use crate::col::{Col, View};
use crate::error::{Result, invalid};
use std::path::Path;

/// An index file, open. `index.col`: `centroid` f32 (lists x dimensions), `super.centroid` f32,
/// `super.off` u32 (lists of a super list), `list.off` u32 (positions of a list), `order` u32 (position
/// to track), `vector` i8 (positions x dimensions, row-major); meta `dimensions, scale, offset, norm,
/// lists, tracks, seed`.
pub struct Index {
    pub dimensions: usize,
    /// How items were rounded.
    pub(super) items: Items,
    pub(super) list_off: View<u32>,
    pub(super) super_off: View<u32>,
    /// Track at each position; ascending within a list.
    pub(super) order: View<u32>,
    pub(super) vector: Bytes,
    /// Centroids rounded as items are.
    pub(super) centroid: Vec<i8>,
    pub(super) super_centroid: Vec<i8>,
}

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
        let items = Items {
            scale: number("scale")?,
            offset: number("offset")? as i32,
            norm: number("norm")?,
        };
        let sound = (1..=super::build::MOST_DIMENSIONS).contains(&dimensions)
            && items.scale > 0.0
            && (1..=127).contains(&items.offset)
            && (1.0..=256.0).contains(&items.norm);
        if !sound {
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
        let centroid = col.get::<f32>("centroid")?;
        let super_centroid = col.get::<f32>("super.centroid")?;
        if vector.len() != order.len() * dimensions
            || centroid.len() != (list_off.len() - 1) * dimensions
            || super_centroid.len() != (super_off.len() - 1) * dimensions
            || order.len() > super::survivors::MOST_POSITIONS
        {
            return Err(fail("columns do not fit each other"));
        }
        let most = items.offset;
        if vector.iter().any(|&x| i32::from(x).abs() > most) {
            return Err(fail("a vector is larger than meta says"));
        }
        Ok(Self {
            dimensions,
            items,
            centroid: items.centroids(centroid),
            super_centroid: items.centroids(super_centroid),
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

    pub(super) fn list(&self, list: usize) -> std::ops::Range<usize> {
        self.list_off[list] as usize..self.list_off[list + 1] as usize
    }

    pub(super) fn rows(&self, positions: std::ops::Range<usize>) -> &[i8] {
        &self.vector[positions.start * self.dimensions..positions.end * self.dimensions]
    }
}
