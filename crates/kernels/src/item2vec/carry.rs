use super::file::{EarlierRows, Ids, write};
use super::train::Vectors;
use super::update::Rows;
use crate::col::Col;
use crate::error::{KernelError, Result};
use std::path::{Path, PathBuf};

/// What `carry_files` wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// Content digest of the file.
    pub digest: String,
    /// Tracks of the catalogue that have rows.
    pub tracks: usize,
}

/// Writes `item2vec.col` of a catalogue with the rows of the last training and of the days since (oldest
/// first; the newest row of a track counts). Tracks are found by id; those that no file has get zeros,
/// those that the catalogue lacks are dropped.
pub fn carry_files(
    base: &Path,
    overlays: &[PathBuf],
    catalogue: &Path,
    out: &Path,
) -> Result<Carried> {
    let catalogue = Col::open(catalogue)?;
    let ids = Ids::of(&catalogue)?;
    let mut vectors = Vectors::default();
    for path in [base]
        .into_iter()
        .chain(overlays.iter().map(PathBuf::as_path))
    {
        let rows = EarlierRows::open(path, &ids)?;
        let d = rows.dimensions();
        if vectors.dimensions == 0 {
            vectors = Vectors {
                dimensions: d,
                count: vec![0; ids.len()],
                input: vec![0.0; ids.len() * d],
                output: vec![0.0; ids.len() * d],
            };
        }
        if vectors.dimensions != d {
            return Err(KernelError::new(
                "kernel.shape",
                "a day's rows have other dimensions",
            ));
        }
        for track in 0..ids.len() {
            if let Some((input, output)) = rows.rows(track as u32) {
                vectors.count[track] = rows.count(track as u32);
                vectors.input[track * d..(track + 1) * d].copy_from_slice(input);
                vectors.output[track * d..(track + 1) * d].copy_from_slice(output);
            }
        }
    }
    let tracks = vectors.count.iter().filter(|&&count| count > 0).count();
    Ok(Carried {
        digest: write(&vectors, &ids, out)?,
        tracks,
    })
}
