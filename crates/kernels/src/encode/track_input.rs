//! A track as the tower sees it.

use crate::catalogue::Catalogue;
use crate::encode::input_rows::{Bag, InputRows, Skip};
use crate::encode::unit_vectors::UnitVectors;
use crate::math::{ln1p, ln1p_count};
use crate::profile::DAY;

const NUMBERS: usize = 17;
const TAU: f64 = std::f64::consts::TAU;

/// One row per track of the catalogue. Columns: its vector (`d`), audio (`da`, where there is any),
/// then: vector of its own, audio there, listeners of 7, 28 and 90 days and all, release age and
/// whether it is known, tempo and known, energy and known, key on the circle of fifths (sine, cosine)
/// and known, minutes, explicit. Without `attributes` tempo, energy and key are unknown.
pub fn track_rows(
    v: &UnitVectors,
    audio: Option<&UnitVectors>,
    c: &Catalogue,
    languages: usize,
    attributes: bool,
) -> InputRows {
    let (d, da) = (v.dimensions, audio.map_or(0, |a| a.dimensions));
    let width = d + da + NUMBERS;
    let mut rows = InputRows {
        width,
        dense: Vec::with_capacity(c.tracks * width),
        bags: vec![
            Bag::new("artist", c.artists, 32),
            Bag::new("genre", c.genres, 16),
            Bag::new("language", languages, 8),
        ],
        skips: vec![Skip {
            from: 0,
            width: d,
            scale: 1.0,
        }],
        dropout: (da > 0).then_some((d, da, d + da + 1)),
    };
    for t in 0..c.tracks {
        let track = t as u32;
        rows.dense.extend_from_slice(v.row(track));
        let heard = audio.is_some_and(|a| a.is_own(track));
        match audio {
            Some(a) if heard => rows.dense.extend_from_slice(a.row(track)),
            _ => rows.dense.resize(rows.dense.len() + da, 0.0),
        }
        rows.dense
            .extend([u8::from(v.is_own(track)), u8::from(heard)].map(f32::from));
        rows.dense.extend(
            [
                c.listeners_7d[t],
                c.listeners_28d[t],
                c.listeners_90d[t],
                c.listeners_all[t],
            ]
            .map(|n| ln1p_count(n) / 6.0),
        );
        let age = (c.as_of / DAY - f64::from(c.released[t])).max(0.0);
        rows.dense
            .extend(known(c.released[t] != i32::MIN, ln1p(age) / 8.0));
        rows.dense.extend(known(
            attributes && !c.tempo[t].is_nan(),
            (c.tempo[t] - 120.0) / 40.0,
        ));
        rows.dense
            .extend(known(attributes && !c.energy[t].is_nan(), c.energy[t]));
        let turn = f64::from(i32::from(c.key[t]) * 7 % 12) / 12.0 * TAU;
        let keyed = f32::from(u8::from(attributes && c.key[t] >= 0));
        rows.dense.extend([
            libm::sin(turn) as f32 * keyed,
            libm::cos(turn) as f32 * keyed,
            keyed,
        ]);
        rows.dense.extend([
            (c.duration[t] as f32 / 60_000.0).min(20.0) / 5.0,
            f32::from(c.explicit[t]),
        ]);
        rows.bags[0].push(c.artist[t], 1.0);
        let genres = c.genres_of(t);
        for &g in genres {
            rows.bags[1].push(u32::from(g), 1.0 / genres.len() as f32);
        }
        rows.bags[2].push(u32::from(c.language[t]).min(languages as u32 - 1), 1.0);
        for bag in &mut rows.bags {
            bag.end_row();
        }
    }
    rows
}

fn known(there: bool, value: f32) -> [f32; 2] {
    if there { [value, 1.0] } else { [0.0, 0.0] }
}
