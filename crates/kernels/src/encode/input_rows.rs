//! Inputs of a tower: dense rows and embedding bags, and their file (docs/formats.md: tower input).

use crate::col::ColBuilder;
use serde_json::{Value, json};

/// Ids with weights per row; the tower sums the rows of a table that they name.
#[derive(Default, Clone)]
pub struct Bag {
    pub name: &'static str,
    pub table_rows: usize,
    pub dim: usize,
    pub off: Vec<u32>,
    pub id: Vec<u32>,
    pub weight: Vec<f32>,
}

impl Bag {
    pub fn new(name: &'static str, table_rows: usize, dim: usize) -> Self {
        Self {
            name,
            table_rows: table_rows.max(1),
            dim,
            off: vec![0],
            ..Self::default()
        }
    }

    pub fn push(&mut self, id: u32, weight: f32) {
        self.id.push(id);
        self.weight.push(weight);
    }

    pub fn end_row(&mut self) {
        self.off.push(self.id.len() as u32);
    }
}

/// A part of the dense row that also reaches the output directly.
#[derive(Clone, Copy)]
pub struct Skip {
    pub from: usize,
    pub width: usize,
    pub scale: f32,
}

/// Rows in the making; `dense` is rows x `width`.
#[derive(Clone)]
pub struct InputRows {
    pub width: usize,
    pub dense: Vec<f32>,
    pub bags: Vec<Bag>,
    pub skips: Vec<Skip>,
    /// A part that is blanked for some rows in training, and the column that says it is there.
    pub dropout: Option<(usize, usize, usize)>,
}

impl InputRows {
    pub fn rows(&self) -> usize {
        self.dense.len() / self.width.max(1)
    }

    pub fn clear(&mut self) {
        self.dense.clear();
        for bag in &mut self.bags {
            bag.off.truncate(1);
            bag.id.clear();
            bag.weight.clear();
        }
    }

    /// Appends the rows of another input of the same shape.
    pub fn append(&mut self, other: &Self) {
        self.dense.extend_from_slice(&other.dense);
        for (bag, more) in self.bags.iter_mut().zip(&other.bags) {
            let base = bag.id.len() as u32;
            bag.off.extend(more.off[1..].iter().map(|&o| base + o));
            bag.id.extend_from_slice(&more.id);
            bag.weight.extend_from_slice(&more.weight);
        }
    }

    /// Puts the columns into a file; returns the meta that describes them.
    pub fn put(&self, builder: &mut ColBuilder) -> Value {
        builder.put("dense", &self.dense);
        for bag in &self.bags {
            builder
                .put(&format!("bag.{}.off", bag.name), &bag.off)
                .put(&format!("bag.{}.id", bag.name), &bag.id)
                .put(&format!("bag.{}.weight", bag.name), &bag.weight);
        }
        let bags: Vec<Value> = self
            .bags
            .iter()
            .map(|b| json!({ "name": b.name, "tableRows": b.table_rows, "dim": b.dim }))
            .collect();
        let skips: Vec<Value> = self
            .skips
            .iter()
            .map(|s| json!({ "from": s.from, "width": s.width, "scale": s.scale }))
            .collect();
        let dropout = self.dropout.map_or(
            Value::Null,
            |(from, width, present)| json!({ "from": from, "width": width, "present": present }),
        );
        json!({
            "rows": self.rows(), "width": self.width, "bags": bags, "skips": skips, "dropout": dropout,
        })
    }
}
