//! Which lists a listener is sent to: through super lists, by coarse inner products.

use super::index::Index;
use super::packed::PackedQuery;

/// Lists of the chosen super lists per list asked for.
const BREADTH: usize = 8;

/// The `probe` nearest lists, nearest first, ties to the smaller: super lists are taken nearest first
/// until they hold eight times `probe` lists, of which the nearest stay. All lists where `probe` is as
/// many. A function of the query and the index alone.
pub fn route(index: &Index, query: &PackedQuery, probe: usize, room: &mut Room) {
    let lists = index.lists();
    let probe = probe.clamp(1, lists.max(1));
    let wanted = (BREADTH * probe).min(lists);
    let supers = index.super_off.len() - 1;
    room.order.clear();
    room.order.push(key(0, 0));
    if supers > 1 {
        query.scores(&index.super_centroid, 0, &mut room.scores);
        room.order.clear();
        room.order.extend(
            room.scores[..supers]
                .iter()
                .zip(0..)
                .map(|(&s, i)| key(s, i)),
        );
        room.order.sort_unstable();
    }
    room.found.clear();
    for &super_list in &room.order {
        if room.found.len() >= wanted {
            break;
        }
        let super_list = super_list as u32 as usize;
        let from = index.super_off[super_list] as usize;
        let to = index.super_off[super_list + 1] as usize;
        query.scores(&index.centroid, super_list, &mut room.scores);
        let scores = &room.scores[..to - from];
        room.found
            .extend(scores.iter().zip(from..).map(|(&s, list)| key(s, list)));
    }
    let found = &mut room.found;
    if found.len() > probe {
        found.select_nth_unstable(probe - 1);
        found.truncate(probe);
    }
    found.sort_unstable();
}

/// What routing keeps from listener to listener.
#[derive(Default)]
pub struct Room {
    scores: Vec<i16>,
    order: Vec<u64>,
    found: Vec<u64>,
}

impl Room {
    /// The lists last found.
    pub fn lists(&self) -> impl Iterator<Item = u32> + '_ {
        self.found.iter().map(|&key| key as u32)
    }
}

/// Sorts by falling score, then rising number.
fn key(score: i16, number: usize) -> u64 {
    u64::from((32_767 - i32::from(score)) as u32) << 32 | number as u64
}
