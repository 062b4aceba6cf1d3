import { hashString } from '../../domain/index.ts';
import { type ColWriter, type Sql, type SqlValues, statementsOf } from '../../platform/index.ts';
import { type ColumnMap, sameNames, writeColumns, writeLists } from './columns.ts';

const statement = statementsOf(new URL('listeners.sql', import.meta.url));

const listenerColumns: ColumnMap = [
  ...sameNames('u16', 'country language'),
  ...sameNames('u8', 'age gender flags'),
  ['events', 'events', 'u32'],
];

const historyColumns: ColumnMap = [
  ...sameNames('u32', 'track last', 'hist.'),
  ...sameNames('u16', 'positives positives28 positives7 skips', 'hist.'),
  ['saved', 'hist.saved', 'u8'],
  ['weight', 'hist.weight', 'i32'],
];

/** Numbers the listeners of every bucket. */
export async function indexListeners(sql: Sql): Promise<void> {
  await sql.table('profiles', statement('profiles'));
}

/** Writes the columns of `listeners-NNNN.col`; returns the number of listeners. */
export async function writeListeners(
  sql: Sql,
  writer: ColWriter,
  tracksFile: string,
  options: { readonly bucket: number; readonly history_tracks: number; readonly min_plays: number },
): Promise<number> {
  const bucketTracks = `bucket_tracks_${options.bucket}`;
  const knownTracks = `known_tracks_${options.bucket}`;
  const values: SqlValues = {
    ...options,
    bucket_tracks: { relation: bucketTracks },
    known_tracks: { relation: knownTracks },
  };
  await sql.parquet(bucketTracks, [tracksFile]);
  await sql.table(knownTracks, statement('known_tracks'), values);
  const ids = writer.strings('user_id');
  const seeds = writer.column('seed', 'u32');
  let listeners = 0;
  const columns = listenerColumns.map(([name, col, type]) => ({
    name,
    type,
    column: writer.column(col, type as 'u32'),
  }));
  for await (const chunk of sql.chunks(statement('listener_columns'), values)) {
    const names = chunk.strings('user_id');
    ids.append(names);
    seeds.append(Uint32Array.from(names, hashString));
    for (const { name, type, column } of columns) column.append(chunk.column(name, type as 'u32'));
    listeners += chunk.rows;
  }
  const lists = (list: string, columns_: ColumnMap, name: string) =>
    writeLists(sql, writer, list, listeners, columns_, statement(name), values);
  await lists('hist', historyColumns, 'history');
  await lists('heard', [['value', 'heard.recording', 'u32']], 'heard');
  await lists('block', [['value', 'block.artist', 'u32']], 'blocked_artists');
  await lists('blocked', [['value', 'blocked.track', 'u32']], 'blocked_tracks');
  await sql.drop(knownTracks);
  return listeners;
}

/** Writes the columns of `sessions-NNNN.col`: the liked rows of the bucket's responses. */
export async function writeSessions(
  sql: Sql,
  writer: ColWriter,
  responsesFile: string,
  bucket: number,
): Promise<void> {
  const relation = responsesOf(bucket);
  const numbers = `session_numbers_${bucket}`;
  const values: SqlValues = {
    bucket,
    bucket_responses: { relation },
    session_numbers: { relation: numbers },
  };
  await sql.parquet(relation, [responsesFile]);
  const sessions = await sql.table(numbers, statement('session_numbers'), values);
  const owners = [['listener', 'session.listener', 'u32']] as const;
  await writeColumns(sql, writer, owners, statement('session_listeners'), values);
  const plays = sameNames('u32', 'track ts', 'session.');
  await writeLists(sql, writer, 'session', sessions, plays, statement('session_tracks'), values);
  await sql.drop(numbers);
}

/** Writes the columns of `responses-NNNN.col`; after `writeSessions` of the same bucket. */
export async function writeResponses(
  sql: Sql,
  writer: ColWriter,
  bucket: number,
  listeners: number,
): Promise<void> {
  const values: SqlValues = { bucket, bucket_responses: { relation: responsesOf(bucket) } };
  const columns: ColumnMap = [
    ...sameNames('u32', 'track ts', 'response.'),
    ['weight', 'response.weight', 'i16'],
  ];
  await writeLists(sql, writer, 'response', listeners, columns, statement('responses'), values);
}

/** Writes the columns of `playlists.col`. */
export async function writePlaylists(sql: Sql, writer: ColWriter): Promise<void> {
  const playlists = await sql.table('playlist_numbers', statement('playlist_numbers'));
  const columns = sameNames('u32', 'track', 'playlist.');
  await writeLists(sql, writer, 'playlist', playlists, columns, statement('playlist_tracks'));
}

function responsesOf(bucket: number): string {
  return `bucket_responses_${bucket}`;
}
