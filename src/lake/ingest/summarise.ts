import { type Sql } from '../../platform/index.ts';
import { type BronzeManifest, parquetParts } from '../bronze.ts';

/** What the parts of an ingest's folder hold of quarantine, by reason, and their newest event. */
export async function summarise(
  sql: Sql,
  dir: string,
): Promise<Pick<BronzeManifest, 'quarantined' | 'newestEvent'>> {
  await sql.parquet('bronze_events', parquetParts(dir, 'events'));
  await sql.parquet('bronze_quarantine', parquetParts(dir, 'quarantine'));
  const reasons = await sql.rows({
    name: 'quarantine_counts',
    text: `SELECT table_name, reason, count(*) AS n FROM bronze_quarantine
GROUP BY table_name, reason ORDER BY table_name, reason`,
  });
  const [newest] = await sql.rows({
    name: 'newest_event',
    text: 'SELECT CAST(floor(max(micros_of(ts)) / 1000) AS BIGINT) AS ms FROM bronze_events',
  });
  return {
    quarantined: reasons.map((row) => ({
      table: String(row['table_name']),
      reason: String(row['reason']),
      rows: Number(row['n']),
    })),
    newestEvent: typeof newest?.['ms'] === 'number' ? newest['ms'] : null,
  };
}
