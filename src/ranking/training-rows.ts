import { join } from 'node:path';
import { type Artifact, ColFile } from '../platform/index.ts';
import { snapshotFiles } from '../lake/index.ts';

/** Examples of one cut with the snapshot whose artist indexes they carry. */
export interface ExampleSet {
  readonly examples: Artifact;
  readonly snapshot: Artifact;
}

/** Labelled rows of all cuts; the rows of a listener at a cut stand together. */
export interface LabelledRows {
  /** Row-major, rows x features. */
  readonly x: Float32Array;
  readonly label: Uint8Array;
  /** Candidates that a row stands for; more than 1 on a positive row: it was saved. */
  readonly weight: Float32Array;
  /** Index into `artistIds`. */
  readonly artist: Uint32Array;
  /** Fold of the row's listener. */
  readonly fold: Uint8Array;
  /** Rows of each listener at a cut. */
  readonly group: Uint32Array;
  readonly artistIds: readonly string[];
}

/** The rows of all sets, in the order of sets and buckets, with one numbering of artists. */
export function gatherRows(sets: readonly ExampleSet[], features: number): LabelledRows {
  const total = sets.reduce((sum, set) => sum + (set.examples.manifest.counts['rows'] ?? 0), 0);
  const x = new Float32Array(total * features);
  const label = new Uint8Array(total);
  const weight = new Float32Array(total);
  const artist = new Uint32Array(total);
  const fold = new Uint8Array(total);
  const groups: Uint32Array[] = [];
  const indexOf = new Map<string, number>();
  let at = 0;
  for (const { examples, snapshot } of sets) {
    const ids = ColFile.open(snapshotFiles(snapshot).catalogue).strings('artist.id');
    const mapped = ids.map((id) => {
      const index = indexOf.get(id) ?? indexOf.size;
      indexOf.set(id, index);
      return index;
    });
    for (const name of Object.keys(examples.manifest.files)
      .filter((file) => file.endsWith('.col'))
      .toSorted()) {
      const file = ColFile.open(join(examples.path, name));
      x.set(file.f32('x'), at * features);
      const labels = file.u8('label');
      label.set(labels, at);
      weight.set(file.f32('weight'), at);
      fold.set(file.u8('fold'), at);
      groups.push(file.u32('group'));
      artist.set(
        file.u32('artist').map((a) => mapped[a] as number),
        at,
      );
      at += labels.length;
    }
  }
  const group = Uint32Array.from(groups.flatMap((part) => Array.from(part)));
  return { x, label, weight, artist, fold, group, artistIds: [...indexOf.keys()] };
}

/** The listeners of one fold, or all others. */
export function rowsOfFold(
  rows: LabelledRows,
  fold: number,
  side: 'within' | 'without',
): LabelledRows {
  const features = rows.x.length / rows.label.length;
  const starts: { from: number; size: number }[] = [];
  let from = 0;
  for (const size of rows.group) {
    if ((rows.fold[from] === fold) === (side === 'within')) starts.push({ from, size });
    from += size;
  }
  const total = starts.reduce((sum, { size }) => sum + size, 0);
  const part = {
    x: new Float32Array(total * features),
    label: new Uint8Array(total),
    weight: new Float32Array(total),
    artist: new Uint32Array(total),
    fold: new Uint8Array(total),
    group: Uint32Array.from(starts, ({ size }) => size),
    artistIds: rows.artistIds,
  };
  let at = 0;
  for (const { from: start, size } of starts) {
    part.x.set(rows.x.subarray(start * features, (start + size) * features), at * features);
    for (const name of ['label', 'weight', 'artist', 'fold'] as const)
      part[name].set(rows[name].subarray(start, start + size), at);
    at += size;
  }
  return part;
}
