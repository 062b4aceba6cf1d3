//! Reads the JSON models of XGBoost 2 and 3 and refuses what the walk does not know.

use crate::error::{KernelError, Result};
use crate::math;
use crate::trees::{Arithmetic, Link, Missing, Node, Parsed, Split, Tree};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    learner: Learner,
}

#[derive(Deserialize)]
struct Learner {
    feature_names: Vec<String>,
    gradient_booster: Booster,
    learner_model_param: ModelParam,
    objective: Named,
}

#[derive(Deserialize)]
struct Booster {
    name: String,
    model: Option<Forest>,
}

#[derive(Deserialize)]
struct Forest {
    trees: Vec<RawTree>,
}

#[derive(Deserialize)]
struct ModelParam {
    base_score: String,
    num_class: String,
    num_target: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// A leaf has no left child, -1, and its value as its condition.
#[derive(Deserialize)]
struct RawTree {
    left_children: Vec<i32>,
    right_children: Vec<i32>,
    split_indices: Vec<u32>,
    split_conditions: Vec<f32>,
    split_type: Vec<u8>,
    default_left: Vec<u8>,
}

fn bad(message: impl Into<String>) -> KernelError {
    KernelError::new("model.invalid", message)
}

/// A split of XGBoost sends singles below its threshold left and NaNs to its default side; sums are
/// singles that begin with the base score's logit. Indexes are checked here, as in the text reader.
/// Errors: `model.invalid`.
pub(crate) fn parse(text: &str) -> Result<Parsed> {
    let file: File =
        serde_json::from_str(text).map_err(|e| bad(format!("no model of XGBoost: {e}")))?;
    let learner = file.learner;
    let (booster, param) = (learner.gradient_booster, learner.learner_model_param);
    if learner.objective.name != "binary:logistic" {
        return Err(bad(
            "XGBoost models must be of the objective binary:logistic",
        ));
    }
    let (Some(forest), "gbtree") = (booster.model, booster.name.as_str()) else {
        return Err(bad("XGBoost models must be of the booster gbtree"));
    };
    if param.num_class != "0" || param.num_target.is_some_and(|targets| targets != "1") {
        return Err(bad("models of several classes are not supported"));
    }
    if learner.feature_names.is_empty() {
        return Err(bad("the model names no features"));
    }
    let width = learner.feature_names.len();
    Ok(Parsed {
        trees: forest
            .trees
            .iter()
            .map(|tree| tree_of(tree, width))
            .collect::<Result<_>>()?,
        features: learner.feature_names,
        link: Link::SingleLogistic,
        arithmetic: Arithmetic {
            base: f64::from(logit(&param.base_score)?),
            single: true,
            zero: 0.0,
        },
    })
}

/// The base score is a probability, in brackets since XGBoost 3.1.
fn logit(text: &str) -> Result<f32> {
    let text = text.trim_start_matches('[').trim_end_matches(']');
    match text.parse::<f32>() {
        Ok(p) if p > 0.0 && p < 1.0 => Ok(-(math::ln(f64::from(1.0 / p - 1.0)) as f32)),
        _ => Err(bad("the base score is no probability")),
    }
}

fn tree_of(raw: &RawTree, width: usize) -> Result<Tree> {
    let n = raw.left_children.len();
    if n == 0
        || [
            raw.right_children.len(),
            raw.split_indices.len(),
            raw.split_conditions.len(),
            raw.split_type.len(),
            raw.default_left.len(),
        ]
        .iter()
        .any(|&length| length != n)
    {
        return Err(bad("a tree's arrays differ in length"));
    }
    let mut tree = Tree {
        nodes: Vec::new(),
        leaves: Vec::new(),
        categories: Vec::new(),
    };
    let mut reached = vec![false; n];
    // Where the number of a place stands: the node and whether it is the left one.
    let mut open: Vec<(usize, Option<(usize, bool)>)> = vec![(0, None)];
    while let Some((at, parent)) = open.pop() {
        if std::mem::replace(&mut reached[at], true) {
            return Err(bad("a tree's nodes do not form a tree"));
        }
        let (left, right) = (raw.left_children[at], raw.right_children[at]);
        let number = if left < 0 {
            if !raw.split_conditions[at].is_finite() {
                return Err(bad("a leaf is no number"));
            }
            tree.leaves.push(f64::from(raw.split_conditions[at]));
            !(tree.leaves.len() as i32 - 1)
        } else {
            let number = tree.nodes.len();
            tree.nodes.push(node(raw, at, width)?);
            for (child, is_left) in [(right, false), (left, true)] {
                let child = usize::try_from(child).ok().filter(|&child| child < n);
                let child = child.ok_or_else(|| bad("a tree's nodes do not form a tree"))?;
                open.push((child, Some((number, is_left))));
            }
            number as i32
        };
        match parent {
            Some((parent, true)) => tree.nodes[parent].left = number,
            Some((parent, false)) => tree.nodes[parent].right = number,
            None => {}
        }
    }
    Ok(tree)
}

/// `value < condition` is `value <= threshold` with the single just below it.
fn node(raw: &RawTree, at: usize, width: usize) -> Result<Node> {
    let (feature, condition) = (raw.split_indices[at], raw.split_conditions[at]);
    if feature as usize >= width {
        return Err(bad("a tree splits on an unknown feature"));
    }
    if raw.split_type[at] != 0 {
        return Err(bad("categorical splits of XGBoost are not supported"));
    }
    if condition.is_nan() {
        return Err(bad("a threshold is no number"));
    }
    Ok(Node {
        feature,
        split: Split::Numerical {
            threshold: f64::from(condition.next_down()),
            missing: Missing::NaN,
            default_left: raw.default_left[at] != 0,
        },
        left: -1,
        right: -1,
    })
}

#[cfg(test)]
mod tests {
    use crate::binned_trees::TreeScratch;
    use crate::simd::Simd;
    use crate::trees::Ensemble;

    const MODEL: &str = r#"{"learner":{"feature_names":["a","b"],"gradient_booster":{"name":"gbtree","model":{"trees":[
        {"left_children":[1,-1,3,-1,-1],"right_children":[2,-1,4,-1,-1],"split_indices":[0,0,1,0,0],
         "split_conditions":[0.5,0.1,0.0,0.2,0.3],"split_type":[0,0,0,0,0],"default_left":[0,0,1,0,0]},
        {"left_children":[-1],"right_children":[-1],"split_indices":[0],"split_conditions":[0.25],"split_type":[0],"default_left":[0]}]}},
        "learner_model_param":{"base_score":"[5E-1]","num_class":"0","num_target":"1"},"objective":{"name":"binary:logistic"}}}"#;

    #[test]
    fn walks_strict_thresholds_default_sides_and_singles() {
        let mut scratch = TreeScratch::default();
        for simd in Simd::available() {
            let model = Ensemble::with(MODEL, simd).unwrap();
            assert!(model.is_binned());
            let just_below = 0.5f32.next_down();
            for (row, leaf) in [
                ([just_below, 0.0], 0.1f32),
                ([0.5, 0.0], 0.3),
                ([0.5, -1e-40], 0.2),
                ([f32::NAN, 1.0], 0.3),
                ([f32::NAN, f32::NAN], 0.2),
                ([f32::INFINITY, -0.0], 0.3),
            ] {
                let expected = f64::from(leaf + 0.25);
                assert_eq!(model.raw(&row), expected);
                let mut found = Vec::new();
                model.raw_rows(&row, &mut scratch, &mut found);
                assert_eq!(found, [expected]);
            }
            assert_eq!(model.output(0.0), 0.5);
            assert_eq!(model.output(1e30), 1.0);
        }
    }

    #[test]
    fn refuses_models_it_cannot_walk() {
        for (from, to) in [
            (r#""right_children":[2,"#, r#""right_children":[7,"#),
            (r#""right_children":[2,"#, r#""right_children":[1,"#),
            (r#""right_children":[2,"#, r#""right_children":[0,"#),
            (r#""split_type":[0,0,"#, r#""split_type":[1,0,"#),
            (r#""split_indices":[0,"#, r#""split_indices":[9,"#),
            (r#""default_left":[0,"#, r#""default_left":["#),
            ("gbtree", "dart"),
            ("binary:logistic", "rank:ndcg"),
            (r#""num_class":"0""#, r#""num_class":"3""#),
            ("[5E-1]", "[1.5]"),
            (r#"["a","b"]"#, "[]"),
            (r#"{"learner""#, r#"{"teacher""#),
        ] {
            assert!(MODEL.contains(from));
            let text = MODEL.replace(from, to);
            assert_eq!(Ensemble::parse(&text).unwrap_err().code, "model.invalid");
        }
    }
}
