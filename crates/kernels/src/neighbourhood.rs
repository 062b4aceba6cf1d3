//! Nearest neighbours among groups of tracks: sessions (session kNN) or listeners (user kNN).

use crate::col::{Col, ColBuilder, View};
use crate::cooccurrence::Sessions;
use crate::error::{Result, invalid};
use crate::interactions::Interactions;
use crate::listeners::{Bucket, Listener};
use crate::math;
use crate::neighbours::Accumulator;
use crate::source::keep_best;
use std::path::Path;

/// Tracks that belong together, each group with a weight and the listener it came from.
pub struct Groups {
    off: Vec<u32>,
    track: Vec<u32>,
    weight: Vec<f32>,
    owner: Vec<u32>,
    /// Newest first: the order in which a track's groups are kept.
    newest: Vec<u32>,
}

impl Groups {
    /// Sessions with two or more distinct tracks, each weighing 2^(-days / half_life_days).
    pub fn sessions(
        sessions: &Sessions,
        buckets: &[Bucket],
        as_of: f64,
        half_life_days: f64,
    ) -> Self {
        let mut groups = Self::empty();
        let mut times = Vec::new();
        for (s, bounds) in sessions.off.windows(2).enumerate() {
            let time = sessions.time.get(bounds[0]).copied().unwrap_or(0);
            let days = (as_of - f64::from(time)) / 86_400.0;
            let (file, listener) = sessions.listener[s];
            let owner = buckets[file as usize].listener(listener as usize).seed;
            let weight = math::decay(days, half_life_days) as f32;
            if groups.push(sessions.track[bounds[0]..bounds[1]].to_vec(), weight, owner) {
                times.push(time);
            }
        }
        groups
            .newest
            .sort_unstable_by_key(|&g| (std::cmp::Reverse(times[g as usize]), g));
        groups
    }

    /// The newest `history` liked tracks of every listener with two or more.
    pub fn listeners(buckets: &[Bucket], history: usize) -> Self {
        let mut groups = Self::empty();
        for bucket in buckets {
            for i in 0..bucket.len {
                let l = bucket.listener(i);
                groups.push(Interactions::liked(&l, history), 1.0, l.seed);
            }
        }
        groups
    }

    fn empty() -> Self {
        Self {
            off: vec![0],
            track: Vec::new(),
            weight: Vec::new(),
            owner: Vec::new(),
            newest: Vec::new(),
        }
    }

    fn push(&mut self, mut tracks: Vec<u32>, weight: f32, owner: u32) -> bool {
        tracks.sort_unstable();
        tracks.dedup();
        if tracks.len() < 2 {
            return false;
        }
        self.track.extend_from_slice(&tracks);
        self.off.push(self.track.len() as u32);
        self.newest.push(self.weight.len() as u32);
        self.weight.push(weight);
        self.owner.push(owner);
        true
    }

    /// Writes a source of key `group`: per track its groups (at most `per_track`, the newest), and the
    /// groups' tracks. Returns the content digest.
    pub fn write(
        &self,
        path: &Path,
        name: &str,
        tracks: usize,
        per_track: usize,
        neighbours: usize,
    ) -> Result<String> {
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); tracks];
        for &g in &self.newest {
            for &t in self.members(g) {
                if rows[t as usize].len() < per_track {
                    rows[t as usize].push(g);
                }
            }
        }
        let (mut off, mut post) = (vec![0u32], Vec::new());
        for row in &mut rows {
            row.sort_unstable();
            post.extend_from_slice(row);
            off.push(post.len() as u32);
        }
        let mut builder = ColBuilder::default();
        builder
            .put("post.off", &off)
            .put("post.group", &post)
            .put("group.off", &self.off)
            .put("group.track", &self.track)
            .put("group.weight", &self.weight)
            .put("group.owner", &self.owner);
        builder.write(
            path,
            &serde_json::json!({ "name": name, "key": "group", "neighbours": neighbours }),
        )
    }

    fn members(&self, g: u32) -> &[u32] {
        let range = self.off[g as usize] as usize..self.off[g as usize + 1] as usize;
        &self.track[range]
    }
}

/// An open source of key `group`.
pub struct Neighbourhood {
    post_off: Vec<u32>,
    post: View<u32>,
    off: Vec<u32>,
    track: View<u32>,
    weight: View<f32>,
    owner: View<u32>,
    neighbours: usize,
}

impl Neighbourhood {
    pub fn open(col: &Col, tracks: usize) -> Result<Self> {
        let own = Self {
            post_off: col.get::<u32>("post.off")?.to_vec(),
            post: col.view("post.group")?,
            off: col.get::<u32>("group.off")?.to_vec(),
            track: col.view("group.track")?,
            weight: col.view("group.weight")?,
            owner: col.view("group.owner")?,
            neighbours: col.meta["neighbours"].as_u64().unwrap_or(0) as usize,
        };
        let groups = own.weight.len();
        col.offsets("post.off", tracks, own.post.len())?;
        col.offsets("group.off", groups, own.track.len())?;
        let fits = own.owner.len() == groups
            && own.post.iter().all(|&g| (g as usize) < groups)
            && own.track.iter().all(|&t| (t as usize) < tracks);
        if fits {
            return Ok(own);
        }
        Err(invalid(format!(
            "{} does not fit its catalogue",
            col.path().display()
        )))
    }

    /// Adds to `row` what the listener's nearest groups hold. The similarity of a group is the sum of
    /// the seeds' weights over its tracks, over the square root of its size (cosine), times its weight;
    /// the `neighbours` most similar count, ties to the earlier group, and each adds its similarity to
    /// its tracks (Jannach and Ludewig 2017). Groups of the listener are passed over: they hold
    /// nothing that was not heard.
    pub fn expand(
        &self,
        seeds: impl Iterator<Item = (u32, f32)>,
        l: &Listener<'_>,
        groups: &mut Accumulator,
        row: &mut Accumulator,
    ) {
        if groups.value.len() < self.weight.len() {
            groups.value.resize(self.weight.len(), 0.0);
        }
        for (track, weight) in seeds {
            let range =
                self.post_off[track as usize] as usize..self.post_off[track as usize + 1] as usize;
            for &g in &self.post[range] {
                groups.add(g, weight);
            }
        }
        let mut near = Vec::with_capacity(groups.touched.len());
        groups.drain(|g, sum| {
            let at = g as usize;
            if self.owner[at] != l.seed && sum > 0.0 {
                let size = (self.off[at + 1] - self.off[at]) as f32;
                near.push((g, sum / size.sqrt() * self.weight[at]));
            }
        });
        keep_best(&mut near, self.neighbours);
        for (g, similarity) in near {
            let range = self.off[g as usize] as usize..self.off[g as usize + 1] as usize;
            for &t in &self.track[range] {
                row.add(t, similarity);
            }
        }
    }
}
