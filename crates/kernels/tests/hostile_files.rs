//! Spoiled files: every reader answers with an error or a result, never with a panic, and never sets
//! aside more memory than small files can need. `FUZZ_SECONDS` makes the run longer, `FUZZ_SEED` another.

#[path = "hostile/mutate.rs"]
mod mutate;
mod support;
#[path = "hostile/targets.rs"]
mod targets;

use deepcuts_kernels::error::caught;
use deepcuts_kernels::rng::Rng;
use mutate::mutated;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use targets::{TARGETS, Target, prepare};

/// Passes requests on and remembers the largest.
struct Watched;

static LARGEST: AtomicUsize = AtomicUsize::new(0);
/// The seeds have less than 64 KB; tables of countries and genres and blocks of rows stay below this.
const MOST_BYTES: usize = 64 << 20;

// SAFETY: every request goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LARGEST.fetch_max(size, Ordering::Relaxed);
        unsafe { System.realloc(at, layout, size) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

#[derive(Default)]
struct Tally {
    tried: u32,
    refused: u32,
    accepted: u32,
    slowest: Duration,
    largest: usize,
    faults: Vec<String>,
}

fn setting(name: &str, usual: u32) -> u32 {
    let value = std::env::var(name).ok();
    value.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// One spoiled file of a target; the others are whole.
fn attempt(target: &Target, folder: &std::path::Path, seed: u32, round: u32, tally: &mut Tally) {
    let mut rng = Rng::new(&[seed, round]);
    let file = folder.join(target.files[rng.next_u32() as usize % target.files.len()]);
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, mutated(&whole, &mut rng)).unwrap();
    LARGEST.store(0, Ordering::Relaxed);
    let started = Instant::now();
    let found = caught(|| (target.run)(folder));
    let (took, largest) = (started.elapsed(), LARGEST.load(Ordering::Relaxed));
    std::fs::write(&file, whole).unwrap();
    tally.tried += 1;
    tally.slowest = tally.slowest.max(took);
    tally.largest = tally.largest.max(largest);
    let fault = match found {
        Ok(()) => {
            tally.accepted += 1;
            None
        }
        Err(error) if error.code == "kernel.panic" => Some(error.message),
        Err(_) => {
            tally.refused += 1;
            None
        }
    };
    let fault = fault.or((largest > MOST_BYTES).then(|| format!("asked for {largest} bytes")));
    if let Some(fault) = fault {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        tally.faults.push(format!(
            "{} seed {seed} round {round}, {name}: {fault}",
            target.name
        ));
    }
}

#[test]
fn spoiled_files_are_refused_or_read() {
    let world = prepare();
    let seed = setting("FUZZ_SEED", 1);
    let time = Duration::from_secs(setting("FUZZ_SECONDS", 12).into()) / TARGETS.len() as u32;
    let mut faults = Vec::new();
    println!("| crate | tried | refused | accepted | faults | slowest ms | largest KB |");
    for target in TARGETS {
        (target.run)(&world.folder).unwrap_or_else(|e| panic!("{}: {e}", target.name));
    }
    std::panic::set_hook(Box::new(|_| {}));
    for target in TARGETS {
        let (mut tally, started) = (Tally::default(), Instant::now());
        while started.elapsed() < time {
            let round = tally.tried;
            attempt(target, &world.folder, seed, round, &mut tally);
        }
        println!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            target.name,
            tally.tried,
            tally.refused,
            tally.accepted,
            tally.faults.len(),
            tally.slowest.as_millis(),
            tally.largest >> 10
        );
        faults.extend(tally.faults);
    }
    let _ = std::panic::take_hook();
    faults.truncate(40);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
