//! Whose session is it: converts, calls, maps errors.

#![cfg_attr(test, allow(dead_code))]

use crate::error::KernelError;
use crate::hygiene::{self, HygieneFiles, HygieneParams};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Error, Result, Task};
use napi_derive::napi;

fn failed(error: KernelError) -> Error {
    Error::from_reason(error.to_string())
}

pub struct FitSessions {
    params: HygieneParams,
    files: HygieneFiles,
}

impl Task for FitSessions {
    type Output = u32;
    type JsValue = u32;

    fn compute(&mut self) -> Result<u32> {
        let sessions = hygiene::score_files(&self.params, &self.files).map_err(failed)?;
        Ok(sessions as u32)
    }

    fn resolve(&mut self, _env: Env, sessions: u32) -> Result<u32> {
        Ok(sessions)
    }
}

/// Writes a CSV per bucket, a line per session; resolves to the number of sessions.
#[napi(js_name = "fitSessions")]
pub fn fit_sessions(
    params: String,
    artists: u32,
    buckets: Vec<String>,
    out: Vec<String>,
) -> Result<AsyncTask<FitSessions>> {
    Ok(AsyncTask::new(FitSessions {
        params: HygieneParams::parse(&params).map_err(failed)?,
        files: HygieneFiles {
            buckets: buckets.into_iter().map(Into::into).collect(),
            out: out.into_iter().map(Into::into).collect(),
            artists: artists as usize,
        },
    }))
}
