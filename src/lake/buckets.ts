import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Sql, type SqlValues, type Statement } from '../platform/index.ts';

/** Folder of a bucket inside a table: `bucket=03`. */
function bucketFolder(bucket: number): string {
  return `bucket=${String(bucket).padStart(2, '0')}`;
}

/** The one file of each bucket of a bucketed table, in bucket order. */
export function bucketFiles(tableDir: string): string[] {
  return readdirSync(tableDir)
    .filter((name) => name.startsWith('bucket='))
    .toSorted((a, b) => Number(a.slice(7)) - Number(b.slice(7)))
    .map((name) => join(tableDir, name, 'part.parquet'));
}

/** Writes a table bucket by bucket with a statement that takes `$bucket`; returns the row count. */
export async function writeBuckets(
  sql: Sql,
  tableDir: string,
  buckets: number,
  statement: Statement,
  values: SqlValues = {},
): Promise<number> {
  const rows = await sql.each(buckets, (bucket) => {
    const folder = join(tableDir, bucketFolder(bucket));
    mkdirSync(folder, { recursive: true });
    return sql.writeParquet(join(folder, 'part.parquet'), statement, { ...values, bucket });
  });
  return rows.reduce((sum, n) => sum + n, 0);
}
