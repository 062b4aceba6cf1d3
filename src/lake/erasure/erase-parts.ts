import { renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Sql,
  statementsOf,
  sweepTemporaries,
  syncPath,
  temporaryName,
} from '../../platform/index.ts';
import { parquetParts } from '../bronze.ts';

const statement = statementsOf(new URL('erasure.sql', import.meta.url));

/** Tables of an ingest that hold something of somebody, and the statement that leaves it out. */
const tables = [
  ['events', 'kept_rows'],
  ['listeners', 'kept_rows'],
  ['playlists', 'kept_playlists'],
  ['blocks', 'kept_rows'],
  ['quarantine', 'kept_quarantine'],
] as const;

export type Erased = Readonly<Record<(typeof tables)[number][0], number>>;

/**
 * Takes the listeners of the relation `erased` out of the parts of an ingest's folder: their events,
 * their rows, their playlists, and what quarantine keeps of them. Returns the rows taken out. Each part
 * is replaced by one rename, and repeating it changes nothing, so it may be stopped anywhere.
 */
export async function eraseParts(sql: Sql, dir: string): Promise<Erased> {
  const taken: Record<string, number> = {};
  for (const [table, kept] of tables) {
    sweepTemporaries(join(dir, table));
    taken[table] = 0;
    for (const part of parquetParts(dir, table)) taken[table] += await erasePart(sql, part, kept);
  }
  return taken as Erased;
}

async function erasePart(sql: Sql, path: string, kept: string): Promise<number> {
  await sql.parquet('part_file', [path]);
  // names of folders such as ingest_id=… come as columns: they are not the file's own
  const own = [...(await sql.columns('part_file')).keys()].filter(
    (name) => !path.includes(`${name}=`),
  );
  await sql.view('part', { name: 'part', text: `SELECT ${own.join(', ')} FROM part_file` });
  const rows = { rows: { relation: 'part' } };
  if (kept === 'kept_quarantine') {
    await sql.view('raw_names', statement('raw_names'), rows);
    await sql.table('mentions', statement('mentions'));
  }
  await sql.view('kept', statement(kept), rows);
  const gone = (await countOf(sql, 'part')) - (await countOf(sql, 'kept'));
  if (gone === 0) return 0;
  const temporary = temporaryName(path);
  await sql.writeParquet(temporary, { name: kept, text: 'SELECT * FROM kept' });
  syncPath(temporary);
  renameSync(temporary, path);
  syncPath(dirname(path));
  return gone;
}

/** Names everybody that the parts of an ingest's folder name `named`: a relation of `user_id`. */
export async function openNamed(sql: Sql, dir: string): Promise<void> {
  for (const [table] of tables) await sql.parquet(`part_${table}`, parquetParts(dir, table));
  await sql.view('raw_names', statement('raw_names'), { rows: { relation: 'part_quarantine' } });
  await sql.view('named', statement('named'));
}

/** Names the ids that a file of JSON lines `{"user_id": …}` lists `erased`. */
export async function openErased(sql: Sql, path: string): Promise<void> {
  await sql.input('listed', { path, format: 'jsonl', columns: ['user_id'] });
  await sql.table('erased', statement('erased'));
}

async function countOf(sql: Sql, relation: string): Promise<number> {
  const [row] = await sql.rows({ name: 'count', text: `SELECT count(*) AS n FROM ${relation}` });
  return Number(row?.['n']);
}
