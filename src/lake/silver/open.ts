import { join } from 'node:path';
import { type Sql } from '../../platform/index.ts';
import { bucketFiles } from '../buckets.ts';
import { type SilverRef } from './refine.ts';

/** Names silver's plays and these of its tables `silver_<table>`; returns the number of buckets. */
export async function openSilver(
  sql: Sql,
  silver: SilverRef,
  tables: readonly string[],
): Promise<number> {
  const files = bucketFiles(join(silver.path, 'plays'));
  await sql.parquet('silver_plays', files);
  for (const name of tables)
    await sql.parquet(`silver_${name}`, [join(silver.path, `${name}.parquet`)]);
  return files.length;
}
