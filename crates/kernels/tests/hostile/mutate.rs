//! Files as nobody of ours would write them.

use deepcuts_kernels::rng::Rng;
use serde_json::Value;

/// Numbers at which arithmetic on lengths goes wrong.
const EDGES: [u64; 12] = [
    0,
    1,
    63,
    64,
    255,
    65_536,
    0x7fff_ffff,
    0xffff_ffff,
    1 << 53,
    1 << 61,
    1 << 63,
    u64::MAX,
];

fn below(rng: &mut Rng, n: usize) -> usize {
    rng.next_u32() as usize % n.max(1)
}

/// One to four changes of a file; a `.col` is taken apart in two of three cases.
pub fn mutated(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=below(rng, 4) {
        let structured = out.starts_with(b"DCCOL1") && below(rng, 3) > 0;
        let changed = if structured { column(&out, rng) } else { None };
        out = changed.unwrap_or_else(|| raw(out, rng));
    }
    out
}

/// Bytes flipped, overwritten by an edge, cut off, doubled, or all new.
fn raw(mut out: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    let (kind, at) = (below(rng, 6), below(rng, out.len()));
    let edge = EDGES[below(rng, EDGES.len())].to_le_bytes();
    match kind {
        0 => out.truncate(at),
        1 => {
            let part = out[at..(at + 64).min(out.len())].to_vec();
            out.splice(at..at, part);
        }
        2 => {
            out = (0..below(rng, 4096))
                .map(|_| rng.next_u32() as u8)
                .collect()
        }
        3 => out.iter_mut().skip(at).zip(edge).for_each(|(b, e)| *b = e),
        4 => out
            .iter_mut()
            .skip(at)
            .zip(&edge[..4])
            .for_each(|(b, &e)| *b = e),
        _ => out
            .iter_mut()
            .skip(at)
            .take(1)
            .for_each(|b| *b ^= 1 << below(rng, 8)),
    }
    out
}

/// A `.col` with a number of its header changed, a column renamed or doubled, or a value of a column at
/// an edge. None where the file no longer has a header.
fn column(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let length = u32::from_le_bytes(bytes.get(8..12)?.try_into().ok()?) as usize;
    let mut header: Value = serde_json::from_slice(bytes.get(16..16 + length)?).ok()?;
    let mut body = bytes[16 + length..].to_vec();
    let columns = header["columns"].as_array_mut()?;
    let chosen = below(rng, columns.len());
    let edge = EDGES[below(rng, EDGES.len())];
    let doubled = columns.get(chosen)?.clone();
    let one = &mut columns[chosen];
    match below(rng, 8) {
        0 => one["length"] = edge.into(),
        1 => one["offset"] = edge.into(),
        2 => one["length"] = (one["length"].as_u64()?.wrapping_add(edge) % 100_000).into(),
        3 => one["type"] = ["u8", "i8", "u16", "u32", "f32", "u64", "i32"][below(rng, 7)].into(),
        4 => columns.push(doubled),
        5 => number(&mut header["meta"], edge, rng),
        _ => {
            let (from, n) = (
                one["offset"].as_u64()? as usize,
                one["length"].as_u64()? as usize,
            );
            let width = if one["type"] == "u32" || one["type"] == "f32" {
                4
            } else {
                1
            };
            let at = from.checked_add(below(rng, n).checked_mul(width)?)?;
            let value = if below(rng, 2) == 0 {
                edge.to_le_bytes()
            } else {
                rng.uniform().to_le_bytes()
            };
            body.iter_mut()
                .skip(at)
                .zip(&value[..width])
                .for_each(|(b, &e)| *b = e);
        }
    }
    let text = serde_json::to_vec(&header).ok()?;
    let mut out = vec![b' '; (16 + text.len()).next_multiple_of(64)];
    let length = (out.len() - 16) as u32;
    out[..8].copy_from_slice(b"DCCOL1\n\0");
    out[8..12].copy_from_slice(&length.to_le_bytes());
    out[12..16].fill(0);
    out[16..16 + text.len()].copy_from_slice(&text);
    out.extend(body);
    Some(out)
}

/// Sets one number somewhere in a JSON value.
pub fn number(value: &mut Value, edge: u64, rng: &mut Rng) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let at = below(rng, fields.len());
            if let Some(field) = fields.values_mut().nth(at) {
                number(field, edge, rng);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = below(rng, items.len());
            number(&mut items[at], edge, rng);
        }
        other => {
            *other = match below(rng, 6) {
                0 => Value::Null,
                1 => (-1).into(),
                2 => 1e300.into(),
                3 => "x".into(),
                _ => edge.into(),
            }
        }
    }
}
