import { join } from 'node:path';
import { type Sql, writeFileAtomic } from '../../platform/index.ts';
import {
  type Bronze,
  type BronzeManifest,
  bronzeDigest,
  listBronze,
  parquetParts,
} from '../bronze.ts';
import { summarise } from '../ingest/summarise.ts';
import { bronzeTables } from '../layout.ts';
import { type Limits, type OnProgress, withSql } from '../session.ts';
import { eraseParts, openErased } from './erase-parts.ts';
import { journalPath } from './journal.ts';
import { erasureDir } from './tombstones.ts';

export interface EraseOptions {
  readonly onProgress?: OnProgress;
  readonly limits?: Limits;
}

/**
 * Takes the listeners of the journal out of every ingest; returns the rows taken out. A manifest follows
 * its parts, with another digest, so that everything made from it is stale. Stopped anywhere and
 * repeated, it ends the same.
 */
export async function eraseBronze(dataDir: string, options: EraseOptions = {}): Promise<number> {
  const ingests = listBronze(dataDir);
  return withSql(erasureDir(dataDir), options.limits ?? {}, async (sql) => {
    await openErased(sql, journalPath(dataDir));
    let rows = 0;
    for (const [i, bronze] of ingests.entries()) {
      options.onProgress?.('forget bronze', i, ingests.length);
      rows += await eraseIngest(sql, bronze);
    }
    return rows;
  });
}

async function eraseIngest(sql: Sql, { path, manifest }: Bronze): Promise<number> {
  await eraseParts(sql, path);
  const { quarantined, newestEvent } = await summarise(sql, path);
  const rows = await countRows(sql, path);
  const gone = rowsOf(manifest) - rowsOf({ rows, quarantined });
  if (gone === 0) return 0;
  const { contentDigest: _before, ...kept } = manifest;
  const erased = {
    ...kept,
    rows,
    quarantined,
    newestEvent: manifest.clock ? newestEvent : null,
    erased: manifest.erased + gone,
  };
  const next = { ...erased, contentDigest: bronzeDigest(erased) };
  writeFileAtomic(join(path, 'manifest.json'), `${JSON.stringify(next, null, 1)}\n`);
  return gone;
}

async function countRows(sql: Sql, path: string): Promise<BronzeManifest['rows']> {
  const rows: Record<string, number> = {};
  for (const table of bronzeTables) {
    await sql.parquet('counted', parquetParts(path, table));
    const [row] = await sql.rows({ name: 'count', text: 'SELECT count(*) AS n FROM counted' });
    rows[table] = Number(row?.['n']);
  }
  return rows as BronzeManifest['rows'];
}

function rowsOf({ rows, quarantined }: Pick<BronzeManifest, 'rows' | 'quarantined'>): number {
  const all = [...Object.values(rows), ...quarantined.map((q) => q.rows)];
  return all.reduce((sum, n) => sum + n, 0);
}
