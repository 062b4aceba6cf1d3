//! Implicit factors for JavaScript: converts, calls, maps errors.

// Nothing registers the functions with Node in a test build.
#![cfg_attr(test, allow(dead_code))]

use crate::binding::Work;
use crate::error::KernelError;
use crate::factors::file::write_factors;
use crate::factors::train::FactorParams;
use napi::bindgen_prelude::AsyncTask;
use napi::{Error, Result};
use napi_derive::napi;
use std::path::PathBuf;

/// Trains the factors of a snapshot's tracks; resolves to the content digest of `factors.col`.
#[napi(js_name = "trainFactors", catch_unwind)]
pub fn train_factors(
    params: String,
    catalogue: String,
    listeners: Vec<String>,
    out: String,
) -> Result<AsyncTask<Work<String>>> {
    let params: FactorParams = serde_json::from_str(&params).map_err(|e| {
        Error::from_reason(KernelError::new("factors.params", e.to_string()).to_string())
    })?;
    Ok(Work::task(move || {
        let listeners: Vec<PathBuf> = listeners.into_iter().map(PathBuf::from).collect();
        write_factors(
            &PathBuf::from(catalogue),
            &listeners,
            &params,
            &PathBuf::from(out),
        )
    }))
}
