//! Trees as chains of selections over columns of bins: the leaf of 256 rows at once, a byte each.
//!
//! A chain follows one path of a tree from its leaf up: `leaf = bin > cut ? other : leaf`, where the
//! other side of the split is a leaf's number or what a shorter chain found before. A split costs a
//! comparison and a selection per 32 or 64 rows and no branch depends on data. As in RapidScorer (Ye
//! et al. 2018) tests run over rows of u8 bins; its leaf bit-vectors need a pass per byte plane and a
//! search for the first bit, the selections give the number itself, for up to 256 leaves.

use crate::feature_bins::{BLOCK, FeatureBins};
use crate::simd::Simd;
use crate::trees::Tree;

const MOST_LEAVES: usize = 256;
/// Bytes of a line of the scratch.
const LINE: usize = 64;
/// Lines of a block's leaf numbers.
const SLOT: usize = BLOCK / LINE;

/// One split of a chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// Column of bins.
    pub column: u16,
    /// First line of the other side in the scratch.
    pub other: u16,
    /// The other side is taken where `bin ^ flip > cut`, both signed.
    pub cut: i8,
    /// -1 where the other side is the left one.
    pub flip: i8,
    /// Whether the other side is a chain's finding; else it is one leaf.
    pub varies: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Chain {
    /// The leaf at its end.
    pub leaf: u8,
    pub steps: u16,
    /// First line of the scratch that takes what the chain finds.
    pub to: u16,
}

/// A run of trees whose leaf numbers fit the first-level cache.
#[derive(Debug)]
pub(crate) struct Batch {
    pub chains: std::ops::Range<usize>,
    pub steps: std::ops::Range<usize>,
    pub trees: usize,
}

/// Scratch lines: 256 constant ones, line `l` all `l`; `TREES` slots for the trees of a batch; and
/// slots for chains that others wait for.
#[derive(Debug)]
pub(crate) struct LeafChains {
    steps: Vec<Step>,
    chains: Vec<Chain>,
    pub batches: Vec<Batch>,
    lines: usize,
}

/// Trees of a batch.
pub(crate) const TREES: usize = 32;
const FIRST_WAITING: usize = MOST_LEAVES + TREES * SLOT;

/// Bytes, aligned for the widest registers.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct Line(pub [u8; LINE]);

impl LeafChains {
    /// None where a tree has more than 256 leaves or a split has no column.
    pub fn of(trees: &[Tree], bins: &FeatureBins) -> Option<Self> {
        let mut all = Self {
            steps: Vec::new(),
            chains: Vec::new(),
            batches: Vec::new(),
            lines: FIRST_WAITING,
        };
        for batch in trees.chunks(TREES) {
            let (chain, step) = (all.chains.len(), all.steps.len());
            for (t, tree) in batch.iter().enumerate() {
                if tree.leaves.len() > MOST_LEAVES {
                    return None;
                }
                let sizes = sizes(tree);
                let root = if tree.nodes.is_empty() { -1 } else { 0 };
                all.chain(
                    tree,
                    &sizes,
                    bins,
                    root,
                    MOST_LEAVES + t * SLOT,
                    FIRST_WAITING,
                )?;
            }
            all.batches.push(Batch {
                chains: chain..all.chains.len(),
                steps: step..all.steps.len(),
                trees: batch.len(),
            });
        }
        Some(all)
    }

    /// Adds the chains of a subtree: those that its longest path waits for, then its own, whose
    /// finding goes to line `to`. Slots from line `free` on may be used.
    fn chain(
        &mut self,
        tree: &Tree,
        sizes: &[u32],
        bins: &FeatureBins,
        root: i32,
        to: usize,
        free: usize,
    ) -> Option<()> {
        let mut steps = Vec::new();
        let mut at = root;
        let mut slot = free;
        while at >= 0 {
            let node = &tree.nodes[at as usize];
            let size = |child: i32| if child < 0 { 0 } else { sizes[child as usize] };
            let stay_left = size(node.left) >= size(node.right);
            let (stay, other) = if stay_left {
                (node.left, node.right)
            } else {
                (node.right, node.left)
            };
            let (column, cut) = bins.place(node)?;
            steps.push(Step {
                column,
                other: if other < 0 {
                    !other as u16
                } else {
                    slot as u16
                },
                cut: if stay_left {
                    cut ^ 128
                } else {
                    (254 - cut) ^ 128
                } as i8,
                flip: if stay_left { 0 } else { -1 },
                varies: other >= 0,
            });
            if other >= 0 {
                self.chain(tree, sizes, bins, other, slot, slot + SLOT)?;
                slot += SLOT;
            }
            at = stay;
        }
        self.lines = self.lines.max(slot);
        self.chains.push(Chain {
            leaf: !at as u8,
            steps: steps.len() as u16,
            to: to as u16,
        });
        self.steps.extend(steps.iter().rev());
        Some(())
    }

    /// A scratch for `find`.
    pub fn scratch(&self, scratch: &mut Vec<Line>) {
        if scratch.is_empty() {
            scratch.extend((0..MOST_LEAVES).map(|leaf| Line([leaf as u8; LINE])));
        }
        if scratch.len() < self.lines {
            scratch.resize(self.lines, Line([0; LINE]));
        }
    }

    /// Leaf numbers of each tree of a batch for the first `rows` rows of the columns: see `found`.
    pub fn find(
        &self,
        batch: &Batch,
        columns: &[i8],
        rows: usize,
        simd: Simd,
        scratch: &mut [Line],
    ) {
        let steps = &self.steps[batch.steps.clone()];
        let chains = &self.chains[batch.chains.clone()];
        debug_assert!(rows <= BLOCK && scratch.len() >= self.lines);
        match simd {
            Simd::Portable => find_portable(chains, steps, columns, scratch),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the processor has the set; `of` made every column, line and count.
            _ => unsafe {
                crate::leaf_chains_x86::find(chains, steps, columns, rows, simd, scratch);
            },
            #[cfg(not(target_arch = "x86_64"))]
            _ => find_portable(chains, steps, columns, scratch),
        }
    }

    /// Leaf numbers of tree `t` of the batch found last, row after row.
    pub fn found(scratch: &[Line], t: usize) -> &[Line] {
        let from = MOST_LEAVES + t * SLOT;
        &scratch[from..from + SLOT]
    }
}

fn find_portable(chains: &[Chain], mut steps: &[Step], columns: &[i8], scratch: &mut [Line]) {
    for chain in chains {
        let mut leaves = [[chain.leaf; LINE]; SLOT];
        let (own, rest) = steps.split_at(usize::from(chain.steps));
        for step in own {
            let column = &columns[usize::from(step.column) * BLOCK..][..BLOCK];
            for (l, (leaves, bins)) in leaves.iter_mut().zip(column.chunks_exact(LINE)).enumerate()
            {
                let line = if step.varies { l } else { 0 };
                let other = &scratch[usize::from(step.other) + line].0;
                for ((leaf, &bin), &other) in leaves.iter_mut().zip(bins).zip(other) {
                    *leaf = if bin ^ step.flip > step.cut {
                        other
                    } else {
                        *leaf
                    };
                }
            }
        }
        for (l, leaves) in leaves.into_iter().enumerate() {
            scratch[usize::from(chain.to) + l] = Line(leaves);
        }
        steps = rest;
    }
}

/// Leaves below each node.
fn sizes(tree: &Tree) -> Vec<u32> {
    let mut sizes = vec![0; tree.nodes.len()];
    for (i, node) in tree.nodes.iter().enumerate().rev() {
        let size = |child: i32| if child < 0 { 1 } else { sizes[child as usize] };
        sizes[i] = size(node.left) + size(node.right);
    }
    sizes
}
