import { DataError } from '../../domain/index.ts';
import { type ColWriter, type Sql, statementsOf } from '../../platform/index.ts';
import { type ColumnMap, sameNames, writeColumns, writeLists } from './columns.ts';

const statement = statementsOf(new URL('catalogue.sql', import.meta.url));

/** Weeks of genre plays. */
const weeks = 53;

const trackColumns: ColumnMap = [
  ...sameNames('string', 'track_id title'),
  ...sameNames('u32', 'recording artist duration'),
  ['language', 'language', 'u16'],
  ['released', 'released', 'i32'],
  ['explicit', 'explicit', 'u8'],
  ...sameNames('f32', 'tempo energy'),
  ['key', 'key', 'i8'],
  ['from_s', 'from', 'u32'],
  ['until_s', 'until', 'u32'],
  ...sameNames('u32', 'listeners_all listeners_90d listeners_28d listeners_7d'),
  ...sameNames('u32', 'plays_all plays_90d plays_28d plays_7d skips_90d saves_90d first_event'),
];

const artistColumns: ColumnMap = [
  ['artist_id', 'artist.id', 'string'],
  ['artist', 'artist.name', 'string'],
  ...sameNames('u32', 'listeners_all listeners_28d plays_all plays_28d plays_7d', 'artist.'),
];

/** Makes the relations that give tracks, artists, genres, countries and languages their indices. */
export async function indexCatalogue(sql: Sql): Promise<void> {
  for (const name of ['artists', 'catalogue', 'genres', 'countries', 'languages']) {
    const rows = await sql.table(name, statement(name));
    if (rows > 65_535 && name !== 'artists' && name !== 'catalogue')
      throw new DataError(`The catalogue has ${rows} ${name}; at most 65,535 can be told apart.`, {
        code: 'snapshot.too_many',
        remedy: `Map rare ${name} onto common ones before ingesting.`,
      });
  }
}

/** Writes the columns of `catalogue.col`. */
export async function writeCatalogue(sql: Sql, writer: ColWriter): Promise<void> {
  const tracks = await writeColumns(sql, writer, trackColumns, statement('track_columns'));
  await writeColumns(sql, writer, artistColumns, statement('artist_columns'));
  const sizes: Record<string, number> = {};
  for (const [table, column] of [
    ['genres', 'genre.name'],
    ['countries', 'country.name'],
    ['languages', 'language.name'],
  ] as const) {
    const names = statement('names').text.replace('named', table);
    sizes[table] = await writeColumns(sql, writer, [['name', column, 'string']], {
      name: table,
      text: names,
    });
  }
  await writeLists(
    sql,
    writer,
    'genre',
    tracks,
    [['value', 'genre.id', 'u16']],
    statement('track_genres'),
  );
  await writeLists(
    sql,
    writer,
    'market',
    tracks,
    [['value', 'market.country', 'u16']],
    statement('track_markets'),
  );
  await writeLists(
    sql,
    writer,
    'country_track',
    sizes['countries'] ?? 0,
    sameNames('u32', 'track listeners', 'country_track.'),
    statement('country_tracks'),
  );
  const plays = new Uint32Array((sizes['genres'] ?? 0) * weeks);
  for await (const chunk of sql.chunks(statement('genre_weeks'))) {
    const week = chunk.column('week_no', 'u32');
    const count = chunk.column('plays', 'u32');
    for (const [i, genre] of chunk.column('genre', 'u32').entries())
      plays[genre * weeks + weeks - 1 - (week[i] as number)] = count[i] as number;
  }
  writer.column('genre_week.plays', 'u32').append(plays);
}
