import { type Sql, type SqlValues, type Statement, digestJson } from '../platform/index.ts';

/** Digest of one table: the same for the same rows in any order. */
export interface TableDigest {
  readonly table: string;
  readonly rows: number;
  readonly sum: string;
}

/** Runs a statement that gives `row_count` and `digest_sum` of a table. */
export async function tableDigest(
  sql: Sql,
  table: string,
  statement: Statement,
  values?: SqlValues,
): Promise<TableDigest> {
  const [row] = await sql.rows(statement, values);
  return { table, rows: Number(row?.['row_count']), sum: String(row?.['digest_sum']) };
}

/** The content digest of an artifact that consists of these tables. */
export function combineDigests(tables: readonly TableDigest[]): string {
  const sums = tables.map(({ table, rows, sum }) => [table, [rows, sum]] as const);
  return digestJson(Object.fromEntries(sums));
}
