//! Trained towers: encoding, and `towers.col` (parameters as `listener.<tensor>` and `track.<tensor>`;
//! meta `params, listener, track`, the last two being the shapes of the inputs).

use super::gemm::Simd;
use super::input::{InputShape, Rows, finite};
use super::network::Tower;
use super::params::TowerParams;
use crate::col::{Col, ColBuilder};
use crate::error::{Result, invalid};
use rayon::prelude::*;
use serde_json::json;
use std::path::Path;

/// Rows that are encoded at a time.
const CHUNK: usize = 1024;

#[derive(Clone, Debug, PartialEq)]
pub struct Towers {
    pub params: TowerParams,
    pub listener: Tower,
    pub track: Tower,
}

impl PartialEq for TowerParams {
    fn eq(&self, other: &Self) -> bool {
        json!(self) == json!(other)
    }
}

/// Which tower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Listener,
    Track,
}

impl Towers {
    /// Opens `towers.col`; parameters that do not fit the shapes or are not finite are errors.
    pub fn open(path: &Path) -> Result<Self> {
        let col = Col::open(path)?;
        let fail = |e: serde_json::Error| invalid(format!("{}: meta: {e}", path.display()));
        let params: TowerParams =
            serde_json::from_value(col.meta["params"].clone()).map_err(fail)?;
        params.check()?;
        let values = col.bytes() / std::mem::size_of::<f32>();
        let tower = |side: &str, salt: u32| -> Result<Tower> {
            let shape: InputShape = serde_json::from_value(col.meta[side].clone()).map_err(fail)?;
            shape.check()?;
            if Tower::parameters(&shape, &params).is_none_or(|n| n > values) {
                return Err(invalid(format!(
                    "{}: the {side} tower is larger than the file",
                    path.display()
                )));
            }
            let mut tower = Tower::new(&shape, &params, salt);
            let names = names(&tower, side);
            for (name, tensor) in names.iter().zip(all_mut(&mut tower)) {
                let stored = col.get::<f32>(name)?;
                if stored.len() != tensor.len() {
                    return Err(invalid(format!(
                        "{}: \"{name}\" has another size",
                        path.display()
                    )));
                }
                finite(stored, name)?;
                tensor.copy_from_slice(stored);
            }
            Ok(tower)
        };
        Ok(Self {
            listener: tower("listener", 1)?,
            track: tower("track", 2)?,
            params,
        })
    }

    /// Writes `towers.col`; returns its content digest.
    pub fn write(&self, path: &Path) -> Result<String> {
        let mut builder = ColBuilder::default();
        for (side, tower) in [("listener", &self.listener), ("track", &self.track)] {
            for (name, tensor) in names(tower, side).iter().zip(tower.all()) {
                builder.put(name, tensor);
            }
        }
        let meta = json!({
            "params": self.params,
            "listener": self.listener.shape,
            "track": self.track.shape,
        });
        builder.write(path, &meta)
    }

    pub fn tower(&self, side: Side) -> &Tower {
        match side {
            Side::Listener => &self.listener,
            Side::Track => &self.track,
        }
    }

    /// Unit rows, n x dimensions; an output of zero stays zero.
    pub fn encode_listeners(&self, rows: &Rows) -> Vec<f32> {
        self.encode(Side::Listener, rows)
    }

    /// Unit rows, n x dimensions; an output of zero stays zero.
    pub fn encode_tracks(&self, rows: &Rows) -> Vec<f32> {
        self.encode(Side::Track, rows)
    }

    /// Unit rows of one side; `rows` must have been checked against its shape.
    pub fn encode(&self, side: Side, rows: &Rows) -> Vec<f32> {
        let (simd, tower) = (Simd::best(), self.tower(side));
        let mut out = vec![0f32; rows.count * tower.dimensions];
        out.par_chunks_mut(CHUNK * tower.dimensions)
            .enumerate()
            .for_each(|(c, out)| {
                let from = (c * CHUNK) as u32;
                let chosen: Vec<u32> =
                    (from..from + (out.len() / tower.dimensions) as u32).collect();
                out.copy_from_slice(&tower.forward(simd, rows, &chosen, |_| false).unit);
            });
        out
    }
}

/// Encodes the rows of an input file into `vector` f32 (rows x dimensions); returns the content digest.
/// An input of another shape than the tower was trained on is an error.
pub fn encode_file(towers: &Path, side: Side, input: &Path, out: &Path) -> Result<String> {
    let towers = Towers::open(towers)?;
    let col = Col::open(input)?;
    let (shape, rows) = Rows::open(&col)?;
    let own = &towers.tower(side).shape;
    if (shape.width, &shape.bags) != (own.width, &own.bags) {
        return Err(invalid(format!(
            "{} has other columns than the towers",
            input.display()
        )));
    }
    let mut builder = ColBuilder::default();
    builder.put("vector", &towers.encode(side, &rows));
    let meta = json!({ "rows": rows.count, "dimensions": towers.params.dimensions });
    builder.write(out, &meta)
}

/// Columns of a tower in the order of [`Tower::all`].
fn names(tower: &Tower, side: &str) -> Vec<String> {
    let mut names: Vec<String> = ["w1", "b1", "w2", "b2"]
        .map(|t| format!("{side}.{t}"))
        .into();
    names.extend((0..tower.skips.len()).map(|k| format!("{side}.skip.{k}")));
    names.extend(
        tower
            .shape
            .bags
            .iter()
            .map(|bag| format!("{side}.table.{}", bag.name)),
    );
    names
}

/// All parameters, in the order of [`Tower::all`].
pub(super) fn all_mut(tower: &mut Tower) -> Vec<&mut Vec<f32>> {
    let mut all = vec![&mut tower.w1, &mut tower.b1, &mut tower.w2, &mut tower.b2];
    all.extend(tower.skips.iter_mut().chain(&mut tower.tables));
    all
}
