//! Directed, decayed co-occurrence of tracks within sessions.

use crate::col::Col;
use crate::error::{Result, invalid};
use crate::math;
use crate::neighbours::Accumulator;
use crate::source::keep_best;
use rayon::prelude::*;
use std::path::Path;

/// Sessions of all buckets, one after the other.
pub struct Sessions {
    pub off: Vec<usize>,
    pub track: Vec<u32>,
    pub time: Vec<u32>,
    /// Listener of each session: index of the file, then within the file.
    pub listener: Vec<(u32, u32)>,
}

impl Sessions {
    pub fn open(paths: &[String], tracks: usize) -> Result<Self> {
        let mut all = Self {
            off: vec![0],
            track: Vec::new(),
            time: Vec::new(),
            listener: Vec::new(),
        };
        for (file, path) in paths.iter().enumerate() {
            let col = Col::open(path)?;
            let track = col.get::<u32>("session.track")?;
            let time = col.get::<u32>("session.ts")?;
            let n = col.get::<u32>("session.off")?.len().saturating_sub(1);
            let offsets = col.offsets("session.off", n, track.len())?;
            let listener = col.get::<u32>("session.listener")?;
            if time.len() != track.len()
                || listener.len() != n
                || track.iter().any(|&t| t as usize >= tracks)
            {
                return Err(invalid(format!("{path} does not fit its catalogue")));
            }
            let base = all.track.len();
            all.off.extend((1..=n).map(|i| base + offsets.at(i)));
            all.track.extend_from_slice(track);
            all.time.extend_from_slice(time);
            let listeners = listener.iter().map(|&l| (file as u32, l));
            all.listener.extend(listeners);
        }
        Ok(all)
    }

    /// Playlists as sessions of the as-of time (epoch s), `playlists.col` of a snapshot.
    pub fn of_playlists(path: &Path, tracks: usize, as_of: f64) -> Result<Self> {
        let col = Col::open(path)?;
        let track = col.get::<u32>("playlist.track")?;
        let n = col.get::<u32>("playlist.off")?.len().saturating_sub(1);
        let offsets = col.offsets("playlist.off", n, track.len())?;
        if track.iter().any(|&t| t as usize >= tracks) {
            return Err(invalid(format!(
                "{} does not fit its catalogue",
                path.display()
            )));
        }
        Ok(Self {
            off: (0..=n).map(|i| offsets.at(i)).collect(),
            track: track.to_vec(),
            time: vec![as_of.max(0.0) as u32; track.len()],
            listener: Vec::new(),
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub struct CooccurrenceParams {
    /// How many places apart two tracks may stand.
    pub window: usize,
    /// Factor per further place.
    pub place_decay: f64,
    /// Weight of the earlier track as a neighbour of the later one; 1 for the direction of play.
    pub backward: f64,
    /// Half-life of a session's weight, days before `as_of`.
    pub half_life_days: f64,
    /// Popularity damping: scores are divided by (plays of the neighbour)^gamma, and by the plays of
    /// the track itself when `normalised`.
    pub gamma: f64,
    pub normalised: bool,
    pub as_of: f64,
    pub k: usize,
}

/// `k` best followers of every track; ties by smaller id; repeats of a track itself do not count.
pub fn cooccurrence(
    sessions: &Sessions,
    tracks: usize,
    p: &CooccurrenceParams,
) -> Vec<Vec<(u32, f32)>> {
    let mut start = vec![0usize; tracks + 1];
    for &t in &sessions.track {
        start[t as usize + 1] += 1;
    }
    for t in 0..tracks {
        start[t + 1] += start[t];
    }
    let mut next = start.clone();
    let mut places = vec![(0u32, 0u32); sessions.track.len()];
    for (s, bounds) in sessions.off.windows(2).enumerate() {
        for at in bounds[0]..bounds[1] {
            let slot = &mut next[sessions.track[at] as usize];
            places[*slot] = (s as u32, at as u32);
            *slot += 1;
        }
    }
    let age: Vec<f32> = sessions
        .off
        .windows(2)
        .map(|b| {
            let days =
                (p.as_of - f64::from(sessions.time.get(b[0]).copied().unwrap_or(0))) / 86_400.0;
            math::decay(days, p.half_life_days) as f32
        })
        .collect();
    let forward: Vec<f32> = (0..p.window)
        .map(|d| math::powf(p.place_decay, d as f64) as f32)
        .collect();
    let damping: Vec<f32> = (0..tracks)
        .map(|t| math::powf((start[t + 1] - start[t]).max(1) as f64, -p.gamma) as f32)
        .collect();
    (0..tracks)
        .into_par_iter()
        .map_init(
            || Accumulator::new(tracks),
            |row, t| {
                for &(s, at) in &places[start[t]..start[t + 1]] {
                    let (at, session) = (at as usize, s as usize);
                    let (from, to) = (sessions.off[session], sessions.off[session + 1]);
                    let weight = age[session];
                    for (d, &f) in forward.iter().enumerate() {
                        if at + 1 + d < to {
                            row.add(sessions.track[at + 1 + d], weight * f);
                        }
                        if p.backward > 0.0 && at >= from + 1 + d {
                            row.add(sessions.track[at - 1 - d], weight * f * p.backward as f32);
                        }
                    }
                }
                let own = if p.normalised {
                    1.0 / (start[t + 1] - start[t]).max(1) as f32
                } else {
                    1.0
                };
                let mut best = Vec::with_capacity(row.touched.len());
                row.drain(|j, value| {
                    if j as usize != t && value > 0.0 {
                        best.push((j, value * own * damping[j as usize]));
                    }
                });
                keep_best(&mut best, p.k);
                best
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_followers_by_distance_and_direction() {
        let sessions = Sessions {
            off: vec![0, 3, 5],
            track: vec![0, 1, 2, 0, 1],
            time: vec![1000; 5],
            listener: Vec::new(),
        };
        let p = CooccurrenceParams {
            window: 2,
            place_decay: 0.5,
            backward: 0.25,
            half_life_days: 30.0,
            gamma: 0.0,
            normalised: false,
            as_of: 1000.0,
            k: 10,
        };
        let found = cooccurrence(&sessions, 3, &p);
        assert_eq!(found[0], vec![(1, 2.0), (2, 0.5)]);
        assert_eq!(found[1], vec![(2, 1.0), (0, 0.5)]);
        assert_eq!(found[2], vec![(1, 0.25), (0, 0.125)]);
    }
}
