import { type ColFile } from '../platform/index.ts';

/** The columns of an index file (docs of the crate's `Index`). */
export interface IndexColumns {
  readonly dimensions: number;
  readonly norm: number;
  readonly turn: Float32Array;
  readonly centroid: Int8Array;
  readonly superCentroid: Int8Array;
  readonly superOff: Uint32Array;
  readonly listOff: Uint32Array;
  readonly order: Uint32Array;
  readonly vector: Int8Array;
}

/** A track and the inner product of its code with the listener's fine integers. */
export interface Scored {
  readonly track: number;
  readonly integer: number;
}

/** Reads an index. */
export function readIndex(file: ColFile): IndexColumns {
  const { dimensions = 0, norm = 0 } = file.meta as Record<string, number>;
  return {
    dimensions,
    norm,
    turn: file.read('turn', 'f32'),
    centroid: file.read('centroid', 'i8'),
    superCentroid: file.read('super.centroid', 'i8'),
    superOff: file.u32('super.off'),
    listOff: file.u32('list.off'),
    order: file.u32('order'),
    vector: file.read('vector', 'i8'),
  };
}

const nearest = (value: number, most: number): number =>
  Math.min(most, Math.max(-most, Math.floor(value + 0.5)));

/** A listener's vector on the axes of the codes, in single precision, summed in order. */
function turned(index: IndexColumns, query: Float32Array): Float32Array {
  const d = index.dimensions;
  return Float32Array.from({ length: d }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const product = Math.fround((index.turn[i * d + j] as number) * (query[j] as number));
      sum = Math.fround(sum + product);
    }
    return sum;
  });
}

interface Rounded {
  /** At most 64, and small enough for sums of 16 bits: routes. */
  readonly coarse: Int8Array;
  /** 16 bits: ranks. */
  readonly fine: Int16Array;
}

function roundListener(index: IndexColumns, query: Float32Array): Rounded {
  const vector = turned(index, query);
  let squares = 0;
  let peak = 0;
  for (const q of vector) {
    squares += q * q;
    peak = Math.max(peak, Math.abs(q));
  }
  const length = Math.sqrt(squares);
  const room = 32767 / index.norm - Math.sqrt(vector.length) / 2;
  const small = squares > 0 ? Math.min(64 / peak, room / length) : 1;
  const scale = squares > 0 ? Math.min(32767 / peak, 1_073_000_000 / (index.norm * length)) : 1;
  return {
    coarse: Int8Array.from(vector, (q) => nearest(q * small, 64)),
    fine: Int16Array.from(vector, (q) => nearest(q * scale, 32767)),
  };
}

function dot(rows: Int8Array, row: number, query: Int8Array | Int16Array): number {
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

/** The `probe` nearest lists among those of the nearest super lists that hold eight times as many. */
function nearestLists(index: IndexColumns, query: Int8Array, probe: number): number[] {
  const supers = index.superOff.length - 1;
  const wanted = Math.min(8 * probe, index.listOff.length - 1);
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
  const { coarse, fine } = roundListener(index, vector);
  const lists = index.listOff.length - 1;
  let probe = Math.min(options.probe, Math.max(lists, 1));
  for (;;) {
    const found = nearestLists(index, coarse, probe)
      .flatMap((l) => [...range(index.listOff[l] as number, index.listOff[l + 1] as number)])
      .map((at) => ({ track: index.order[at] as number, integer: dot(index.vector, at, fine) }))
      .filter(({ track }) => eligible(track))
      .toSorted((a, b) => b.integer - a.integer || a.track - b.track);
    if (found.length >= options.k || probe >= lists) return found.slice(0, options.k);
    probe *= 2;
  }
}
