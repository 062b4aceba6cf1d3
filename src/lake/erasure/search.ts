import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ColFile, type Sql, filesBelow, statementsOf } from '../../platform/index.ts';
import { type Limits, withSql } from '../session.ts';
import { openErased } from './erase-parts.ts';
import { journalPath } from './journal.ts';
import { erasureDir } from './tombstones.ts';

const statement = statementsOf(new URL('erasure.sql', import.meta.url));

/** Columns that hold ids of listeners, wherever they stand. */
const idColumns = ['user_id', 'owner_id'] as const;

/**
 * How many rows below a folder name a listener of the relation `erased`: every Parquet and `.col` file is
 * decoded and searched in its columns of ids, and in what quarantine keeps of broken rows.
 */
export async function namesErased(sql: Sql, dir: string): Promise<number> {
  if (!existsSync(dir)) return 0;
  let found = 0;
  let users: Set<string> | undefined;
  for (const name of filesBelow(dir)) {
    const path = join(dir, name);
    if (name.endsWith('.parquet')) found += await namesInParquet(sql, path);
    if (!name.endsWith('.col')) continue;
    const file = ColFile.open(path);
    if (!file.has('user_id.off')) continue;
    users ??= await erasedUsers(sql);
    found += file.strings('user_id').filter((id) => users?.has(id)).length;
  }
  return found;
}

/** As `namesErased`, for the listeners of the journal. */
export async function rowsNamingErased(
  dataDir: string,
  dir: string,
  limits: Limits = {},
): Promise<number> {
  return withSql(erasureDir(dataDir), limits, async (sql) => {
    await openErased(sql, journalPath(dataDir));
    return namesErased(sql, dir);
  });
}

/** The ids of the relation `erased`. */
async function erasedUsers(sql: Sql): Promise<Set<string>> {
  const rows = await sql.rows({ name: 'erased', text: 'SELECT user_id FROM erased' });
  return new Set(rows.map((row) => String(row['user_id'])));
}

async function namesInParquet(sql: Sql, path: string): Promise<number> {
  await sql.parquet('searched', [path]);
  const columns = await sql.columns('searched');
  let found = 0;
  const count = async (relation: string, column: string): Promise<void> => {
    const [row] = await sql.rows({
      name: 'names_erased',
      text: `SELECT count(*) AS n FROM ${relation} AS s SEMI JOIN erased AS e
ON s.${column} = e.user_id`,
    });
    found += Number(row?.['n']);
  };
  for (const column of idColumns) if (columns.has(column)) await count('searched', column);
  if (columns.has('raw')) {
    await sql.view('raw_names', statement('raw_names'), { rows: { relation: 'searched' } });
    await count('raw_names', 'user_id');
  }
  return found;
}
