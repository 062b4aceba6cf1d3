//! Hard negatives from an index: what a first pass of the towers ranks 101 to 500, wrongly or not yet
//! rightly. Mixed in at about one to a hundred (Huang et al. 2020 use the same ranks).

use crate::col::{Col, ColBuilder};
use crate::error::{Result, invalid};
use crate::join::{Eligibility, Index, SearchOptions, search};
use crate::rng::hash32;
use crate::towers::file::Towers;
use crate::towers::input::{InputShape, Rows};
use std::path::Path;

/// Ranks that are mined, from 1.
const RANKS: std::ops::RangeInclusive<usize> = 101..=500;

struct Files<'a> {
    examples: &'a Col,
    pair_listener: &'a [u32],
    pair_track: &'a [u32],
    hard_off: &'a [u32],
    hard_track: &'a [u32],
}

/// A moment's own new tracks are no negatives.
struct NotOwn<'a> {
    /// Pairs of each moment.
    off: Vec<usize>,
    track: &'a [u32],
}

impl Eligibility for NotOwn<'_> {
    fn class(&self, _query: usize) -> u32 {
        0
    }

    fn allowed(&self, _class: u32, _track: u32) -> bool {
        true
    }

    fn excluded(&self, query: usize, track: u32) -> bool {
        self.track[self.off[query]..self.off[query + 1]].contains(&track)
    }
}

/// Writes the examples with `per_pair` mined negatives more for each pair, drawn by `seed`; returns the
/// content digest. `index` holds the tracks as `towers` encode them.
pub fn mine_negatives(
    examples: &Path,
    towers: &Path,
    index: &Path,
    per_pair: usize,
    seed: u32,
    out: &Path,
) -> Result<String> {
    let col = Col::open(examples)?;
    let (towers, index) = (Towers::open(towers)?, Index::open(index)?);
    let (shape, rows) = Rows::open(&col)?;
    let files = Files {
        examples: &col,
        pair_listener: col.get("pair.listener")?,
        pair_track: col.get("pair.track")?,
        hard_off: col.get("hard.off")?,
        hard_track: col.get("hard.track")?,
    };
    let pairs = files.pair_track.len();
    col.offsets("hard.off", pairs, files.hard_track.len())?;
    let fits = files.pair_listener.len() == pairs
        && files.pair_listener.is_sorted()
        && files
            .pair_listener
            .last()
            .is_none_or(|&l| (l as usize) < rows.count);
    if !fits {
        return Err(invalid(format!(
            "{} holds no pairs by listener",
            examples.display()
        )));
    }
    let queries = towers.encode_listeners(&rows);
    let own = NotOwn {
        off: (0..=rows.count as u32)
            .map(|l| files.pair_listener.partition_point(|&p| p < l))
            .collect(),
        track: files.pair_track,
    };
    let options = SearchOptions {
        k: *RANKS.end(),
        probe: index.lists().max(1),
        ..SearchOptions::default()
    };
    let found = search(&index, &queries, &options, &own)?;
    let (mut off, mut track) = (vec![0u32], Vec::new());
    for (pair, &listener) in files.pair_listener.iter().enumerate() {
        let range = files.hard_off[pair] as usize..files.hard_off[pair + 1] as usize;
        track.extend_from_slice(&files.hard_track[range]);
        let l = listener as usize;
        let ranked = &found.track[found.off[l] as usize..found.off[l + 1] as usize];
        let mined = ranked.get(RANKS.start() - 1..).unwrap_or(&[]);
        for n in 0..per_pair.min(mined.len()) {
            let draw = hash32(&[seed, 41, pair as u32, n as u32]) as usize % mined.len();
            track.push(mined[draw]);
        }
        off.push(track.len() as u32);
    }
    write(&files, &shape, &off, &track, out)
}

fn write(
    files: &Files<'_>,
    shape: &InputShape,
    off: &[u32],
    track: &[u32],
    out: &Path,
) -> Result<String> {
    let col = files.examples;
    let mut builder = ColBuilder::default();
    builder.put("dense", col.get::<f32>("dense")?);
    for bag in &shape.bags {
        for field in ["off", "id"] {
            let name = format!("bag.{}.{field}", bag.name);
            builder.put(&name, col.get::<u32>(&name)?);
        }
        let name = format!("bag.{}.weight", bag.name);
        builder.put(&name, col.get::<f32>(&name)?);
    }
    builder
        .put("pair.listener", files.pair_listener)
        .put("pair.track", files.pair_track)
        .put("pair.weight", col.get::<f32>("pair.weight")?)
        .put("track.count", col.get::<f32>("track.count")?)
        .put("hard.off", off)
        .put("hard.track", track)
        .put("hard.weight", &vec![0f32; track.len()]);
    builder.write(out, &col.meta)
}
