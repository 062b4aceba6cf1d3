//! A compiled candidate source: key -> [(track, score)].

use crate::catalogue::Catalogue;
use crate::col::{Col, ColBuilder, View};
use crate::error::{Result, invalid};
use crate::neighbourhood::Neighbourhood;
use std::path::Path;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Key {
    Track,
    Artist,
    Country,
    Genre,
    Global,
    /// Groups of tracks (sessions, listeners) that share tracks with the listener.
    Group,
}

impl Key {
    pub fn parse(name: &str) -> Result<Self> {
        Ok(match name {
            "track" => Self::Track,
            "artist" => Self::Artist,
            "country" => Self::Country,
            "genre" => Self::Genre,
            "global" => Self::Global,
            "group" => Self::Group,
            _ => {
                return Err(invalid(format!(
                    "\"{name}\" is no key of a candidate source"
                )));
            }
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Artist => "artist",
            Self::Country => "country",
            Self::Genre => "genre",
            Self::Global => "global",
            Self::Group => "group",
        }
    }

    fn count(self, catalogue: &Catalogue) -> usize {
        match self {
            Self::Track => catalogue.tracks,
            Self::Artist => catalogue.artists,
            Self::Country => catalogue.countries,
            Self::Genre => catalogue.genres,
            Self::Global => 1,
            Self::Group => 0,
        }
    }
}

pub struct Source {
    pub key: Key,
    start: Vec<u64>,
    posts: Option<(View<u32>, View<f32>)>,
    /// Where the key is `group`; there are no postings then.
    pub groups: Option<Neighbourhood>,
}

impl Source {
    pub fn open(path: impl AsRef<Path>, catalogue: &Catalogue) -> Result<Self> {
        let col = Col::open(path)?;
        let key = Key::parse(col.meta["key"].as_str().unwrap_or(""))?;
        if key == Key::Group {
            let groups = Neighbourhood::open(&col, catalogue.tracks)?;
            return Ok(Self {
                key,
                start: Vec::new(),
                posts: None,
                groups: Some(groups),
            });
        }
        let track = col.view::<u32>("post.track")?;
        let score = col.view::<f32>("post.score")?;
        let keys = key.count(catalogue);
        let offsets = col.offsets("post.off", keys, track.len())?;
        let start = (0..=keys).map(|i| offsets.at(i) as u64).collect();
        let fits =
            score.len() == track.len() && track.iter().all(|&t| (t as usize) < catalogue.tracks);
        if !fits {
            return Err(invalid(format!(
                "{} does not fit its catalogue",
                col.path().display()
            )));
        }
        Ok(Self {
            key,
            start,
            posts: Some((track, score)),
            groups: None,
        })
    }

    /// Tracks and scores behind a key, best first; none where the source keeps groups.
    pub fn postings(&self, key: usize) -> (&[u32], &[f32]) {
        let Some((track, score)) = &self.posts else {
            return (&[], &[]);
        };
        let range = self.start[key] as usize..self.start[key + 1] as usize;
        (&track[range.clone()], &score[range])
    }
}

/// Writes the rows (one per key, each best first) as a source file, with what there is to say of how
/// they came about; returns its content digest.
pub fn write_source(
    path: &Path,
    name: &str,
    key: Key,
    rows: &[Vec<(u32, f32)>],
    solver: Option<&str>,
) -> Result<String> {
    let total: usize = rows.iter().map(Vec::len).sum();
    let mut builder = ColBuilder::default();
    if total < u32::MAX as usize {
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        offsets.push(0u32);
        for row in rows {
            offsets.push(offsets[offsets.len() - 1] + row.len() as u32);
        }
        builder.put("post.off", &offsets);
    } else {
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        offsets.push(0u64);
        for row in rows {
            offsets.push(offsets[offsets.len() - 1] + row.len() as u64);
        }
        builder.put("post.off", &offsets);
    }
    let tracks: Vec<u32> = rows.iter().flatten().map(|&(t, _)| t).collect();
    let scores: Vec<f32> = rows.iter().flatten().map(|&(_, s)| s).collect();
    builder
        .put("post.track", &tracks)
        .put("post.score", &scores);
    let mut meta = serde_json::json!({ "name": name, "key": key.name() });
    if let Some(solver) = solver {
        meta["solver"] = solver.into();
    }
    builder.write(path, &meta)
}

/// Score descending, ties by smaller track.
pub fn by_score(a: &(u32, f32), b: &(u32, f32)) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// Sorts by score descending, ties by smaller track, and keeps the first `k`.
pub fn keep_best(row: &mut Vec<(u32, f32)>, k: usize) {
    if row.len() > k && k > 0 {
        row.select_nth_unstable_by(k - 1, by_score);
    }
    row.truncate(k);
    row.sort_unstable_by(by_score);
}
