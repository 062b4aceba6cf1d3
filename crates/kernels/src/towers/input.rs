//! What a tower reads of a listener or a track: dense columns and bags of embeddings.

use crate::col::Col;
use crate::error::{KernelError, Result, invalid};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BagShape {
    pub name: String,
    pub table_rows: usize,
    pub dim: usize,
}

/// Dense columns `from .. from + width` that also reach the output by a learned matrix, which starts as
/// `scale` times the identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Skip {
    pub from: usize,
    pub width: usize,
    pub scale: f64,
}

/// Dense columns that may be absent, and the column that is 1 where they are present.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dropout {
    pub from: usize,
    pub width: usize,
    pub present: usize,
}

/// Shape of a tower's input. `width` counts the dense columns; bags follow them in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputShape {
    pub width: usize,
    pub bags: Vec<BagShape>,
    pub skips: Vec<Skip>,
    #[serde(default)]
    pub dropout: Option<Dropout>,
}

impl InputShape {
    /// Dense and embedded columns together.
    pub fn columns(&self) -> usize {
        self.width + self.bags.iter().map(|bag| bag.dim).sum::<usize>()
    }

    pub fn check(&self) -> Result<()> {
        let inside = |from: usize, width: usize| {
            from.checked_add(width).is_some_and(|end| end <= self.width)
        };
        let skips = self
            .skips
            .iter()
            .all(|s| inside(s.from, s.width) && s.scale.is_finite());
        let dropout = self
            .dropout
            .iter()
            .all(|d| inside(d.from, d.width) && d.present < self.width);
        let columns = self
            .bags
            .iter()
            .try_fold(self.width, |sum, bag| sum.checked_add(bag.dim));
        if columns.is_some_and(|n| n > 0)
            && skips
            && dropout
            && self.bags.iter().all(|bag| bag.dim > 0)
        {
            Ok(())
        } else {
            Err(invalid(
                "a tower's input: a skip, dropout or bag lies outside its columns",
            ))
        }
    }
}

/// Ids and weights of one bag, example by example: `off` has one entry more than there are rows.
#[derive(Clone, Copy)]
pub struct BagRows<'a> {
    pub off: &'a [u32],
    pub id: &'a [u32],
    pub weight: &'a [f32],
}

/// Checked inputs of one tower: `dense` is rows x width, row-major; one bag per bag of the shape.
#[derive(Clone)]
pub struct Rows<'a> {
    pub count: usize,
    pub dense: &'a [f32],
    pub bags: Vec<BagRows<'a>>,
}

impl<'a> Rows<'a> {
    /// Lengths that do not fit, ids outside their table and values that are not finite are errors.
    pub fn new(
        shape: &InputShape,
        count: usize,
        dense: &'a [f32],
        bags: Vec<BagRows<'a>>,
    ) -> Result<Self> {
        let shaped = |ok: bool, what: &str| {
            if ok {
                Ok(())
            } else {
                Err(KernelError::new("kernel.shape", what))
            }
        };
        shape.check()?;
        shaped(
            Some(dense.len()) == count.checked_mul(shape.width) && bags.len() == shape.bags.len(),
            "a tower's input does not have the columns of its shape",
        )?;
        finite(dense, "dense")?;
        for (bag, shape) in bags.iter().zip(&shape.bags) {
            let ends = !bag.off.is_empty()
                && bag.off.len() - 1 == count
                && bag.off[0] == 0
                && bag.off[count] as usize == bag.id.len()
                && bag.id.len() == bag.weight.len()
                && bag.off.windows(2).all(|pair| pair[0] <= pair[1]);
            shaped(ends, &format!("bag \"{}\" is no list column", shape.name))?;
            within(bag.id, shape.table_rows, &format!("bag \"{}\"", shape.name))?;
            finite(
                bag.weight,
                &format!("the weights of bag \"{}\"", shape.name),
            )?;
        }
        Ok(Self { count, dense, bags })
    }

    /// The shape (meta) and rows (`dense`, `bag.<name>.off|id|weight`) of a file.
    pub fn open(col: &'a Col) -> Result<(InputShape, Self)> {
        #[derive(Deserialize)]
        struct Meta {
            rows: usize,
            #[serde(flatten)]
            shape: InputShape,
        }
        let Meta { rows, shape } = serde_json::from_value(col.meta.clone())
            .map_err(|e| invalid(format!("{}: meta: {e}", col.path().display())))?;
        let bag = |bag: &BagShape| -> Result<BagRows<'a>> {
            let column = |field: &str| format!("bag.{}.{field}", bag.name);
            Ok(BagRows {
                off: col.get(&column("off"))?,
                id: col.get(&column("id"))?,
                weight: col.get(&column("weight"))?,
            })
        };
        let bags = shape.bags.iter().map(bag).collect::<Result<_>>()?;
        let rows = Self::new(&shape, rows, col.get("dense")?, bags).map_err(|e| {
            KernelError::new(e.code, format!("{}: {}", col.path().display(), e.message))
        })?;
        Ok((shape, rows))
    }
}

pub(super) fn finite(values: &[f32], what: &str) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(KernelError::new(
            "kernel.shape",
            format!("{what} holds {} at {at}", values[at]),
        )),
        None => Ok(()),
    }
}

pub(super) fn within(ids: &[u32], rows: usize, what: &str) -> Result<()> {
    match ids.iter().find(|&&id| id as usize >= rows) {
        Some(id) => Err(KernelError::new(
            "kernel.shape",
            format!("{what} names {id}, but there are {rows}"),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(width: usize, bags: Vec<BagShape>) -> InputShape {
        InputShape {
            width,
            bags,
            skips: Vec::new(),
            dropout: None,
        }
    }

    #[test]
    fn rows_whose_number_of_values_wraps_around_are_refused() {
        let wrapped = shape(2, Vec::new());
        assert!(Rows::new(&wrapped, 1 << 63, &[], Vec::new()).is_err());
    }

    #[test]
    fn a_bag_without_offsets_is_refused_for_any_number_of_rows() {
        let bag = BagShape {
            name: "b".into(),
            table_rows: 1,
            dim: 1,
        };
        let empty = BagRows {
            off: &[],
            id: &[],
            weight: &[],
        };
        let bagged = shape(0, vec![bag]);
        assert!(Rows::new(&bagged, usize::MAX, &[], vec![empty]).is_err());
    }

    #[test]
    fn columns_that_cannot_be_counted_are_refused() {
        let bag = BagShape {
            name: "b".into(),
            table_rows: 1,
            dim: usize::MAX,
        };
        assert!(shape(1, vec![bag]).check().is_err());
    }
}
