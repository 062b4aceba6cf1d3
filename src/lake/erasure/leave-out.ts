import { type Sql } from '../../platform/index.ts';
import { type Erased, eraseParts, openNamed } from './erase-parts.ts';
import { markedUsers, openTombstones, readTombstones } from './tombstones.ts';

/** Leaves the forgotten out of an ingest's folder before it counts; returns the rows left out by table. */
export async function leaveOutForgotten(
  sql: Sql,
  dataDir: string,
  dir: string,
): Promise<Partial<Erased>> {
  const tombstones = readTombstones(dataDir);
  if (tombstones === null || tombstones.marks.length === 0) return {};
  await openTombstones(sql, dataDir);
  await openNamed(sql, dir);
  if ((await sql.table('erased', markedUsers(tombstones.key, 'named'))) === 0) return {};
  return eraseParts(sql, dir);
}
