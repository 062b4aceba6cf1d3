//! Trees of at most 32 leaves for blocks of rows: every node whose test fails removes the leaves of its
//! left subtree from a row's bit vector; the first leaf left is the row's. (QuickScorer, Lucchese et
//! al. 2015.) No branch depends on data, so the loops run over rows in vector registers.

use crate::trees::{Node, Tree};

const ROWS: usize = 64;
const MOST_LEAVES: usize = 32;

#[derive(Debug)]
struct MaskNode {
    feature: u32,
    /// The largest single not above the model's threshold: equal decisions for single-precision rows.
    threshold: f32,
    missing_left: bool,
    /// All ones but for the leaves of the left subtree.
    mask: u32,
}

#[derive(Debug)]
pub struct LeafMasks {
    nodes: Vec<MaskNode>,
    /// First node and first leaf of each tree, and the ends.
    node_start: Vec<u32>,
    leaf_start: Vec<u32>,
    /// Leaves of a tree from left to right.
    leaves: Vec<f64>,
}

impl LeafMasks {
    /// None where a tree has more than 32 leaves or treats zeros as missing.
    pub fn of(trees: &[Tree]) -> Option<Self> {
        let mut all = Self {
            nodes: Vec::new(),
            node_start: vec![0],
            leaf_start: vec![0],
            leaves: Vec::new(),
        };
        for tree in trees {
            let zero_missing = tree.nodes.iter().any(|node| node.missing == 1);
            if tree.leaves.len() > MOST_LEAVES || zero_missing {
                return None;
            }
            let base = all.leaves.len();
            all.visit(tree, if tree.nodes.is_empty() { -1 } else { 0 }, base);
            all.node_start.push(all.nodes.len() as u32);
            all.leaf_start.push(all.leaves.len() as u32);
        }
        Some(all)
    }

    /// Adds a subtree, left before right.
    fn visit(&mut self, tree: &Tree, at: i32, base: usize) {
        if at < 0 {
            self.leaves.push(tree.leaves[!at as usize]);
            return;
        }
        let node = &tree.nodes[at as usize];
        let from = self.leaves.len() - base;
        let slot = self.nodes.len();
        self.nodes.push(MaskNode {
            feature: node.feature,
            threshold: not_above(node.threshold),
            missing_left: missing_left(node),
            mask: 0,
        });
        self.visit(tree, node.left, base);
        let to = self.leaves.len() - base;
        let left = (((1u64 << to) - 1) & !((1u64 << from) - 1)) as u32;
        self.nodes[slot].mask = !left;
        self.visit(tree, node.right, base);
    }

    /// Adds each row's sum of leaves, trees in order, to `out`.
    pub fn score(&self, rows: &[f32], width: usize, out: &mut [f64]) {
        let mut columns = vec![0f32; width * ROWS];
        for (block, sums) in rows.chunks(width * ROWS).zip(out.chunks_mut(ROWS)) {
            for (r, row) in block.chunks_exact(width).enumerate() {
                for (f, &value) in row.iter().enumerate() {
                    columns[f * ROWS + r] = value;
                }
            }
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has AVX2.
                unsafe { self.block_avx2(&columns, sums) };
                continue;
            }
            self.block(&columns, sums);
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn block_avx2(&self, columns: &[f32], sums: &mut [f64]) {
        self.block(columns, sums);
    }

    #[inline(always)]
    fn block(&self, columns: &[f32], sums: &mut [f64]) {
        for tree in 0..self.node_start.len() - 1 {
            let nodes = self.node_start[tree] as usize..self.node_start[tree + 1] as usize;
            let mut alive = [u32::MAX; ROWS];
            for node in &self.nodes[nodes] {
                let start = node.feature as usize * ROWS;
                let column: &[f32; ROWS] = match columns[start..start + ROWS].try_into() {
                    Ok(column) => column,
                    Err(_) => return,
                };
                // Written as arithmetic: a conditional store would keep the loop out of registers.
                if node.missing_left {
                    for (bits, value) in alive.iter_mut().zip(column) {
                        *bits &= u32::from(*value > node.threshold).wrapping_sub(1) | node.mask;
                    }
                } else {
                    for (bits, value) in alive.iter_mut().zip(column) {
                        *bits &= u32::from(*value <= node.threshold).wrapping_neg() | node.mask;
                    }
                }
            }
            let leaves = &self.leaves[self.leaf_start[tree] as usize..];
            for (sum, bits) in sums.iter_mut().zip(alive) {
                *sum += leaves[bits.trailing_zeros() as usize];
            }
        }
    }
}

/// Where a NaN goes: by the node's default, or as 0 where the model knows no missing values.
fn missing_left(node: &Node) -> bool {
    if node.missing == 2 {
        node.default_left
    } else {
        0.0 <= node.threshold
    }
}

fn not_above(threshold: f64) -> f32 {
    let rounded = threshold as f32;
    if f64::from(rounded) > threshold {
        rounded.next_down()
    } else {
        rounded
    }
}

#[cfg(test)]
mod tests {
    use crate::rng::Rng;
    use crate::trees::Ensemble;

    /// A random model text of `trees` trees with `leaves` leaves each.
    fn model(trees: usize, leaves: usize, rng: &mut Rng) -> String {
        let mut text = String::from("tree\nfeature_names=a b c\nobjective=binary\n");
        for t in 0..trees {
            let n = leaves - 1;
            let (mut left, mut right) = (Vec::new(), Vec::new());
            // Node i keeps one leaf and hands the rest to node i + 1, on either side.
            for i in 0..n {
                let rest = if i + 1 < n {
                    (i + 1) as i32
                } else {
                    !((n) as i32)
                };
                let leaf = !(i as i32);
                let swap = rng.uniform() < 0.5;
                left.push(if swap { leaf } else { rest });
                right.push(if swap { rest } else { leaf });
            }
            let join = |values: Vec<String>| values.join(" ");
            let numbers = |n: usize, rng: &mut Rng| {
                join(
                    (0..n)
                        .map(|_| format!("{}", rng.uniform() * 2.0 - 1.0))
                        .collect(),
                )
            };
            text += &format!("\nTree={t}\nnum_leaves={leaves}\n");
            text += &format!(
                "split_feature={}\n",
                join((0..n).map(|_| (rng.next_u32() % 3).to_string()).collect())
            );
            text += &format!("threshold={}\n", numbers(n, rng));
            text += &format!(
                "decision_type={}\n",
                join(
                    (0..n)
                        .map(|_| ["0", "2", "8", "10"][(rng.next_u32() % 4) as usize].to_string())
                        .collect()
                )
            );
            text += &format!(
                "left_child={}\n",
                join(left.iter().map(ToString::to_string).collect())
            );
            text += &format!(
                "right_child={}\n",
                join(right.iter().map(ToString::to_string).collect())
            );
            text += &format!("leaf_value={}\nis_linear=0\n", numbers(leaves, rng));
        }
        text + "\nend of trees\n"
    }

    #[test]
    fn equals_the_walk_bit_for_bit() {
        let mut rng = Rng::new(&[11]);
        for (trees, leaves) in [(1, 2), (3, 15), (7, 32), (2, 33)] {
            let ensemble = Ensemble::parse(&model(trees, leaves, &mut rng)).unwrap();
            for rows in [0, 1, 63, 64, 130] {
                let x: Vec<f32> = (0..rows * 3)
                    .map(|_| match rng.next_u32() % 9 {
                        0 => f32::NAN,
                        1 => 0.0,
                        _ => (rng.uniform() * 2.0 - 1.0) as f32,
                    })
                    .collect();
                let mut found = Vec::new();
                ensemble.raw_rows(&x, &mut found);
                let walked: Vec<f64> = x.chunks_exact(3).map(|row| ensemble.raw(row)).collect();
                assert_eq!(found, walked);
            }
        }
    }
}
