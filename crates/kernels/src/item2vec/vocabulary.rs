use super::sequences::Sequences;

/// Tracks that take part, by descending count (ties by track): rank 0 is the most frequent, so rows that
/// are read most lie together.
pub struct Vocabulary {
    /// Track and count of a rank.
    pub track: Vec<u32>,
    pub count: Vec<u32>,
}

impl Vocabulary {
    pub fn new(mut counted: Vec<(u32, u32)>, min_count: u32) -> Self {
        counted.retain(|&(_, count)| count >= min_count);
        counted.sort_unstable_by_key(|&(track, count)| (std::cmp::Reverse(count), track));
        let (track, count) = counted.into_iter().unzip();
        Self { track, count }
    }

    pub fn len(&self) -> usize {
        self.track.len()
    }
}

/// Sequences as ranks; tracks of no rank are left out, as are sequences of fewer than two tracks.
pub fn ranked(sequences: &Sequences, rank: impl Fn(u32) -> Option<u32>) -> Sequences {
    let mut all = Sequences::default();
    for bounds in sequences.off.windows(2) {
        let from = all.track.len();
        let run = &sequences.track[bounds[0]..bounds[1]];
        all.track.extend(run.iter().filter_map(|&t| rank(t)));
        if all.track.len() < from + 2 {
            all.track.truncate(from);
        } else {
            all.off.push(all.track.len());
        }
    }
    all
}

/// Per rank: 2^32 times the probability that an occurrence stays, by the rule of word2vec's code,
/// (sqrt(f / t) + 1) t / f for the share f of a track and the threshold t. 2^32 where all stay.
pub fn keep(occurrences: &[u32], threshold: f64) -> Vec<u64> {
    let total: f64 = occurrences.iter().map(|&c| f64::from(c)).sum();
    let limit = threshold * total;
    occurrences
        .iter()
        .map(|&count| {
            let ratio = f64::from(count) / limit;
            let stays = if threshold > 0.0 && count > 0 {
                (ratio.sqrt() + 1.0) / ratio
            } else {
                1.0
            };
            (stays.min(1.0) * 4_294_967_296.0) as u64
        })
        .collect()
}
