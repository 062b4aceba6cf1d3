//! Reads the text models of LightGBM 2 to 4 and refuses what the walk does not know.

use crate::error::{KernelError, Result};
use crate::trees::{LIGHTGBM, Link, Missing, Node, Parsed, Split, Tree};
use std::collections::HashMap;
use std::str::FromStr;

fn bad(message: impl Into<String>) -> KernelError {
    KernelError::new("model.invalid", message)
}

/// Indexes are checked here: every node and leaf hangs below one node that stands before it, so that
/// the walk needs no checks and ends. Errors: `model.invalid`.
pub(crate) fn parse(text: &str) -> Result<Parsed> {
    let mut blocks = text.split("\nTree=");
    let head = Fields::of(blocks.next().unwrap_or(""));
    let names = head
        .0
        .get("feature_names")
        .ok_or_else(|| bad("the model names no features"))?;
    let features: Vec<String> = names.split(' ').map(str::to_string).collect();
    if head.0.contains_key("average_output") {
        return Err(bad("random forests are not supported"));
    }
    if head.get("num_tree_per_iteration").unwrap_or("1") != "1" {
        return Err(bad("models of several classes are not supported"));
    }
    let mut objective = head.get("objective").unwrap_or("").split(' ');
    let link = match objective.next() {
        Some("binary") => Link::Logistic {
            scale: match objective.find_map(|x| x.strip_prefix("sigmoid:")) {
                Some(factor) => number(factor)?,
                None => 1.0,
            },
            shift: 0.0,
        },
        _ => Link::Identity,
    };
    let trees = blocks
        .map(|block| {
            let block = block.split("\nend of trees").next().unwrap_or("");
            tree(&Fields::of(block), features.len())
        })
        .collect::<Result<_>>()?;
    Ok(Parsed {
        trees,
        features,
        link,
        arithmetic: LIGHTGBM,
    })
}

/// The `name=value` lines of a block; a line without `=` is a name.
struct Fields<'a>(HashMap<&'a str, &'a str>);

impl<'a> Fields<'a> {
    fn of(block: &'a str) -> Self {
        Self(
            block
                .lines()
                .map(|line| line.split_once('=').unwrap_or((line, "")))
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).map(|value| value.trim())
    }

    /// Numbers of a field; none where it is absent.
    fn numbers<T: FromStr>(&self, name: &str) -> Result<Vec<T>> {
        self.get(name)
            .unwrap_or("")
            .split_ascii_whitespace()
            .map(number)
            .collect()
    }
}

fn number<T: FromStr>(text: &str) -> Result<T> {
    text.parse()
        .map_err(|_| bad(format!("\"{text}\" is no number of a model")))
}

fn tree(fields: &Fields<'_>, features: usize) -> Result<Tree> {
    if fields.get("is_linear").unwrap_or("0") != "0" {
        return Err(bad("linear leaves are not supported"));
    }
    let leaves: Vec<f64> = fields.numbers("leaf_value")?;
    let feature: Vec<u32> = fields.numbers("split_feature")?;
    let threshold: Vec<f64> = fields.numbers("threshold")?;
    let decision: Vec<u8> = fields.numbers("decision_type")?;
    let left: Vec<i32> = fields.numbers("left_child")?;
    let right: Vec<i32> = fields.numbers("right_child")?;
    let boundaries: Vec<u32> = fields.numbers("cat_boundaries")?;
    let categories: Vec<u32> = fields.numbers("cat_threshold")?;
    let n = feature.len();
    if [threshold.len(), decision.len(), left.len(), right.len()]
        .iter()
        .any(|&l| l != n)
        || leaves.len() != n + 1
    {
        return Err(bad("a tree's arrays differ in length"));
    }
    let mut parents = vec![0u8; 2 * n + 1];
    let mut nodes = Vec::with_capacity(n);
    for i in 0..n {
        for child in [left[i], right[i]] {
            let place = if child < 0 {
                n + !child as usize
            } else {
                child as usize
            };
            let inside = if child < 0 {
                (!child as usize) < leaves.len()
            } else {
                place < n && place > i
            };
            if !inside || parents[place] != 0 {
                return Err(bad("a tree's nodes do not form a tree"));
            }
            parents[place] = 1;
        }
        if feature[i] as usize >= features {
            return Err(bad("a tree splits on an unknown feature"));
        }
        nodes.push(Node {
            feature: feature[i],
            split: if decision[i] & 1 == 1 {
                categorical(threshold[i], &boundaries, categories.len())?
            } else {
                numerical(threshold[i], decision[i])?
            },
            left: left[i],
            right: right[i],
        });
    }
    Ok(Tree {
        nodes,
        leaves,
        categories,
    })
}

fn numerical(threshold: f64, decision: u8) -> Result<Split> {
    if threshold.is_nan() {
        return Err(bad("a threshold is no number"));
    }
    Ok(Split::Numerical {
        threshold,
        missing: match (decision >> 2) & 3 {
            0 => Missing::None,
            1 => Missing::Zero,
            2 => Missing::NaN,
            _ => return Err(bad("a split has an unknown missing type")),
        },
        default_left: decision & 2 != 0,
    })
}

fn categorical(index: f64, boundaries: &[u32], words: usize) -> Result<Split> {
    match boundaries.get(index as usize..) {
        Some(&[start, end, ..]) if start <= end && end as usize <= words => {
            Ok(Split::Categorical { start, end })
        }
        _ => Err(bad("a categorical split points outside its tree")),
    }
}
