//! Which lists a listener is sent to: through super lists, by integer inner products.

use super::index::Index;
use super::rows::RowQuery;

/// Lists of the chosen super lists per list asked for.
const BREADTH: usize = 4;

/// The `probe` nearest lists, nearest first, ties to the smaller: super lists are taken nearest first
/// until they hold four times `probe` lists, of which the nearest stay. All lists where `probe` is as
/// many. A function of the query and the index alone.
pub fn route(index: &Index, query: &RowQuery, probe: usize) -> Vec<u32> {
    let lists = index.lists();
    let probe = probe.clamp(1, lists.max(1));
    let mut found: Vec<u64> = Vec::with_capacity((BREADTH * probe).min(lists));
    let d = index.dimensions;
    let mut dots = Vec::new();
    let wanted = (BREADTH * probe).min(lists);
    for super_list in nearest_first(query, &index.super_centroid) {
        if found.len() >= wanted {
            break;
        }
        let from = index.super_off[super_list] as usize;
        let to = index.super_off[super_list + 1] as usize;
        dots.resize(to - from, 0);
        query.dots(&index.centroid[from * d..to * d], &mut dots);
        found.extend(dots.iter().zip(from..).map(|(&dot, list)| key(dot, list)));
    }
    if found.len() > probe {
        found.select_nth_unstable(probe - 1);
        found.truncate(probe);
    }
    found.sort_unstable();
    found.into_iter().map(|key| key as u32).collect()
}

fn nearest_first(query: &RowQuery, centroids: &[i8]) -> Vec<usize> {
    let mut dots = vec![0; centroids.len() / query.dimensions()];
    query.dots(centroids, &mut dots);
    let mut keys: Vec<u64> = dots.iter().zip(0..).map(|(&dot, i)| key(dot, i)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u32 as usize).collect()
}

/// Sorts by falling score, then rising number.
fn key(score: i32, number: usize) -> u64 {
    u64::from((i32::MAX - score) as u32) << 32 | number as u64
}
