//! Models of LightGBM and XGBoost as objects of Node: converts, calls, maps errors.

// Nothing registers the functions with Node in a test build.
#![cfg_attr(test, allow(dead_code))]

use crate::binned_trees::TreeScratch;
use crate::error::KernelError;
use crate::platt;
use crate::trees::Ensemble;
use napi::bindgen_prelude::{Float32Array, Float64Array, Uint8Array};
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

    /// What the model's link makes of raw scores.
    #[napi(catch_unwind)]
    pub fn output(&self, raw: Float64Array) -> Float64Array {
        let found: Vec<f64> = raw.iter().map(|&raw| self.model.output(raw)).collect();
        found.into()
    }
}

#[napi(object)]
pub struct PlattCurve {
    pub scale: f64,
    pub shift: f64,
}

/// The logistic curve from raw scores to probabilities.
#[napi(js_name = "plattCurve", catch_unwind)]
pub fn platt_curve(
    raw: Float64Array,
    label: Uint8Array,
    weight: Float32Array,
) -> Result<PlattCurve> {
    if raw.len() != label.len() || raw.len() != weight.len() {
        return Err(failed(KernelError::new(
            "kernel.shape",
            "columns of raw scores differ in length",
        )));
    }
    let platt::Curve { scale, shift } = platt::fit(&raw, &label, &weight);
    Ok(PlattCurve { scale, shift })
}
