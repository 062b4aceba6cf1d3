pub mod assemble;
pub mod block;
pub mod catalogue;
pub mod col;
pub mod cooccurrence;
pub mod error;
pub mod expand;
pub mod explore;
pub mod features;
pub mod interactions;
pub mod list_value;
pub mod listeners;
pub mod math;
pub mod model;
pub mod neighbours;
pub mod profile;
pub mod receipts;
pub mod rng;
pub mod source;
pub mod trees;

use napi_derive::napi;

#[napi(js_name = "kernelVersion")]
pub fn kernel_version() -> String {
    env!("CARGO_PKG_VERSION").to_string()
}
