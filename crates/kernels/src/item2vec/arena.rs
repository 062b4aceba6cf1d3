use crate::error::{KernelError, Result};
use memmap2::MmapMut;
use std::ops::{Deref, DerefMut};

/// Singles at the start of a page, in pages of 2 MB where the system gives them: rows never straddle
/// cache lines, and a random row costs no walk of the page table.
pub struct Arena {
    map: MmapMut,
    len: usize,
}

impl Arena {
    /// Zeros. Fails with `kernel.io` where there is no memory.
    pub fn zeros(len: usize) -> Result<Self> {
        let bytes = len.max(1) * size_of::<f32>();
        let map = MmapMut::map_anon(bytes)
            .map_err(|e| KernelError::new("kernel.io", format!("{bytes} bytes for rows: {e}")))?;
        // Only a wish: small pages hold the same.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        Ok(Self { map, len })
    }
}

impl Deref for Arena {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: the mapping holds `len` singles, is aligned to a page and borrowed with `self`.
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().cast(), self.len) }
    }
}

impl DerefMut for Arena {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as above, and borrowed for writing.
        unsafe { std::slice::from_raw_parts_mut(self.map.as_mut_ptr().cast(), self.len) }
    }
}
