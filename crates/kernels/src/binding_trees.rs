//! LightGBM text models as objects of Node: converts, calls, maps errors.

// Nothing registers the functions with Node in a test build.
#![cfg_attr(test, allow(dead_code))]

use crate::binned_trees::TreeScratch;
use crate::error::KernelError;
use crate::trees::Ensemble;
use napi::bindgen_prelude::{Float32Array, Float64Array};
use napi::{Error, Result};
use napi_derive::napi;

fn failed(error: KernelError) -> Error {
    Error::from_reason(error.to_string())
}

/// A compiled model with its scratch.
#[napi]
pub struct Trees {
    model: Ensemble,
    scratch: TreeScratch,
}

#[napi]
impl Trees {
    #[napi(constructor, catch_unwind)]
    pub fn new(text: String) -> Result<Self> {
        Ok(Self {
            model: Ensemble::parse(&text).map_err(failed)?,
            scratch: TreeScratch::default(),
        })
    }

    /// Whether rows are scored in blocks of u8 bins.
    #[napi(getter, catch_unwind)]
    pub fn binned(&self) -> bool {
        self.model.is_binned()
    }

    /// Raw scores of row-major rows.
    #[napi(catch_unwind)]
    pub fn raw(&mut self, rows: Float32Array) -> Result<Float64Array> {
        if !rows.len().is_multiple_of(self.model.features.len()) {
            return Err(failed(KernelError::new(
                "kernel.shape",
                "rows do not fit the model's features",
            )));
        }
        let mut raw = Vec::new();
        self.model.raw_rows(&rows, &mut self.scratch, &mut raw);
        Ok(raw.into())
    }
}
