import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { tmpdir } from 'node:os';
import { derivedArtifacts } from '../../src/lake/index.ts';
import {
  type Manifest,
  filesBelow,
  openDuckDb,
  openLmdbStore,
  sha256,
} from '../../src/platform/index.ts';

/** What a data folder holds, by logical content: `kind as-of digest` of every artifact but these, sorted. */
export function contentsOf(dataDir: string, except: readonly string[] = []): string[] {
  return derivedArtifacts(dataDir)
    .filter(({ path }) => !except.includes(relative(dataDir, path)))
    .map(({ manifest }) => lineOf(manifest))
    .toSorted();
}

const lineOf = ({ kind, asOf, contentDigest }: Manifest): string =>
  `${kind} ${asOf ?? '-'} ${contentDigest}`;

/** Digest of every list in the live generation. */
export async function liveLists(dataDir: string, users: readonly string[]): Promise<string> {
  const store = await openLmdbStore(join(dataDir, 'store'));
  try {
    const { current } = await store.pointer();
    const lists: string[] = [];
    for (const user of users) {
      const value = current === null ? null : await store.get(current, user);
      lists.push(`${user} ${value === null ? '-' : sha256(value)}`);
    }
    return sha256(lists.join('\n'));
  } finally {
    await store.close();
  }
}

/**
 * Files below a data folder in which a text occurs: Parquet decoded, in any column of text; any other file
 * as bytes. Written apart from the product's own search.
 */
export async function filesNaming(dataDir: string, text: string): Promise<string[]> {
  await using sql = await openDuckDb({ threads: 1, memoryMb: 256, scratchDir: tmpdir() });
  const found: string[] = [];
  for (const name of filesBelow(dataDir)) {
    const path = join(dataDir, name);
    if (name.startsWith('world/') || name.startsWith('store/') || !existsSync(path)) continue;
    if (!name.endsWith('.parquet')) {
      if (readFileSync(path).includes(text)) found.push(name);
      continue;
    }
    await sql.parquet('any_file', [path]);
    const columns = [...(await sql.columns('any_file'))]
      .filter(([, type]) => type.startsWith('VARCHAR'))
      .map(([column]) => `contains(coalesce(CAST(${column} AS VARCHAR), ''), '${text}')`);
    if (columns.length === 0) continue;
    const [row] = await sql.rows({
      name: 'any',
      text: `SELECT count(*) AS n FROM any_file WHERE ${columns.join(' OR ')}`,
    });
    if (Number(row?.['n']) > 0) found.push(name);
  }
  return found;
}

/**
 * Rows of each listener in the tables of silver and gold that have listeners, as lines of table, count and
 * digest; of artifacts whose line of `contentsOf` is among these.
 */
export async function rowsByListener(
  dataDir: string,
  contents: readonly string[] = contentsOf(dataDir),
): Promise<ReadonlyMap<string, string>> {
  await using sql = await openDuckDb({ threads: 1, memoryMb: 512, scratchDir: tmpdir() });
  const lines = new Map<string, string[]>();
  for (const { manifest, path } of derivedArtifacts(dataDir)) {
    if (!['silver', 'gold'].includes(manifest.kind) || !contents.includes(lineOf(manifest)))
      continue;
    const tables = new Map<string, string[]>();
    for (const name of filesBelow(path).filter((file) => file.endsWith('.parquet'))) {
      const table = name.split('/')[0] as string;
      if (table !== 'quarantine.parquet')
        tables.set(table, [...(tables.get(table) ?? []), join(path, name)]);
    }
    for (const [table, files] of tables) {
      await sql.parquet('rows_of', files);
      const columns = await sql.columns('rows_of');
      if (!columns.has('user_id')) continue;
      // when a row was written is no part of what it says
      const said = columns.has('created_timestamp') ? '* EXCLUDE (created_timestamp)' : '*';
      const rows = await sql.rows({
        name: 'by_listener',
        text: `SELECT user_id, count(*) AS n,
  CAST(sum(row_digest(CAST(r AS VARCHAR))) AS VARCHAR) AS digest FROM (SELECT ${said} FROM rows_of) AS r GROUP BY user_id`,
      });
      for (const row of rows) {
        const user = String(row['user_id']);
        const line = `${manifest.kind} ${manifest.asOf} ${table} ${row['n']} ${row['digest']}`;
        lines.set(user, [...(lines.get(user) ?? []), line]);
      }
    }
  }
  return new Map([...lines].map(([user, all]) => [user, [...new Set(all)].toSorted().join('\n')]));
}
