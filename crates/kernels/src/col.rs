//! `.col` files (docs/formats.md): memory-mapped columns, and their writer.

use crate::error::{KernelError, Result, invalid, io};
use memmap2::Mmap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"DCCOL1\n\0";
const ALIGNMENT: usize = 64;

#[derive(Serialize, Deserialize, Clone)]
struct Column {
    name: String,
    r#type: String,
    length: usize,
    offset: usize,
}

#[derive(Serialize, Deserialize)]
struct Header {
    columns: Vec<Column>,
    meta: serde_json::Value,
}

/// An element type of a column. Safe for any bit pattern.
pub trait Element: Copy + Send + Sync + 'static {
    const NAME: &'static str;
}

macro_rules! element {
    ($($t:ty),*) => { $(impl Element for $t { const NAME: &'static str = stringify!($t); })* };
}
element!(u8, i8, u16, i16, u32, i32, f32, f64, u64);

fn width(name: &str) -> Option<usize> {
    Some(match name {
        "u8" | "i8" => 1,
        "u16" | "i16" => 2,
        "u32" | "i32" | "f32" => 4,
        "f64" | "u64" => 8,
        _ => return None,
    })
}

/// A mapped file. Columns are borrowed straight from the mapping.
pub struct Col {
    path: PathBuf,
    map: Arc<Mmap>,
    start: usize,
    columns: BTreeMap<String, Column>,
    pub meta: serde_json::Value,
}

impl Col {
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_path_buf();
        let fail = |why: &str| invalid(format!("{} is not a .col file: {why}", path.display()));
        let file = File::open(&path).map_err(|e| io(&path, &e))?;
        let size = file.metadata().map_err(|e| io(&path, &e))?.len() as usize;
        if size < 16 {
            return Err(fail("it is shorter than its header"));
        }
        // SAFETY: artifacts are immutable once renamed into place; nobody truncates them.
        let map = unsafe { Mmap::map(&file) }.map_err(|e| io(&path, &e))?;
        if &map[..8] != MAGIC {
            return Err(fail("the first bytes are others"));
        }
        let length = u32::from_le_bytes([map[8], map[9], map[10], map[11]]) as usize;
        let start = 16 + length;
        if start > size || !start.is_multiple_of(ALIGNMENT) {
            return Err(fail("the header is cut off"));
        }
        let header: Header = serde_json::from_slice(&map[16..start])
            .map_err(|_| fail("the header is not what the format says"))?;
        let mut columns = BTreeMap::new();
        for column in header.columns {
            let width =
                width(&column.r#type).ok_or_else(|| fail("a column has an unknown type"))?;
            let end = column
                .length
                .checked_mul(width)
                .and_then(|bytes| bytes.checked_add(column.offset))
                .and_then(|bytes| bytes.checked_add(start));
            if end.is_none_or(|end| end > size) || !column.offset.is_multiple_of(ALIGNMENT) {
                return Err(fail("a column lies outside the file"));
            }
            if columns.insert(column.name.clone(), column).is_some() {
                return Err(fail("two columns have one name"));
            }
        }
        Ok(Self {
            path,
            map: Arc::new(map),
            start,
            columns,
            meta: header.meta,
        })
    }

    /// The column as a slice; its type must be the stored one.
    pub fn get<T: Element>(&self, name: &str) -> Result<&[T]> {
        let column = self
            .columns
            .get(name)
            .filter(|column| column.r#type == T::NAME)
            .ok_or_else(|| {
                invalid(format!(
                    "{} has no {} column \"{name}\"",
                    self.path.display(),
                    T::NAME
                ))
            })?;
        let at = self.start + column.offset;
        // SAFETY: bounds and alignment were checked in `open`; T takes any bit pattern.
        Ok(unsafe {
            std::slice::from_raw_parts(self.map[at..].as_ptr().cast::<T>(), column.length)
        })
    }

    /// The column as a slice that keeps the mapping alive by itself.
    pub fn view<T: Element>(&self, name: &str) -> Result<View<T>> {
        let slice = self.get::<T>(name)?;
        Ok(View {
            _map: Arc::clone(&self.map),
            at: slice.as_ptr() as usize,
            len: slice.len(),
            element: PhantomData,
        })
    }

    pub fn has(&self, name: &str) -> bool {
        self.columns.contains_key(name)
    }

    /// Offsets of a list column, checked: n + 1 of them, ascending, the last equal to `values`.
    pub fn offsets(&self, name: &str, n: usize, values: usize) -> Result<Offsets<'_>> {
        let offsets = match self.columns.get(name).map(|c| c.r#type.as_str()) {
            Some("u64") => Offsets::Wide(self.get(name)?),
            _ => Offsets::Narrow(self.get(name)?),
        };
        let ok = offsets.count() == n + 1
            && offsets.at(0) == 0
            && offsets.at(n) == values
            && (0..n).all(|i| offsets.at(i) <= offsets.at(i + 1));
        if ok {
            Ok(offsets)
        } else {
            Err(invalid(format!(
                "{}: \"{name}\" is no list of offsets",
                self.path.display()
            )))
        }
    }

    /// Bytes of the whole file.
    pub fn bytes(&self) -> usize {
        self.map.len()
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A column that owns a share of its mapping.
pub struct View<T> {
    _map: Arc<Mmap>,
    at: usize,
    len: usize,
    element: PhantomData<T>,
}

impl<T: Element> Deref for View<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `view` took address and length from a checked slice of the mapping held here.
        unsafe { std::slice::from_raw_parts(self.at as *const T, self.len) }
    }
}

/// Offsets in either width.
#[derive(Clone, Copy)]
pub enum Offsets<'a> {
    Narrow(&'a [u32]),
    Wide(&'a [u64]),
}

impl Offsets<'_> {
    pub fn at(&self, i: usize) -> usize {
        match self {
            Self::Narrow(o) => o[i] as usize,
            Self::Wide(o) => o[i] as usize,
        }
    }

    fn count(&self) -> usize {
        match self {
            Self::Narrow(o) => o.len(),
            Self::Wide(o) => o.len(),
        }
    }

    pub fn range(&self, i: usize) -> std::ops::Range<usize> {
        self.at(i)..self.at(i + 1)
    }
}

/// Collects columns and writes the file under its final name (the caller works in a temporary folder).
#[derive(Default)]
pub struct ColBuilder {
    columns: BTreeMap<String, (&'static str, usize, Vec<u8>)>,
}

impl ColBuilder {
    pub fn put<T: Element>(&mut self, name: &str, values: &[T]) -> &mut Self {
        // SAFETY: plain numbers seen as their bytes.
        let bytes = unsafe {
            std::slice::from_raw_parts(values.as_ptr().cast::<u8>(), std::mem::size_of_val(values))
        };
        self.columns
            .insert(name.to_string(), (T::NAME, values.len(), bytes.to_vec()));
        self
    }

    /// Writes, syncs, and returns the content digest (hex).
    pub fn write(&self, path: &Path, meta: &serde_json::Value) -> Result<String> {
        let mut hash = Sha256::new();
        let mut offset = 0;
        let mut columns = Vec::new();
        for (name, (kind, length, bytes)) in &self.columns {
            hash.update(format!("{name}\0{kind}\0{length}\0"));
            hash.update(bytes);
            columns.push(Column {
                name: name.clone(),
                r#type: (*kind).to_string(),
                length: *length,
                offset,
            });
            offset = (offset + bytes.len()).next_multiple_of(ALIGNMENT);
        }
        hash.update(meta.to_string());
        let text = serde_json::to_vec(&Header {
            columns,
            meta: meta.clone(),
        })
        .map_err(|e| KernelError::new("kernel.io", e.to_string()))?;
        let mut header = vec![b' '; (16 + text.len()).next_multiple_of(ALIGNMENT)];
        let length = (header.len() - 16) as u32;
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&length.to_le_bytes());
        header[12..16].fill(0);
        header[16..16 + text.len()].copy_from_slice(&text);
        let write = || -> std::io::Result<()> {
            let mut file = std::io::BufWriter::with_capacity(1 << 20, File::create(path)?);
            file.write_all(&header)?;
            for (_, _, bytes) in self.columns.values() {
                file.write_all(bytes)?;
                file.write_all(
                    &[0u8; ALIGNMENT][..bytes.len().next_multiple_of(ALIGNMENT) - bytes.len()],
                )?;
            }
            file.into_inner().map_err(|e| e.into_error())?.sync_all()
        };
        write().map_err(|e| io(path, &e))?;
        Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote_and_refuses_damage() {
        let path = std::env::temp_dir().join(format!("deepcuts-col-{}.col", std::process::id()));
        let mut builder = ColBuilder::default();
        builder
            .put("a", &[1u32, 2, 3])
            .put("b", &[0.5f32])
            .put("c", &[] as &[u8]);
        let meta = serde_json::json!({"name": "x"});
        let digest = builder.write(&path, &meta).unwrap();
        assert_eq!(digest.len(), 64);
        let col = Col::open(&path).unwrap();
        assert_eq!(col.get::<u32>("a").unwrap(), &[1, 2, 3]);
        assert_eq!(col.get::<f32>("b").unwrap(), &[0.5]);
        assert!(col.get::<u8>("c").unwrap().is_empty());
        assert!(col.get::<u8>("a").is_err());
        drop(col);
        let bytes = std::fs::read(&path).unwrap();
        for cut in [0, 8, 15, 40, bytes.len() - 100] {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            assert!(Col::open(&path).is_err(), "cut at {cut}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
