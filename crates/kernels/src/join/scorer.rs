//! Inner products of one vector with many, in single precision, each summed in order.

/// Rows handled together; the loop over dimensions keeps their sums in registers.
const LANES: usize = 32;

/// Rows transposed in groups of `LANES`.
pub struct Scorer {
    dimensions: usize,
    rows: usize,
    packed: Vec<f32>,
}

impl Scorer {
    /// `rows`: row-major, `dimensions` wide.
    pub fn new(rows: &[f32], dimensions: usize) -> Self {
        let count = rows.len() / dimensions;
        let mut packed = vec![0f32; count.next_multiple_of(LANES) * dimensions];
        for (r, row) in rows.chunks_exact(dimensions).enumerate() {
            let group = r / LANES * LANES * dimensions;
            for (j, &value) in row.iter().enumerate() {
                packed[group + j * LANES + r % LANES] = value;
            }
        }
        Self {
            dimensions,
            rows: count,
            packed,
        }
    }

    /// The row with the largest inner product and that product; ties to the smaller one.
    pub fn nearest(&self, vector: &[f32]) -> (u32, f32) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { self.nearest_avx2(vector) };
        }
        self.nearest_any(vector)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn nearest_avx2(&self, vector: &[f32]) -> (u32, f32) {
        self.nearest_any(vector)
    }

    #[inline(always)]
    fn nearest_any(&self, vector: &[f32]) -> (u32, f32) {
        let mut best = (0, f32::NEG_INFINITY);
        self.each_group(vector, |first, sums| {
            for (c, &sum) in sums.iter().enumerate() {
                if sum > best.1 {
                    best = ((first + c) as u32, sum);
                }
            }
        });
        best
    }

    /// The inner product with every row: the matrix times the vector.
    pub fn scores(&self, vector: &[f32], out: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { self.scores_avx2(vector, out) };
        }
        self.scores_any(vector, out);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn scores_avx2(&self, vector: &[f32], out: &mut [f32]) {
        self.scores_any(vector, out);
    }

    #[inline(always)]
    fn scores_any(&self, vector: &[f32], out: &mut [f32]) {
        self.each_group(vector, |first, sums| {
            out[first..first + sums.len()].copy_from_slice(sums);
        });
    }

    #[inline(always)]
    fn each_group(&self, vector: &[f32], mut each: impl FnMut(usize, &[f32])) {
        for (g, group) in self
            .packed
            .chunks_exact(LANES * self.dimensions)
            .enumerate()
        {
            let mut sums = [0f32; LANES];
            for (&x, row) in vector.iter().zip(group.as_chunks::<LANES>().0) {
                for (sum, &c) in sums.iter_mut().zip(row) {
                    *sum += x * c;
                }
            }
            let first = g * LANES;
            each(first, &sums[..LANES.min(self.rows - first)]);
        }
    }
}
