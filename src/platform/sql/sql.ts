import { type Chunk } from './chunk.ts';
import { type InputFile } from './input.ts';
import { type Statement, type SqlValues } from './statements.ts';

export type Cell = null | boolean | number | string;

/**
 * The SQL port: tables by name, written by SELECT statements that every engine of the product
 * understands (with the macros of its prelude). One session; names live as long as it does.
 */
export interface Sql extends AsyncDisposable {
  /** Names a SELECT; it is computed where it is used. */
  view(name: string, statement: Statement, values?: SqlValues): Promise<void>;
  /** Computes a SELECT once and keeps its rows under a name; returns their number. */
  table(name: string, statement: Statement, values?: SqlValues): Promise<number>;
  drop(name: string): Promise<void>;
  /** Names the rows of Parquet files; a folder name such as `bucket=03` becomes a text column. */
  parquet(name: string, paths: readonly string[]): Promise<void>;
  /**
   * Names the rows of a file from outside as they stand, with `source_row` (1-based). Text formats
   * give text columns. Lines that break the format are rows of `<name>_rejects`
   * (source_row, reason, raw).
   */
  input(name: string, file: InputFile): Promise<void>;
  /** Column names and engine types of a relation, in order. */
  columns(name: string): Promise<ReadonlyMap<string, string>>;
  /** All rows of a small result; 64-bit integers become numbers and must be safe ones. */
  rows(statement: Statement, values?: SqlValues): Promise<Readonly<Record<string, Cell>>[]>;
  /** Streams a result as typed arrays, about 2,048 rows each, without making rows. */
  chunks(statement: Statement, values?: SqlValues): AsyncGenerator<Chunk>;
  /** Writes a result to one Parquet file, in the order of the statement; returns the row count. */
  writeParquet(path: string, statement: Statement, values?: SqlValues): Promise<number>;
  /**
   * Runs tasks 0 .. count-1, several at a time; results in order. Tasks that make relations give each
   * a name of its own.
   */
  each<T>(count: number, task: (index: number) => Promise<T>): Promise<T[]>;
  close(): Promise<void>;
}

export interface SqlOptions {
  /** Default: all cores. Results do not depend on it. */
  readonly threads?: number;
  /** Beyond it tables spill to `scratchDir`. Default (and 0): see `sqlMemoryMb`. */
  readonly memoryMb?: number;
  /** An existing folder for spilled data. */
  readonly scratchDir: string;
}
