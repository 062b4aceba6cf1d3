//! Row-major rows to columns of u8 bins by a model's own thresholds. A value's bin is the number of
//! cuts below it, so `value <= cuts[j]` is `bin <= j`: no decision changes.

use crate::simd::Simd;
use crate::trees::{Arithmetic, Missing, Node, Split, Tree};

/// Most rows of a block, and bytes from one column to the next.
pub(crate) const BLOCK: usize = 256;
/// Most cuts of a feature: bins are 0 to 255.
const MOST_CUTS: usize = 255;
/// Values that one table register holds.
pub(crate) const LANES: usize = 8;

/// Which values of a feature a column takes for missing, and the bin it gives them: all cuts are at
/// least 0 and all top bins above every cut, so 0 goes left and 255 goes right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rule {
    zeros: bool,
    nans: bool,
    left: bool,
}

/// One column of bins.
#[derive(Debug)]
pub(crate) struct Column {
    pub rule: Rule,
    pub place: u16,
}

#[derive(Debug)]
pub(crate) struct Feature {
    pub index: usize,
    /// Ascending and distinct: the largest singles not above the model's thresholds.
    cuts: Vec<f32>,
    pub table: CutTable,
    pub columns: Vec<Column>,
}

/// The cuts as eight runs of `steps` cuts, each run but the last closed by a pivot: a value's bin is
/// `(steps + 1) * pivots below + cuts of that run below`.
#[derive(Debug)]
pub(crate) struct CutTable {
    pub pivots: [f32; LANES - 1],
    /// Entry `j` holds cut `j` of each run; infinite where there is none.
    pub runs: Vec<[f32; LANES]>,
}

/// The features that a model's numerical splits use, ascending.
#[derive(Debug)]
pub(crate) struct FeatureBins {
    pub arithmetic: Arithmetic,
    pub features: Vec<Feature>,
    pub columns: usize,
}

impl Rule {
    fn of(missing: Missing, default_left: bool) -> Self {
        Self {
            zeros: missing == Missing::Zero,
            nans: missing != Missing::None,
            left: default_left && missing != Missing::None,
        }
    }

    fn takes(self, value: f32) -> bool {
        value.is_nan() && self.nans || value == 0.0 && self.zeros
    }
}

impl FeatureBins {
    /// None where a split is categorical or a feature has more than 255 distinct cuts.
    pub fn of(trees: &[Tree], width: usize, arithmetic: Arithmetic) -> Option<Self> {
        let mut cuts: Vec<Vec<f32>> = vec![Vec::new(); width];
        let mut rules: Vec<Vec<Rule>> = vec![Vec::new(); width];
        for node in trees.iter().flat_map(|tree| &tree.nodes) {
            let (cut, rule) = test(node)?;
            cuts[node.feature as usize].push(cut);
            rules[node.feature as usize].push(rule);
        }
        let mut columns = 0;
        let mut features = Vec::new();
        for (index, (mut cuts, mut rules)) in cuts.into_iter().zip(rules).enumerate() {
            cuts.sort_unstable_by(f32::total_cmp);
            cuts.dedup();
            rules.sort_unstable();
            rules.dedup();
            if cuts.len() > MOST_CUTS {
                return None;
            }
            if cuts.is_empty() {
                continue;
            }
            features.push(Feature {
                index,
                table: CutTable::of(&cuts),
                cuts,
                columns: rules
                    .into_iter()
                    .map(|rule| {
                        columns += 1;
                        Some(Column {
                            rule,
                            place: u16::try_from(columns - 1).ok()?,
                        })
                    })
                    .collect::<Option<_>>()?,
            });
        }
        Some(Self {
            arithmetic,
            features,
            columns,
        })
    }

    /// Column and cut of a node's test: it goes right where the column's bin is above the cut.
    pub fn place(&self, node: &Node) -> Option<(u16, u8)> {
        let (cut, rule) = test(node)?;
        let at = self
            .features
            .binary_search_by_key(&(node.feature as usize), |f| f.index)
            .ok()?;
        let feature = &self.features[at];
        let column = feature.columns.iter().find(|c| c.rule == rule)?;
        let cut = feature.cuts.iter().position(|&c| c == cut)?;
        Some((column.place, cut as u8))
    }

    /// Bins of at most `BLOCK` row-major rows: bin of row `r` in a column stands, less 128, at
    /// `place * BLOCK + r`. Up to 31 rows after the last are written too, with any bins.
    pub fn fill(&self, rows: &[f32], width: usize, simd: Simd, out: &mut [i8]) {
        debug_assert!(rows.len() <= BLOCK * width && out.len() >= self.columns * BLOCK);
        #[cfg(target_arch = "x86_64")]
        if simd != Simd::Portable {
            // SAFETY: both other sets include AVX2.
            unsafe { crate::feature_bins_avx2::fill(self, rows, width, out) };
            return;
        }
        let _ = simd;
        for (r, row) in rows.chunks_exact(width).enumerate() {
            for feature in &self.features {
                let value = self.arithmetic.read(row[feature.index]);
                let number = if value.is_nan() { 0.0 } else { value };
                let bin = feature.cuts.partition_point(|&cut| cut < number) as u8;
                for column in &feature.columns {
                    let bin = match column.rule {
                        rule if !rule.takes(value) => bin,
                        Rule { left: true, .. } => 0,
                        Rule { left: false, .. } => 255,
                    };
                    out[usize::from(column.place) * BLOCK + r] = (bin ^ 128) as i8;
                }
            }
        }
    }
}

impl Rule {
    pub fn zeros(self) -> bool {
        self.zeros
    }

    /// The bin of missing values, or None where none is missing.
    pub fn bin(self) -> Option<u8> {
        self.nans.then_some(if self.left { 0 } else { 255 })
    }
}

impl CutTable {
    fn of(cuts: &[f32]) -> Self {
        let steps = (cuts.len() + 1).div_ceil(LANES) - 1;
        let cut = |i: usize| cuts.get(i).copied().unwrap_or(f32::INFINITY);
        Self {
            pivots: std::array::from_fn(|run| cut(run * (steps + 1) + steps)),
            runs: (0..steps)
                .map(|j| std::array::from_fn(|run| cut(run * (steps + 1) + j)))
                .collect(),
        }
    }
}

fn test(node: &Node) -> Option<(f32, Rule)> {
    match node.split {
        Split::Numerical {
            threshold,
            missing,
            default_left,
        } => Some((not_above(threshold), Rule::of(missing, default_left))),
        Split::Categorical { .. } => None,
    }
}

/// The largest single that is not above a threshold: a single is at most one where it is at most the
/// other. Never -0, so that equal cuts have equal bits.
fn not_above(threshold: f64) -> f32 {
    let rounded = threshold as f32;
    let single = if f64::from(rounded) > threshold {
        rounded.next_down()
    } else {
        rounded
    };
    single + 0.0
}
