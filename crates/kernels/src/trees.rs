//! LightGBM text models: parsed, checked, walked.

use crate::error::{KernelError, Result};
use crate::leaf_masks::LeafMasks;
use crate::math;

/// One split or, as a negative child index, one leaf (`!leaf`).
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub feature: u32,
    pub default_left: bool,
    /// 0 none, 1 zero, 2 NaN: what counts as missing.
    pub missing: u8,
    pub threshold: f64,
    pub left: i32,
    pub right: i32,
}

#[derive(Debug)]
pub struct Tree {
    pub nodes: Vec<Node>,
    pub leaves: Vec<f64>,
}

/// A boosted ensemble of numerical splits with a logistic or identity output.
#[derive(Debug)]
pub struct Ensemble {
    trees: Vec<Tree>,
    pub features: Vec<String>,
    logistic: bool,
    /// The same trees for blocks of rows, where their shapes allow it.
    masks: Option<LeafMasks>,
}

fn bad(message: impl Into<String>) -> KernelError {
    KernelError::new("model.invalid", message)
}

impl Ensemble {
    /// Reads the text of `LGBM_BoosterSaveModelToString`. Categorical splits and linear leaves are
    /// refused; indexes are checked here, so that the walk needs no checks.
    pub fn parse(text: &str) -> Result<Self> {
        let mut blocks = text.split("\nTree=");
        let head = blocks.next().unwrap_or("");
        let field = |block: &str, name: &str| -> Option<String> {
            block.lines().find_map(|line| {
                line.strip_prefix(name)?
                    .strip_prefix('=')
                    .map(str::to_string)
            })
        };
        let features: Vec<String> = field(head, "feature_names")
            .ok_or_else(|| bad("the model names no features"))?
            .split(' ')
            .map(str::to_string)
            .collect();
        let logistic = field(head, "objective").is_some_and(|o| o.starts_with("binary"));
        let mut trees = Vec::new();
        for block in blocks {
            let block = block.split("\nend of trees").next().unwrap_or("");
            trees.push(Self::parse_tree(block, &field, features.len())?);
        }
        let masks = LeafMasks::of(&trees);
        Ok(Self {
            trees,
            features,
            logistic,
            masks,
        })
    }

    fn parse_tree(
        block: &str,
        field: &dyn Fn(&str, &str) -> Option<String>,
        features: usize,
    ) -> Result<Tree> {
        fn numbers<T: std::str::FromStr>(text: &str) -> Result<Vec<T>> {
            text.split_ascii_whitespace()
                .map(|x| {
                    x.parse::<T>()
                        .map_err(|_| bad(format!("\"{x}\" is no number of a model")))
                })
                .collect()
        }
        let get = |name: &str| field(block, name).unwrap_or_default();
        if field(block, "is_linear").is_some_and(|x| x.trim() != "0") {
            return Err(bad("linear leaves are not supported"));
        }
        let leaves: Vec<f64> = numbers(&get("leaf_value"))?;
        let feature: Vec<u32> = numbers(&get("split_feature"))?;
        let threshold: Vec<f64> = numbers(&get("threshold"))?;
        let decision: Vec<u8> = numbers(&get("decision_type"))?;
        let left: Vec<i32> = numbers(&get("left_child"))?;
        let right: Vec<i32> = numbers(&get("right_child"))?;
        let n = feature.len();
        if [threshold.len(), decision.len(), left.len(), right.len()]
            .iter()
            .any(|&l| l != n)
            || leaves.len() != n + 1
        {
            return Err(bad("a tree's arrays differ in length"));
        }
        let mut nodes = Vec::with_capacity(n);
        for i in 0..n {
            if decision[i] & 1 == 1 {
                return Err(bad("categorical splits are not supported"));
            }
            for child in [left[i], right[i]] {
                let inside = if child < 0 {
                    (!child as usize) < leaves.len()
                } else {
                    (child as usize) < n && child as usize > i
                };
                if !inside {
                    return Err(bad("a tree points outside itself"));
                }
            }
            if feature[i] as usize >= features {
                return Err(bad("a tree splits on an unknown feature"));
            }
            nodes.push(Node {
                feature: feature[i],
                default_left: decision[i] & 2 != 0,
                missing: (decision[i] >> 2) & 3,
                threshold: threshold[i],
                left: left[i],
                right: right[i],
            });
        }
        Ok(Tree { nodes, leaves })
    }

    /// Raw score (sum of leaves) of one row of `features.len()` values.
    pub fn raw(&self, row: &[f32]) -> f64 {
        let mut sum = 0.0;
        for tree in &self.trees {
            let mut at: i32 = if tree.nodes.is_empty() { -1 } else { 0 };
            while at >= 0 {
                let node = &tree.nodes[at as usize];
                at = if node.goes_left(f64::from(row[node.feature as usize])) {
                    node.left
                } else {
                    node.right
                };
            }
            sum += tree.leaves[!at as usize];
        }
        sum
    }

    /// Raw scores of row-major rows; bit for bit those of `raw`.
    pub fn raw_rows(&self, rows: &[f32], out: &mut Vec<f64>) {
        let width = self.features.len();
        out.clear();
        out.resize(rows.len() / width, 0.0);
        match &self.masks {
            Some(masks) => masks.score(rows, width, out),
            None => {
                for (sum, row) in out.iter_mut().zip(rows.chunks_exact(width)) {
                    *sum = self.raw(row);
                }
            }
        }
    }

    /// Raw score to probability where the objective is binary.
    pub fn output(&self, raw: f64) -> f64 {
        if self.logistic {
            math::sigmoid(raw)
        } else {
            raw
        }
    }
}

impl Node {
    pub fn goes_left(&self, value: f64) -> bool {
        let mut value = value;
        if value.is_nan() {
            if self.missing == 2 {
                return self.default_left;
            }
            value = 0.0;
        }
        if self.missing == 1 && value.abs() <= 1e-35 {
            return self.default_left;
        }
        value <= self.threshold
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
    fn refuses_models_it_cannot_walk() {
        for (from, to) in [
            ("right_child=1 -3", "right_child=7 -3"),
            ("decision_type=2 8", "decision_type=1 8"),
            ("split_feature=0 1", "split_feature=0 9"),
            ("feature_names=a b\n", ""),
        ] {
            assert_eq!(
                Ensemble::parse(&MODEL.replace(from, to)).unwrap_err().code,
                "model.invalid"
            );
        }
    }
}
