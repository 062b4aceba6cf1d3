//! List value, version 1 (docs/formats.md): 698 bytes for 30 tracks and 60 in reserve.

use crate::math::half_from_f32;

pub const TRACKS: usize = 30;
pub const RESERVE: usize = 60;
pub const BYTES: usize = 8 + TRACKS * 11 + RESERVE * 6;
pub const FALLBACK: u8 = 1;
/// Source number of exploratory slots, and of the popularity fallback.
pub const SOURCE_EXPLORATION: u8 = 250;
pub const SOURCE_FALLBACK: u8 = 251;
/// A history position that says "none".
pub const NO_POSITION: u8 = 255;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    pub track: u32,
    pub score: f32,
    pub source: u8,
    /// 0 for certain, else propensity x 256.
    pub propensity: u8,
    pub because: [u8; 3],
}

/// Appends the value of a list; more than 30 tracks or 60 in reserve are cut.
pub fn encode(flags: u8, week: u32, slots: &[Slot], reserve: &[(u32, f32)], out: &mut Vec<u8>) {
    let start = out.len();
    let slots = &slots[..slots.len().min(TRACKS)];
    let reserve = &reserve[..reserve.len().min(RESERVE)];
    out.extend([1, flags, slots.len() as u8, reserve.len() as u8]);
    out.extend(week.to_le_bytes());
    for slot in slots {
        out.extend(slot.track.to_le_bytes());
        out.extend(half_from_f32(slot.score).to_le_bytes());
        out.extend([slot.source, slot.propensity]);
        out.extend(slot.because);
    }
    out.resize(start + 8 + TRACKS * 11, 0);
    for &(track, score) in reserve {
        out.extend(track.to_le_bytes());
        out.extend(half_from_f32(score).to_le_bytes());
    }
    out.resize(start + BYTES, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_size_that_the_format_promises() {
        let mut out = vec![9];
        let slot = Slot {
            track: 7,
            score: 0.5,
            source: 2,
            propensity: 0,
            because: [1, 2, 255],
        };
        encode(0, 202_647, &[slot; 31], &[(3, 0.25)], &mut out);
        assert_eq!(out.len(), 1 + 698);
        assert_eq!(&out[1..13], &[1, 0, 30, 1, 0x97, 0x17, 0x03, 0, 7, 0, 0, 0]);
        assert_eq!(&out[13..20], &[0, 0x38, 2, 0, 1, 2, 255]);
        assert_eq!(&out[1 + 338..1 + 344], &[3, 0, 0, 0, 0, 0x34]);
    }
}
