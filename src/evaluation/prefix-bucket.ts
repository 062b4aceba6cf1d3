import { hashString } from '../domain/index.ts';
import { ColWriter } from '../platform/index.ts';
import { type PrefixQuery } from './prefix-queries.ts';

/** A listener's stored history rows, newest first (docs/formats.md, `hist.*`). */
export interface HistoryRows {
  readonly track: ArrayLike<number>;
  readonly last: ArrayLike<number>;
  readonly positives: ArrayLike<number>;
  readonly positives28: ArrayLike<number>;
  readonly positives7: ArrayLike<number>;
  readonly skips: ArrayLike<number>;
  readonly weight: ArrayLike<number>;
}

/** What a bucket of prefixes is written from, beside the queries. */
export interface PrefixBucket {
  /** Epoch s that recency counts back from. */
  readonly at: number;
  /** Recordings that may not be named, by query. */
  readonly heard: (query: PrefixQuery) => Iterable<number>;
  /** The listener's history, to stand behind the prefix; null for the prefix alone. */
  readonly history: ((query: PrefixQuery) => HistoryRows | undefined) | null;
}

const daySeconds = 86_400;
const everything = 1 + 2 + 4 + 8;
const most = 65_535;

/** The id under which query `i` stands in its bucket: they sort as the queries do. */
function queryId(i: number): string {
  return `query-${String(i).padStart(9, '0')}`;
}

/**
 * A bucket of listener records (docs/formats.md) whose listeners are prefixes, so that lists for them
 * come by the very path of the Sunday. A place back in the prefix counts as a day: what sources call a
 * half-life in days is one in places. Repeats stand at their newest place, with the number of plays.
 */
export async function writePrefixBucket(
  path: string,
  queries: readonly PrefixQuery[],
  { at, heard, history }: PrefixBucket,
): Promise<void> {
  const writer = new ColWriter(path);
  const ids = queries.map((_, i) => queryId(i));
  writer.strings('user_id').append(ids);
  writer.column('seed', 'u32').append(Uint32Array.from(ids, hashString));
  for (const name of ['country', 'language'])
    writer.column(name, 'u16').append(new Uint16Array(queries.length));
  for (const name of ['age', 'gender'])
    writer.column(name, 'u8').append(new Uint8Array(queries.length));
  writer.column('flags', 'u8').append(new Uint8Array(queries.length).fill(everything));
  writer.column('events', 'u32').append(Uint32Array.from(queries, (q) => q.prefix.length));
  const rows = queries.map((query) => recordOf(query, at, history?.(query)));
  appendLists(writer, 'hist', rows);
  const named = queries.map((query) => Uint32Array.from(new Set(heard(query))).toSorted());
  writer.column('heard.off', 'u32').append(offsets(named));
  for (const recordings of named) writer.column('heard.recording', 'u32').append(recordings);
  for (const [list, value] of [
    ['block', 'block.artist'],
    ['blocked', 'blocked.track'],
  ] as const) {
    writer.column(`${list}.off`, 'u32').append(new Uint32Array(queries.length + 1));
    writer.column(value, 'u32').append(new Uint32Array(0));
  }
  writer.column('heard.recording', 'u32').append(new Uint32Array(0));
  await writer.close({});
}

/** One history row: the columns of `hist.*`. */
interface Row {
  readonly track: number;
  readonly last: number;
  positives: number;
  positives28: number;
  positives7: number;
  readonly skips: number;
  weight: number;
}

function recordOf({ prefix }: PrefixQuery, at: number, history: HistoryRows | undefined): Row[] {
  const rows = new Map<number, Row>();
  for (const [place, track] of prefix.toReversed().entries()) {
    const row = rows.get(track);
    const last = Math.max(0, at - (place + 1) * daySeconds);
    if (row === undefined)
      rows.set(track, {
        track,
        last,
        positives: 1,
        positives28: 1,
        positives7: 1,
        skips: 0,
        weight: 1000,
      });
    else {
      for (const count of ['positives', 'positives28', 'positives7'] as const)
        row[count] = Math.min(most, row[count] + 1);
      row.weight += 1000;
    }
  }
  const behind = (prefix.length + 1) * daySeconds;
  for (let i = 0; i < (history?.track.length ?? 0); i++) {
    const value = (name: keyof HistoryRows): number => history?.[name][i] as number;
    const track = value('track');
    if (rows.has(track)) continue;
    rows.set(track, {
      track,
      last: Math.max(0, Math.min(value('last'), at) - behind),
      positives: value('positives'),
      positives28: value('positives28'),
      positives7: value('positives7'),
      skips: value('skips'),
      weight: value('weight'),
    });
  }
  return [...rows.values()];
}

function appendLists(writer: ColWriter, list: string, rows: readonly (readonly Row[])[]): void {
  writer.column(`${list}.off`, 'u32').append(offsets(rows));
  const all = rows.flat();
  const put = (name: 'track' | 'last') =>
    writer.column(`${list}.${name}`, 'u32').append(Uint32Array.from(all, (row) => row[name]));
  put('track');
  put('last');
  for (const name of ['positives', 'positives28', 'positives7', 'skips'] as const)
    writer.column(`${list}.${name}`, 'u16').append(Uint16Array.from(all, (row) => row[name]));
  writer.column(`${list}.saved`, 'u8').append(new Uint8Array(all.length));
  writer.column(`${list}.weight`, 'i32').append(Int32Array.from(all, (row) => row.weight));
}

function offsets(lists: readonly { readonly length: number }[]): Uint32Array {
  const ends = new Uint32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) ends[i + 1] = (ends[i] as number) + list.length;
  return ends;
}
