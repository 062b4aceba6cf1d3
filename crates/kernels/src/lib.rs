use napi_derive::napi;

#[napi(js_name = "kernelVersion")]
pub fn kernel_version() -> String {
    env!("CARGO_PKG_VERSION").to_string()
}
