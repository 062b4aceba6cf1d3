import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../domain/index.ts';
import { type Sql, SqlError, syncPath } from '../../platform/index.ts';
import { type BronzeManifest } from '../bronze.ts';
import { type BronzeTable, bronzeTables } from '../layout.ts';
import { type OnProgress } from '../session.ts';
import { tableColumns } from './columns.ts';
import { summarise } from './summarise.ts';
import { decompressTo, nameParts } from './files.ts';
import { requireShortFields } from './quotes.ts';
import { type Stamp, emptyTable, normalise, unfit } from './normalise.ts';
import { type Source } from './source.ts';

type Written = Pick<BronzeManifest, 'rows' | 'quarantined' | 'newestEvent' | 'erased'>;

/** Rows by table. */
type Taken = Readonly<Partial<Record<BronzeTable | 'quarantine', number>>>;

/** Columns of a file; the engine's time and memory grow with them. */
const mostColumns = 1000;

const quarantineTable = {
  name: 'empty_quarantine',
  text: `SELECT '' AS table_name, '' AS source_file, CAST(0 AS BIGINT) AS source_row, '' AS reason,
  '' AS raw WHERE FALSE`,
};

/**
 * Writes the tables of one ingest below `dir`, a Parquet part per source; `leaveOut` then takes rows out
 * of them and returns how many.
 */
export async function writeBronze(
  sql: Sql,
  dir: string,
  sources: readonly Source[],
  stamp: Stamp,
  leaveOut: (sql: Sql) => Promise<Taken>,
  onProgress?: OnProgress,
): Promise<Written> {
  const rows = Object.fromEntries(bronzeTables.map((table) => [table, 0])) as Record<
    BronzeTable,
    number
  >;
  for (const table of [...bronzeTables, 'quarantine']) mkdirSync(join(dir, table));
  for (const table of bronzeTables)
    if (!sources.some((source) => source.table === table))
      await sql.writeParquet(join(dir, table, part(0)), emptyTable(table));
  await sql.writeParquet(join(dir, 'quarantine', part(0)), quarantineTable);
  for (const [i, source] of sources.entries()) {
    onProgress?.(`ingest ${source.name}`, i, sources.length);
    rows[source.table] += await inFile(source, () => writeSource(sql, dir, i + 1, source, stamp));
  }
  onProgress?.('ingest', sources.length, sources.length);
  const taken = await leaveOut(sql);
  for (const table of bronzeTables) rows[table] -= taken[table] ?? 0;
  const erased = Object.values(taken).reduce((sum, n) => sum + n, 0);
  return { rows, erased, ...(await summarise(sql, dir)) };
}

const part = (number: number) => `part-${String(number).padStart(4, '0')}.parquet`;

async function writeSource(
  sql: Sql,
  dir: string,
  number: number,
  source: Source,
  stamp: Stamp,
): Promise<number> {
  // Engines read a cut-off .gz as if it were whole; unpacking checks it, and plain text is read in parallel.
  const unpacked = join(dir, `unpacked.${source.format}`);
  const packed = nameParts(source.path).compressed;
  if (packed) await decompressTo(source.path, unpacked);
  if (source.header !== undefined) {
    requireFewColumns(source, source.header.length);
    requireColumns(source, new Set(source.header));
  }
  const plain = packed ? unpacked : source.path;
  if (source.format === 'csv' && source.quote !== '')
    await requireShortFields(plain, source.delimiter ?? ',');
  await sql.input('source', {
    path: plain,
    format: source.format,
    columns: source.header ?? tableColumns[source.table].map((column) => column.name),
    ...(source.delimiter === undefined ? {} : { delimiter: source.delimiter }),
    ...(source.quote === undefined ? {} : { quote: source.quote }),
  });
  const types = await sql.columns('source');
  requireFewColumns(source, types.size);
  requireColumns(source, types);
  requireTypes(source, types);
  const { accepted, rejected } = normalise(source, types, stamp);
  const file = join(dir, source.table, part(number));
  const written = await sql.writeParquet(file, accepted);
  syncPath(file);
  const quarantine = join(dir, 'quarantine', part(number));
  if (
    source.summed ||
    written < (await countOf(sql, 'source')) ||
    (await countOf(sql, 'source_rejects')) > 0
  ) {
    const refused = await sql.writeParquet(quarantine, rejected);
    syncPath(quarantine);
    if (refused === 0) rmSync(quarantine);
    if (source.format === 'jsonl' && written === 0) await requireKeys(sql, source);
  }
  if (packed) rmSync(unpacked);
  return written;
}

async function countOf(sql: Sql, relation: string): Promise<number> {
  const [row] = await sql.rows({ name: 'count', text: `SELECT count(*) AS n FROM ${relation}` });
  return Number(row?.['n']);
}

function requireFewColumns(source: Source, count: number): void {
  if (count <= mostColumns) return;
  throw new DataError(`${source.path} has ${count} columns, more than ${mostColumns}.`, {
    code: 'ingest.columns',
    remedy: 'Give a file with the columns that docs/formats.md names.',
  });
}

function requireColumns(source: Source, names: { has(name: string): boolean }): void {
  for (const { name, required } of tableColumns[source.table]) {
    const column = source.renamed[name] ?? name;
    if (required && !(source.summed && name === 'ts') && !names.has(column))
      throw missing(source, column);
  }
}

/** A JSON file shows its keys only in its rows: none at all with a required key is a wrong file. */
async function requireKeys(sql: Sql, source: Source): Promise<void> {
  for (const { name, required } of tableColumns[source.table]) {
    if (!required) continue;
    const text = `SELECT count(*) AS n, count(${name}) AS given FROM source`;
    const [row] = await sql.rows({ name: 'keys', text });
    if (Number(row?.['n']) > 0 && row?.['given'] === 0) throw missing(source, name);
  }
}

function missing(source: Source, column: string): DataError {
  return new DataError(`${source.path} has no column ${column}.`, {
    code: 'ingest.column_missing',
    remedy: `A table of ${source.table} needs ${tableColumns[source.table]
      .filter((each) => each.required)
      .map((each) => each.name)
      .join(', ')}; rename or add the column.`,
  });
}

function requireTypes(source: Source, types: ReadonlyMap<string, string>): void {
  const wrong = unfit(source, types);
  if (wrong.length === 0) return;
  throw new DataError(`${source.path} has columns of a wrong type: ${wrong.join(', ')}.`, {
    code: 'ingest.column_type',
    remedy: 'See docs/formats.md for what each column holds.',
  });
}

async function inFile<T>(source: Source, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const unreadable = error instanceof SqlError || (error instanceof Error && 'errno' in error);
    if (!unreadable) throw error;
    const why =
      error instanceof SqlError && error.cause instanceof Error
        ? error.cause.message
        : error.message;
    throw new DataError(
      `${source.path} cannot be read as ${source.format}: ${why.split('\n')[0] ?? ''}`,
      {
        code: 'ingest.unreadable',
        remedy:
          'Check that the file is whole (write it again, or copy it again) and that you may read it.',
        cause: error,
      },
    );
  }
}
