//! The listener's own tracks behind a recommended one.

use crate::catalogue::Catalogue;
use crate::encode::unit_vectors::{UnitVectors, dot};
use crate::expand::{SourceParams, artist_weight};
use crate::list_value::NO_POSITION;
use crate::listeners::Listener;
use crate::math;
use crate::profile::Profile;
use crate::source::{Key, Source};

/// Up to three history positions that contributed most to `track` in its source, largest first, ties
/// to the newer position. Artist sources name the newest tracks of the contributing artist; sources
/// without a history key name none.
pub fn because(
    track: u32,
    source: &Source,
    params: &SourceParams,
    l: &Listener<'_>,
    p: &Profile,
    c: &Catalogue,
) -> [u8; 3] {
    let mut best: Vec<(f32, u8)> = Vec::new();
    let limit = l.track.len().min(NO_POSITION as usize);
    let score_of = |key: usize| {
        let (tracks, scores) = source.postings(key);
        tracks
            .iter()
            .position(|&t| t == track)
            .map_or(0.0, |i| scores[i])
    };
    match source.key {
        Key::Track => {
            for h in 0..limit.min(params.history) {
                let weight = p.seed_weight[h];
                if weight > 0.0 {
                    let age = f64::from(p.age_days[h]);
                    let share = weight
                        * math::decay(age, params.half_life_days) as f32
                        * score_of(l.track[h] as usize);
                    if share > 0.0 {
                        best.push((share, h as u8));
                    }
                }
            }
        }
        Key::Artist => {
            let mut known: Vec<(u32, f32)> = Vec::new();
            for h in 0..limit {
                if p.seed_weight[h] <= 0.0 {
                    continue;
                }
                let artist = c.artist[l.track[h] as usize];
                let share = match known.iter().find(|row| row.0 == artist) {
                    Some(row) => row.1,
                    None => {
                        let taste = p.artist(artist).map_or(0.0, |a| artist_weight(a) as f32);
                        let share = score_of(artist as usize) * taste;
                        known.push((artist, share));
                        share
                    }
                };
                if share > 0.0 {
                    best.push((share, h as u8));
                }
            }
        }
        Key::Country | Key::Genre | Key::Global | Key::Group => {}
    }
    first_three(best)
}

/// Up to three history positions whose tracks lie nearest to `track`, by cosine times seed weight.
pub fn because_near(track: u32, items: &UnitVectors, l: &Listener<'_>, p: &Profile) -> [u8; 3] {
    let limit = l.track.len().min(NO_POSITION as usize);
    let row = items.row(track);
    let best = (0..limit)
        .map(|h| (p.seed_weight[h] * dot(items.row(l.track[h]), row), h as u8))
        .filter(|found| found.0 > 0.0)
        .collect();
    first_three(best)
}

/// Largest share first, ties to the newer position.
fn first_three(mut best: Vec<(f32, u8)>) -> [u8; 3] {
    best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut positions = [NO_POSITION; 3];
    for (position, found) in positions.iter_mut().zip(best) {
        *position = found.1;
    }
    positions
}
