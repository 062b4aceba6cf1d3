//! One step of gradient descent: a window's contexts against a tile of outputs.
//!
//! Both paths do the same operations in the same order, fused multiply-adds included, so their bits are
//! equal: a dot product is 8 partial sums over places modulo 8, added as a tree. Fused, because every
//! processor with AVX2 has them in hardware, as has ARM; only older ones pay for exactness.

/// Outputs that meet the contexts of a window at a time: the centre and five negatives. More negatives
/// make further tiles, each a step of its own.
pub const TILE: usize = 6;
/// Lanes of a partial sum; rows are filled up to a multiple with zeros.
pub const LANES: usize = 8;

/// Rows of both matrices, `stride` singles each, a multiple of `LANES`.
pub struct Matrices<'a> {
    pub input: &'a mut [f32],
    pub output: &'a mut [f32],
    pub stride: usize,
}

/// Contexts and outputs of one step.
pub struct Tile<'a> {
    /// Input rows; one that stands twice is changed twice.
    pub contexts: &'a [u32],
    /// Output rows; one that stands twice is changed twice.
    pub outputs: &'a [u32; TILE],
    pub label: &'a [f32; LANES],
    /// Learning rate of each output; 0 for one that takes no part.
    pub rate: &'a [f32; LANES],
}

/// The code path of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Path {
    /// The fastest that the processor has, unless `DEEPCUTS_SIMD=portable`.
    pub fn of_process() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let forced = std::env::var("DEEPCUTS_SIMD").is_ok_and(|value| value == "portable");
            if !forced && is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self::Avx2;
            }
        }
        Self::Portable
    }

    /// Adds a tile's gradient to the rows. `errors` has a row per context, in `contexts`' order.
    ///
    /// # Safety
    /// Every context and output is a row of its matrix, `errors` has at least as many rows as there are
    /// contexts, `stride` is a multiple of `LANES`, and `Avx2` is taken only where it was detected.
    #[inline]
    pub unsafe fn step(self, rows: &mut Matrices, tile: &Tile, errors: &mut [[f32; LANES]]) {
        match self {
            Self::Portable => portable(rows, tile, errors),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the caller's promise.
            Self::Avx2 => unsafe { super::step_avx2::step(rows, tile, errors) },
        }
    }
}

/// Bounds of the argument of `sigmoid`: beyond them it is 0 or 1 to a single's precision.
pub const SIGMOID_BOUND: f32 = 20.0;
pub const LOG2_E: f32 = std::f32::consts::LOG2_E;
pub const LN2_HIGH: f32 = 0.693_359_4;
pub const LN2_LOW: f32 = -2.121_944_4e-4;
/// exp(r) - 1 - r over r^2 for |r| <= ln 2 / 2, highest power first (Cephes' expf).
pub const EXP: [f32; 6] = [
    1.987_569_1e-4,
    1.398_199_9e-3,
    8.333_452e-3,
    4.166_579_6e-2,
    1.666_666_5e-1,
    0.5,
];

/// 1 / (1 + exp(-x)) within 2e-7.
pub fn sigmoid(x: f32) -> f32 {
    let z = -x.clamp(-SIGMOID_BOUND, SIGMOID_BOUND);
    let n = (z * LOG2_E).round_ties_even();
    let r = (-n).mul_add(LN2_LOW, (-n).mul_add(LN2_HIGH, z));
    let poly = EXP[1..].iter().fold(EXP[0], |p, &c| p.mul_add(r, c));
    let power = poly.mul_add(r * r, r) + 1.0;
    let scale = f32::from_bits(((n as i32 + 127) << 23) as u32);
    1.0 / power.mul_add(scale, 1.0)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut s = [0f32; LANES];
    for (x, y) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            s[lane] = x[lane].mul_add(y[lane], s[lane]);
        }
    }
    ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
}

fn portable(rows: &mut Matrices, tile: &Tile, errors: &mut [[f32; LANES]]) {
    let stride = rows.stride;
    let row = |id: u32| id as usize * stride..(id as usize + 1) * stride;
    for (&context, error) in tile.contexts.iter().zip(errors.iter_mut()) {
        for (n, &output) in tile.outputs.iter().enumerate() {
            let product = dot(&rows.input[row(context)], &rows.output[row(output)]);
            error[n] = (tile.label[n] - sigmoid(product)) * tile.rate[n];
        }
    }
    for k in 0..stride {
        let old = tile.outputs.map(|id| rows.output[row(id)][k]);
        let mut change = [0f32; TILE];
        for (&context, error) in tile.contexts.iter().zip(errors.iter()) {
            let cell = &mut rows.input[context as usize * stride + k];
            let mut sum = *cell;
            for n in 0..TILE {
                change[n] = error[n].mul_add(*cell, change[n]);
                sum = error[n].mul_add(old[n], sum);
            }
            *cell = sum;
        }
        for (&output, change) in tile.outputs.iter().zip(change) {
            rows.output[output as usize * stride + k] += change;
        }
    }
}
