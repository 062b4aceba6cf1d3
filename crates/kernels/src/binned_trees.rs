//! Raw scores of blocks of rows: bins, leaf numbers, then each row's sum of leaves.

use crate::feature_bins::{BLOCK, FeatureBins};
use crate::leaf_chains::{LeafChains, Line, TREES};
use crate::simd::Simd;
use crate::trees::{Arithmetic, Tree};

/// Buffers that calls share; any model may use them.
#[derive(Debug, Default)]
pub struct TreeScratch {
    columns: Vec<i8>,
    lines: Vec<Line>,
}

/// Trees that are scored in blocks of rows.
#[derive(Debug)]
pub struct BinnedTrees {
    width: usize,
    arithmetic: Arithmetic,
    simd: Simd,
    bins: FeatureBins,
    chains: LeafChains,
    /// Leaves of all trees in order, and 256 zeros.
    leaves: Vec<f64>,
    leaf_start: Vec<usize>,
}

/// Rows whose sums are added side by side.
const SIDE: usize = 16;

impl BinnedTrees {
    /// None, so that the plain walk is used, where a split is categorical, a feature has more than 255
    /// distinct cuts or a tree more than 256 leaves.
    pub(crate) fn of(
        trees: &[Tree],
        width: usize,
        arithmetic: Arithmetic,
        simd: Simd,
    ) -> Option<Self> {
        let bins = FeatureBins::of(trees, width, arithmetic)?;
        let chains = LeafChains::of(trees, &bins)?;
        let mut leaves = Vec::new();
        let mut leaf_start = Vec::new();
        for tree in trees {
            leaf_start.push(leaves.len());
            leaves.extend_from_slice(&tree.leaves);
        }
        leaves.resize(leaves.len() + 256, 0.0);
        Some(Self {
            width,
            arithmetic,
            simd,
            bins,
            chains,
            leaves,
            leaf_start,
        })
    }

    /// Adds each row's sum of leaves, trees in order, to `out`. Row-major rows.
    pub fn score(&self, rows: &[f32], scratch: &mut TreeScratch, out: &mut [f64]) {
        let TreeScratch { columns, lines } = scratch;
        if columns.len() < self.bins.columns * BLOCK {
            columns.resize(self.bins.columns * BLOCK, 0);
        }
        self.chains.scratch(lines);
        // Blocks of equal size: a short last one costs as much per tree as a full one.
        let blocks = out.len().div_ceil(BLOCK).max(1);
        let size = out.len().div_ceil(blocks).next_multiple_of(32).max(32);
        for (rows, sums) in rows.chunks(size * self.width).zip(out.chunks_mut(size)) {
            self.bins.fill(rows, self.width, self.simd, columns);
            for (b, batch) in self.chains.batches.iter().enumerate() {
                self.chains
                    .find(batch, columns, sums.len(), self.simd, lines);
                let trees = &self.leaf_start[b * TREES..][..batch.trees];
                self.add(trees, lines, sums);
            }
        }
    }

    fn add(&self, trees: &[usize], lines: &[Line], sums: &mut [f64]) {
        let arithmetic = self.arithmetic;
        for (group, sums) in sums.chunks_mut(SIDE).enumerate() {
            let (line, from) = (group * SIDE / 64, group * SIDE % 64);
            let mut sum = [0.0; SIDE];
            sum[..sums.len()].copy_from_slice(sums);
            for (t, &start) in trees.iter().enumerate() {
                let leaves = &self.leaves[start..start + 256];
                let found = &LeafChains::found(lines, t)[line].0[from..from + SIDE];
                for (sum, &leaf) in sum.iter_mut().zip(found) {
                    *sum = arithmetic.add(*sum, leaves[usize::from(leaf)]);
                }
            }
            sums.copy_from_slice(&sum[..sums.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use crate::trees::Ensemble;

    /// Values of thresholds and of rows: those that a comparison could get wrong.
    const SPECIAL: [f32; 13] = [
        0.0,
        -0.0,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        f32::MIN,
        1e-35,
        -1e-35,
        1.1e-35,
        -1.1e-35,
        1e-40,
        -1e-45,
        0.25,
    ];

    fn value(rng: &mut Rng) -> f32 {
        match rng.next_u32() % 3 {
            0 => SPECIAL[(rng.next_u32() % SPECIAL.len() as u32) as usize],
            1 => (rng.next_u32() % 64) as f32 / 8.0 - 4.0,
            _ => (rng.uniform() * 8.0 - 4.0) as f32,
        }
    }

    /// A random tree's text. A node's children are the next node, if any are left to hang, or leaves;
    /// thresholds lie at singles or just beside them.
    fn tree(
        leaves: usize,
        width: u32,
        threshold: &mut dyn FnMut() -> f64,
        rng: &mut Rng,
    ) -> String {
        let n = leaves - 1;
        let mut children = vec![[0i32; 2]; n];
        let mut open: Vec<(usize, usize)> = Vec::new();
        for node in 0..n {
            if node > 0 {
                let at = rng.next_u32() as usize % open.len();
                let (parent, side) = open.swap_remove(at);
                children[parent][side] = node as i32;
            }
            open.extend([(node, 0), (node, 1)]);
        }
        for (leaf, (parent, side)) in open.into_iter().enumerate() {
            children[parent][side] = !(leaf as i32);
        }
        let line = |name: &str, count: usize, item: &mut dyn FnMut(usize) -> String| {
            let items: Vec<String> = (0..count).map(item).collect();
            format!("{name}={}\n", items.join(" "))
        };
        [
            line("split_feature", n, &mut |_| {
                (rng.next_u32() % width).to_string()
            }),
            line("threshold", n, &mut |_| threshold().to_string()),
            line("decision_type", n, &mut |i| {
                ["0", "2", "4", "6", "8", "10"][i % 6].to_string()
            }),
            line("left_child", n, &mut |i| children[i][0].to_string()),
            line("right_child", n, &mut |i| children[i][1].to_string()),
            line("leaf_value", leaves, &mut |i| {
                (1.0 / (i as f64 + 3.0)).to_string()
            }),
        ]
        .concat()
    }

    fn model(trees: &[String], width: u32) -> String {
        let names: Vec<String> = (0..width).map(|f| format!("f{f}")).collect();
        let mut text = format!(
            "tree\nfeature_names={}\nobjective=binary\n",
            names.join(" ")
        );
        for (t, tree) in trees.iter().enumerate() {
            text += &format!("\nTree={t}\n{tree}");
        }
        text + "\nend of trees\n"
    }

    /// Scores rows on each instruction set, which must equal the walk; whether they were binned.
    fn check(text: &str, width: usize, rng: &mut Rng) -> bool {
        let mut scratch = TreeScratch::default();
        let ensembles: Vec<Ensemble> = Simd::available()
            .into_iter()
            .map(|simd| Ensemble::with(text, simd).unwrap())
            .collect();
        for rows in [0, 1, 7, 31, 32, 33, 64, 200, 256, 257, 500] {
            let x: Vec<f32> = (0..rows * width)
                .map(|_| {
                    if rng.next_u32().is_multiple_of(8) {
                        f32::NAN
                    } else {
                        value(rng)
                    }
                })
                .collect();
            let walked: Vec<u64> = x
                .chunks_exact(width)
                .map(|row| ensembles[0].raw(row).to_bits())
                .collect();
            for ensemble in &ensembles {
                let mut found = Vec::new();
                ensemble.raw_rows(&x, &mut scratch, &mut found);
                let found: Vec<u64> = found.into_iter().map(f64::to_bits).collect();
                assert_eq!(found, walked);
            }
        }
        ensembles[0].is_binned()
    }

    #[test]
    fn equals_the_walk_bit_for_bit_on_every_instruction_set() {
        let mut rng = Rng::new(&[11]);
        for (leaves, width) in [
            (vec![1], 1),
            (vec![2, 1, 3], 3),
            (vec![7; 40], 7),
            (vec![31; 33], 8),
            (vec![64; 5], 13),
            (vec![256, 32, 1, 255], 30),
        ] {
            let trees: Vec<String> = leaves
                .iter()
                .map(|&leaves| {
                    let mut other = Rng::new(&[rng.next_u32()]);
                    let mut threshold = || {
                        let near = f64::from(value(&mut other));
                        match other.next_u32() % 3 {
                            0 => near.next_up(),
                            1 => near.next_down(),
                            _ => near,
                        }
                    };
                    tree(leaves, width, &mut threshold, &mut rng)
                })
                .collect();
            assert!(check(&model(&trees, width), width as usize, &mut rng));
        }
    }

    #[test]
    fn bins_255_cuts_of_a_feature_and_walks_256() {
        let mut rng = Rng::new(&[12]);
        for cuts in [254, 255, 256] {
            let mut next = 0;
            let mut threshold = || {
                next += 1;
                f64::from(next) / 32.0 - 4.0
            };
            let trees: Vec<String> = [cuts / 2 + 1, cuts - cuts / 2 + 1]
                .map(|leaves| tree(leaves, 1, &mut threshold, &mut rng))
                .into();
            assert_eq!(check(&model(&trees, 1), 1, &mut rng), cuts <= 255);
        }
    }

    #[test]
    fn walks_trees_of_more_than_256_leaves() {
        let mut rng = Rng::new(&[13]);
        let mut threshold = || 0.5;
        let large = tree(257, 9, &mut threshold, &mut rng);
        assert!(!check(&model(&[large], 9), 9, &mut rng));
    }
}
