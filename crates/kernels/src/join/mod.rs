//! The vector index and the block join: for each listener's vector the best eligible tracks.
//!
//! Items lie in lists (k-means). A block of listeners is routed to lists, then each list meets all its
//! listeners while it sits in cache, by coarse 16-bit sums; what passes a listener's floor is logged,
//! sorted by listener, ranked by finer sums, filtered and cut. The floor is proven to lose nothing, so
//! the result is the best by fine sums over the lists a listener is routed to: neither block size,
//! threads, instruction set nor thresholds change it.

mod block;
mod build;
mod eligibility;
mod exact;
mod index;
mod item_code;
#[cfg(target_arch = "x86_64")]
mod kernel_avx2;
#[cfg(target_arch = "x86_64")]
mod kernel_avx512;
mod kernel_portable;
mod kmeans;
mod listener_code;
mod lists;
mod memory;
mod packed;
mod rotation;
mod route;
mod rows;
mod scan;
mod scorer;
mod search;
mod survivors;
mod thresholds;
mod visit;

pub use build::{BuildParams, build};
pub use eligibility::{Eligibility, Everything};
pub use exact::{exact, recall};
pub use index::Index;
pub use memory::huge_pages;
pub use search::{Neighbours, SearchOptions, neighbours, search, search_on};
