use std::fs;
use std::path::PathBuf;

/// Names the build after its sources (FNV-1a), so that artifacts of another kernel are not taken for
/// this one's.
fn main() {
    napi_build::setup();
    let mut files: Vec<PathBuf> = fs::read_dir("src")
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in &files {
        for byte in fs::read(file).unwrap_or_default() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("cargo:rustc-env=KERNEL_SOURCES={hash:016x}");
    println!("cargo:rerun-if-changed=src");
}
