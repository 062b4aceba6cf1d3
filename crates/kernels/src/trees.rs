//! Boosted trees of LightGBM and XGBoost: what a split decides, and the plain walk.

use crate::binned_trees::{BinnedTrees, TreeScratch};
use crate::error::Result;
use crate::lightgbm_text;
use crate::math;
use crate::simd::Simd;
use crate::xgboost_json;

/// What a numerical split sends to its default side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing: a NaN counts as 0.
    None,
    /// Zeros and NaNs.
    Zero,
    /// NaNs.
    NaN,
}

#[derive(Clone, Copy, Debug)]
pub enum Split {
    /// Left where the value is at most the threshold; never a NaN threshold.
    Numerical {
        threshold: f64,
        missing: Missing,
        default_left: bool,
    },
    /// Left where the value, cut to an integer, is a bit that is set in the tree's
    /// `categories[start..end]`; NaN, negative and unknown categories go right.
    Categorical { start: u32, end: u32 },
}

/// A split; a child is a later node or, as a negative index, a leaf (`!leaf`).
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub feature: u32,
    pub split: Split,
    pub left: i32,
    pub right: i32,
}

/// A tree of `leaves.len() - 1` nodes; the first is the root.
#[derive(Debug)]
pub struct Tree {
    pub nodes: Vec<Node>,
    pub leaves: Vec<f64>,
    /// Bit sets of the categorical splits.
    pub categories: Vec<u32>,
}

/// From the raw score to what the objective predicts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Link {
    Identity,
    /// 1 / (1 + exp(-(scale raw + shift))).
    Logistic {
        scale: f64,
        shift: f64,
    },
    /// XGBoost's logistic function, in singles.
    SingleLogistic,
}

/// How a library adds leaves and reads values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arithmetic {
    /// What a sum begins with.
    pub base: f64,
    /// Whether the sum is rounded to a single after every leaf.
    pub single: bool,
    /// Magnitudes up to this are read as 0.
    pub zero: f32,
}

/// Sums of doubles; LightGBM's `kZeroThreshold`.
pub(crate) const LIGHTGBM: Arithmetic = Arithmetic {
    base: 0.0,
    single: false,
    zero: 1e-35,
};

/// What a model file says.
pub(crate) struct Parsed {
    pub trees: Vec<Tree>,
    pub features: Vec<String>,
    pub link: Link,
    pub arithmetic: Arithmetic,
}

/// A boosted ensemble of one output.
#[derive(Debug)]
pub struct Ensemble {
    trees: Vec<Tree>,
    pub features: Vec<String>,
    link: Link,
    arithmetic: Arithmetic,
    /// The same trees for blocks of rows, where their shapes allow it.
    binned: Option<BinnedTrees>,
}

impl Arithmetic {
    /// A value as the library's predictor reads it.
    pub fn read(self, value: f32) -> f32 {
        if value.abs() <= self.zero { 0.0 } else { value }
    }

    /// A sum with a leaf added. The double sum of two singles, rounded, is their single sum.
    pub fn add(self, sum: f64, leaf: f64) -> f64 {
        if self.single {
            f64::from((sum + leaf) as f32)
        } else {
            sum + leaf
        }
    }
}

impl Ensemble {
    /// Reads the text of `LGBM_BoosterSaveModelToString`, or the JSON of `XGBoosterSaveModelToBuffer`,
    /// which begins with a brace. Errors: `model.invalid` for a broken text and for what is not
    /// supported: linear leaves, several classes, random forests, dropped trees, XGBoost's categories.
    pub fn parse(text: &str) -> Result<Self> {
        Self::with(text, Simd::chosen()?)
    }

    /// `parse` for one instruction set.
    pub fn with(text: &str, simd: Simd) -> Result<Self> {
        let Parsed {
            trees,
            features,
            link,
            arithmetic,
        } = if text.starts_with('{') {
            xgboost_json::parse(text)?
        } else {
            lightgbm_text::parse(text)?
        };
        Ok(Self {
            binned: BinnedTrees::of(&trees, features.len(), arithmetic, simd),
            trees,
            features,
            link,
            arithmetic,
        })
    }

    /// The same trees with another link.
    pub fn linked(self, link: Link) -> Self {
        Self { link, ..self }
    }

    /// Raw score (sum of leaves, trees in order) of one row of `features.len()` values.
    pub fn raw(&self, row: &[f32]) -> f64 {
        let arithmetic = self.arithmetic;
        self.trees.iter().fold(arithmetic.base, |sum, tree| {
            arithmetic.add(sum, tree.leaf(row, arithmetic))
        })
    }

    /// Raw scores of row-major rows; bit for bit those of `raw`, on every instruction set.
    pub fn raw_rows(&self, rows: &[f32], scratch: &mut TreeScratch, out: &mut Vec<f64>) {
        let width = self.features.len();
        out.clear();
        out.resize(rows.len() / width, self.arithmetic.base);
        match &self.binned {
            Some(binned) => binned.score(rows, scratch, out),
            None => {
                for (sum, row) in out.iter_mut().zip(rows.chunks_exact(width)) {
                    *sum = self.raw(row);
                }
            }
        }
    }

    /// Whether rows are scored in blocks: see `BinnedTrees::of`.
    pub fn is_binned(&self) -> bool {
        self.binned.is_some()
    }

    /// Raw score to probability where the link is logistic.
    pub fn output(&self, raw: f64) -> f64 {
        match self.link {
            Link::Identity => raw,
            Link::Logistic { scale, shift } => math::sigmoid(scale * raw + shift),
            Link::SingleLogistic => f64::from(single_logistic(raw as f32)),
        }
    }
}

/// XGBoost's `Sigmoid`: it adds 1e-16, which a single does not feel, and cuts the exponent at 88.7.
fn single_logistic(raw: f32) -> f32 {
    let exponent = (-raw).min(88.7);
    1.0 / (math::exp(f64::from(exponent)) as f32 + 1.0)
}

impl Tree {
    /// Value of the leaf that a row falls into.
    fn leaf(&self, row: &[f32], arithmetic: Arithmetic) -> f64 {
        let mut at: i32 = if self.nodes.is_empty() { -1 } else { 0 };
        while at >= 0 {
            let node = &self.nodes[at as usize];
            let value = arithmetic.read(row[node.feature as usize]);
            at = if self.goes_left(node, value) {
                node.left
            } else {
                node.right
            };
        }
        self.leaves[!at as usize]
    }

    fn goes_left(&self, node: &Node, value: f32) -> bool {
        match node.split {
            Split::Numerical {
                threshold,
                missing,
                default_left,
            } => match missing {
                Missing::NaN if value.is_nan() => default_left,
                Missing::Zero if value.is_nan() || value == 0.0 => default_left,
                _ if value.is_nan() => 0.0 <= threshold,
                _ => f64::from(value) <= threshold,
            },
            Split::Categorical { start, end } => {
                let set = &self.categories[start as usize..end as usize];
                if !(value > -1.0 && value < 2_147_483_648.0) {
                    return false;
                }
                let category = value as u32;
                set.get((category / 32) as usize)
                    .is_some_and(|word| word >> (category % 32) & 1 == 1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = "tree\nversion=v4\nfeature_names=a b\nobjective=binary sigmoid:1\n\nTree=0\nnum_leaves=3\nsplit_feature=0 1\nthreshold=0.5 -1\ndecision_type=2 8\nleft_child=-1 -2\nright_child=1 -3\nleaf_value=0.1 0.2 0.3\nis_linear=0\n\nTree=1\nnum_leaves=1\nleaf_value=0.5\n\n\nend of trees\n";

    #[test]
    fn walks_splits_with_missing_values() {
        let model = Ensemble::parse(MODEL).unwrap();
        assert!((model.raw(&[0.0, 0.0]) - 0.6).abs() < 1e-12);
        assert!((model.raw(&[1.0, -2.0]) - 0.7).abs() < 1e-12);
        assert!((model.raw(&[1.0, f32::NAN]) - 0.8).abs() < 1e-12);
        assert!((model.raw(&[f32::NAN, 0.0]) - 0.6).abs() < 1e-12);
        assert!((model.output(0.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn walks_categories() {
        let text = MODEL.replace(
            "decision_type=2 8\n",
            "decision_type=2 9\ncat_boundaries=0 2\ncat_threshold=5 1\n",
        );
        let text = text.replace("threshold=0.5 -1", "threshold=0.5 0");
        let model = Ensemble::parse(&text).unwrap();
        assert!(!model.is_binned());
        for (value, left) in [
            (0.0, true),
            (-0.5, true),
            (1.0, false),
            (2.9, true),
            (32.0, true),
            (64.0, false),
            (-1.0, false),
            (f32::NAN, false),
            (f32::INFINITY, false),
        ] {
            let expected = if left { 0.7 } else { 0.8 };
            assert!((model.raw(&[1.0, value]) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn scales_the_score_of_a_binary_objective_by_its_sigmoid() {
        let model = Ensemble::parse(&MODEL.replace("sigmoid:1", "sigmoid:2")).unwrap();
        assert_eq!(model.output(1.5), math::sigmoid(3.0));
    }

    #[test]
    fn refuses_models_it_cannot_walk() {
        for (from, to) in [
            ("right_child=1 -3", "right_child=7 -3"),
            ("right_child=1 -3", "right_child=1 -2"),
            ("decision_type=2 8", "decision_type=1 8"),
            ("decision_type=2 8", "decision_type=12 8"),
            ("threshold=0.5 -1", "threshold=0.5 nan"),
            ("split_feature=0 1", "split_feature=0 9"),
            ("is_linear=0", "is_linear=1"),
            ("version=v4", "average_output"),
            ("version=v4", "num_tree_per_iteration=3"),
            ("feature_names=a b\n", ""),
        ] {
            assert_eq!(
                Ensemble::parse(&MODEL.replace(from, to)).unwrap_err().code,
                "model.invalid"
            );
        }
    }
}
