import { type Statement } from './statements.ts';
import { exactPath, identifier, literal } from './literal.ts';

/** A file from outside, uncompressed. */
export interface InputFile {
  readonly path: string;
  readonly format: 'parquet' | 'csv' | 'jsonl';
  /** CSV: the header's names, in order. JSONL: the keys wanted. Unused for Parquet. */
  readonly columns: readonly string[];
  /** CSV only; default a comma. */
  readonly delimiter?: string;
  /** CSV only; an empty string where the format has no quoting. Default `"`. */
  readonly quote?: string;
}

/** A line longer than this breaks the format; DuckDB's buffers are 16 times as large. */
const longestLine = 1 << 20;

/** The statement that reads a Parquet file with the number of each row. */
export function readParquetFile(file: InputFile): Statement {
  return {
    name: 'read_parquet',
    text: `SELECT CAST(file_row_number + 1 AS BIGINT) AS source_row, * EXCLUDE (file_row_number)
FROM read_parquet(${literal(exactPath(file.path))}, file_row_number = true, hive_partitioning = false)`,
  };
}

/** The statement that reads a text file; broken lines go to the tables `rejects`, `scans`. */
export function readTextFile(file: InputFile, rejects: string): Statement {
  const jsonl = file.format === 'jsonl';
  const columns = jsonl ? ['line'] : file.columns;
  const quote = literal(jsonl ? '' : (file.quote ?? '"'));
  const types = columns.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  return {
    name: `read_${file.format}`,
    text: `SELECT * FROM read_csv(${literal(exactPath(file.path))}, auto_detect = false, header = ${String(!jsonl)},
  delim = ${literal(jsonl ? '\x01' : (file.delimiter ?? ','))}, quote = ${quote}, escape = ${quote},
  columns = {${types}}, store_rejects = true, rejects_table = ${literal(rejects)},
  rejects_scan = ${literal(`${rejects}_scans`)}, max_line_size = ${longestLine})`,
  };
}

/** Rows of a text file under their names, numbered; JSON lines are taken apart. */
export function textRows(file: InputFile, raw: string): Statement {
  if (file.format === 'csv')
    return { name: 'csv_rows', text: `SELECT rowid + 1 AS source_row, * FROM ${raw}` };
  const shape = JSON.stringify(Object.fromEntries(file.columns.map((name) => [name, 'VARCHAR'])));
  const fields = file.columns.map((name) => `fields.${identifier(name)}`).join(', ');
  return {
    name: 'jsonl_rows',
    text: `SELECT source_row, ${fields} FROM (
  SELECT rowid + 1 AS source_row, from_json(line, ${literal(shape)}) AS fields
  FROM ${raw} WHERE json_valid(line)) AS parsed`,
  };
}

/** The lines that broke the format: `source_row, reason, raw`. */
export function rejectedLines(file: InputFile, raw: string, rejects: string): Statement {
  const header = file.format === 'csv' ? 1 : 0;
  const broken = `SELECT CAST(min(line) - ${header} AS BIGINT) AS source_row,
  'broken line: ' || min(lower(CAST(error_type AS VARCHAR))) AS reason, min(csv_line) AS raw
FROM ${rejects} GROUP BY line`;
  if (file.format === 'csv') return { name: 'csv_rejects', text: broken };
  return {
    name: 'jsonl_rejects',
    text: `${broken} UNION ALL
SELECT rowid + 1, 'broken line: not json', line FROM ${raw} WHERE line IS NOT NULL AND NOT json_valid(line)`,
  };
}
