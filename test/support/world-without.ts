import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sql, filesBelow, openDuckDb } from '../../src/platform/index.ts';

const tables = ['events', 'tracks', 'listeners', 'playlists'] as const;
type Table = (typeof tables)[number];

/** Writes a generated world anew as a folder of the generic format, with the rows of each table that hold. */
export async function worldWhere(
  world: string,
  out: string,
  where: Partial<Record<Table, string>>,
): Promise<string> {
  await using sql = await openDuckDb({ threads: 1, memoryMb: 512, scratchDir: tmpdir() });
  mkdirSync(out, { recursive: true });
  for (const table of tables) await copy(sql, world, out, table, where[table] ?? 'TRUE');
  return out;
}

/** The world in which these listeners never existed. */
export function worldWithout(
  world: string,
  out: string,
  users: readonly string[],
): Promise<string> {
  const named = users.map((user) => `'${user}'`).join(', ');
  return worldWhere(world, out, {
    events: `user_id NOT IN (${named})`,
    listeners: `user_id NOT IN (${named})`,
    playlists: `coalesce(owner_id NOT IN (${named}), TRUE)`,
  });
}

async function copy(sql: Sql, world: string, out: string, table: Table, where: string) {
  const files = filesBelow(join(world, table)).map((name) => join(world, table, name));
  await sql.parquet('copied', files);
  const text = `SELECT * FROM copied WHERE ${where}`;
  await sql.writeParquet(join(out, `${table}.parquet`), { name: 'copy', text });
}
