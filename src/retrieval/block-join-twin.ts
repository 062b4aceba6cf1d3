import { type ColFile } from '../platform/index.ts';

/** The columns of an index file (docs of the crate's `Index`). */
export interface IndexColumns {
  readonly dimensions: number;
  readonly scale: number;
  readonly offset: number;
  readonly norm: number;
  readonly centroid: Int8Array;
  readonly superCentroid: Int8Array;
  readonly superOff: Uint32Array;
  readonly listOff: Uint32Array;
  readonly order: Uint32Array;
  readonly vector: Int8Array;
}

/** A track and the inner product of rounded vectors. */
export interface Scored {
  readonly track: number;
  readonly integer: number;
}

/** Reads an index; centroids are rounded as its items are. */
export function readIndex(file: ColFile): IndexColumns {
  const meta = file.meta as Record<string, number>;
  const { dimensions = 0, scale = 0, offset = 0, norm = 0 } = meta;
  const rounded = (name: string) =>
    Int8Array.from(file.read(name, 'f32'), (x) => nearest(x * scale, 127));
  return {
    dimensions,
    scale,
    offset,
    norm,
    centroid: rounded('centroid'),
    superCentroid: rounded('super.centroid'),
    superOff: file.u32('super.off'),
    listOff: file.u32('list.off'),
    order: file.u32('order'),
    vector: file.read('vector', 'i8'),
  };
}

const nearest = (value: number, most: number): number =>
  Math.min(most, Math.max(-most, Math.floor(value + 0.5)));

/**
 * A listener's vector as integers: as large as the bounds allow under which 16-bit sums are exact
 * (|q_i| * offset * 4 and |q| * norm at most 32767).
 */
function roundListener(index: IndexColumns, query: Float32Array): Int8Array {
  const most = Math.min(127, Math.floor(8191 / index.offset));
  let squares = 0;
  let peak = 0;
  for (const q of query) {
    squares += q * q;
    peak = Math.max(peak, Math.abs(q));
  }
  const room = 32767 / index.norm - Math.sqrt(query.length) / 2;
  const scale = squares > 0 ? Math.min(most / peak, room / Math.sqrt(squares)) : 1;
  return Int8Array.from(query, (q) => nearest(q * scale, most));
}

function dot(rows: Int8Array, row: number, query: Int8Array): number {
  let sum = 0;
  for (let j = 0; j < query.length; j++)
    sum += (rows[row * query.length + j] as number) * (query[j] as number);
  return sum;
}

const best = (rows: Int8Array, among: Iterable<number>, query: Int8Array): number[] =>
  [...among]
    .map((row) => ({ row, score: dot(rows, row, query) }))
    .toSorted((a, b) => b.score - a.score || a.row - b.row)
    .map(({ row }) => row);

function* range(from: number, to: number): Generator<number> {
  for (let i = from; i < to; i++) yield i;
}

/** The `probe` nearest lists among those of the nearest super lists that hold four times as many. */
function nearestLists(index: IndexColumns, query: Int8Array, probe: number): number[] {
  const supers = index.superOff.length - 1;
  const wanted = Math.min(4 * probe, index.listOff.length - 1);
  const found: number[] = [];
  for (const s of best(index.superCentroid, range(0, supers), query)) {
    if (found.length >= wanted) break;
    found.push(...range(index.superOff[s] as number, index.superOff[s + 1] as number));
  }
  return best(index.centroid, found, query).slice(0, probe);
}

/**
 * The crate's block join for one listener, readable: the `k` best eligible tracks of its `probe`
 * nearest lists, and of twice as many lists again while those hold fewer than `k`. By falling score,
 * ties to the smaller track.
 */
export function joinTwin(
  index: IndexColumns,
  vector: Float32Array,
  options: { readonly k: number; readonly probe: number },
  eligible: (track: number) => boolean,
): Scored[] {
  const query = roundListener(index, vector);
  const lists = index.listOff.length - 1;
  let probe = Math.min(options.probe, Math.max(lists, 1));
  for (;;) {
    const found = nearestLists(index, query, probe)
      .flatMap((l) => [...range(index.listOff[l] as number, index.listOff[l + 1] as number)])
      .map((at) => ({ track: index.order[at] as number, integer: dot(index.vector, at, query) }))
      .filter(({ track }) => eligible(track))
      .toSorted((a, b) => b.integer - a.integer || a.track - b.track);
    if (found.length >= options.k || probe >= lists) return found.slice(0, options.k);
    probe *= 2;
  }
}
