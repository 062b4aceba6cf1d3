//! Rows in 2 MB pages: random rows and whole lists are then found without misses of the page table.

use crate::col::View;
use memmap2::MmapMut;
use std::ops::Deref;

const HUGE: usize = 2 << 20;

/// Whether the kernel gives 2 MB pages to memory that asks for them.
pub fn huge_pages() -> bool {
    std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled")
        .is_ok_and(|text| text.contains("[madvise]") || text.contains("[always]"))
}

/// Bytes of an index, as mapped or copied into 2 MB pages.
pub enum Bytes {
    Mapped(View<i8>),
    Huge {
        map: MmapMut,
        from: usize,
        len: usize,
    },
}

impl Bytes {
    /// Copies a mapped column of at least 2 MB where the kernel has 2 MB pages; otherwise, or where
    /// memory is short, leaves it as it is.
    pub fn of(view: View<i8>) -> Self {
        if view.len() < HUGE || !huge_pages() {
            return Self::Mapped(view);
        }
        let Ok(mut map) = MmapMut::map_anon(view.len() + HUGE) else {
            return Self::Mapped(view);
        };
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        let from = map.as_ptr().align_offset(HUGE);
        for (to, &byte) in map[from..].iter_mut().zip(view.iter()) {
            *to = byte as u8;
        }
        let len = view.len();
        Self::Huge { map, from, len }
    }
}

impl Deref for Bytes {
    type Target = [i8];

    fn deref(&self) -> &[i8] {
        match self {
            Self::Mapped(view) => view,
            Self::Huge { map, from, len } => {
                let bytes = &map[*from..*from + *len];
                // SAFETY: u8 and i8 have the same layout, and the slice is the map's own.
                unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len()) }
            }
        }
    }
}
