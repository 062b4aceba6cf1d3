import {
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBMaterializedResult,
} from '@duckdb/node-api';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { EngineError } from '../../domain/index.ts';
import { sqlMemoryMb } from '../machine/index.ts';
import { Chunk } from './chunk.ts';
import { type InputFile, readParquetFile, readTextFile, rejectedLines, textRows } from './input.ts';
import { exactPath, literal } from './literal.ts';
import { type Cell, type Sql, type SqlOptions } from './sql.ts';
import { type Statement, type SqlValues, render } from './statements.ts';

const prelude = new URL('prelude.duckdb.sql', import.meta.url);
/** Statements run at a time; each holds its own sorts and row groups in memory. */
const mostParallel = 4;
const noRejects = {
  name: 'no_rejects',
  text: "SELECT CAST(0 AS BIGINT) AS source_row, '' AS reason, '' AS raw WHERE FALSE",
};

/** Opens an in-memory DuckDB session; the library is loaded on the first call. */
export async function openDuckDb(options: SqlOptions): Promise<Sql> {
  const { DuckDBInstance: Instance } = await import('@duckdb/node-api').catch((cause: unknown) => {
    throw new EngineError('DuckDB cannot be loaded.', {
      code: 'sql.missing',
      remedy: 'Run npm ci on a supported platform.',
      cause,
    });
  });
  const threads = options.threads ?? availableParallelism();
  const instance = await Instance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${options.memoryMb || sqlMemoryMb()}MB`,
    temp_directory: options.scratchDir,
    autoinstall_known_extensions: 'false',
  });
  const session = new DuckDb(instance, Math.min(threads, mostParallel));
  await session.execute('prelude', `SET TimeZone = 'UTC'`);
  for (const macro of readFileSync(prelude, 'utf8')
    .split(/^-- name: \w+$/m)
    .slice(1))
    await session.execute('prelude', macro);
  return session;
}

class DuckDb implements Sql {
  private readonly instance: DuckDBInstance;
  private readonly parallel: number;
  private readonly idle: DuckDBConnection[] = [];
  private readonly kinds = new Map<string, 'TABLE' | 'VIEW'>();

  constructor(instance: DuckDBInstance, parallel: number) {
    this.instance = instance;
    this.parallel = parallel;
  }

  async execute(name: string, text: string): Promise<void> {
    await this.attempt(name, text, (connection) => connection.run(text));
  }

  async view(name: string, statement: Statement, values?: SqlValues): Promise<void> {
    await this.make(name, 'VIEW', statement, values);
  }

  async table(name: string, statement: Statement, values?: SqlValues): Promise<number> {
    const result = await this.make(name, 'TABLE', statement, values);
    return Number((await result.getRows())[0]?.[0] ?? 0);
  }

  async drop(name: string): Promise<void> {
    const kind = this.kinds.get(name);
    if (kind === undefined) return;
    await this.execute('drop', `DROP ${kind} ${name}`);
    this.kinds.delete(name);
  }

  async parquet(name: string, paths: readonly string[]): Promise<void> {
    const text = `SELECT * FROM read_parquet(${literal(paths.map(exactPath))}, hive_partitioning = true,
  hive_types_autocast = false)`;
    await this.view(name, { name: `parquet_${name}`, text });
  }

  async input(name: string, file: InputFile): Promise<void> {
    const rejects = `${name}_rejects`;
    if (file.format === 'parquet') {
      await this.view(name, readParquetFile(file));
      await this.view(rejects, noRejects);
      return;
    }
    await this.execute(
      'drop',
      `DROP TABLE IF EXISTS ${name}_lost; DROP TABLE IF EXISTS ${name}_lost_scans`,
    );
    await this.table(`${name}_raw`, readTextFile(file, `${name}_lost`));
    await this.view(name, textRows(file, `${name}_raw`));
    await this.view(rejects, rejectedLines(file, `${name}_raw`, `${name}_lost`));
  }

  async columns(name: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.rows({ name: 'describe', text: `DESCRIBE ${name}` });
    return new Map(rows.map((row) => [String(row['column_name']), String(row['column_type'])]));
  }

  async rows(statement: Statement, values?: SqlValues): Promise<Readonly<Record<string, Cell>>[]> {
    const text = render(statement, values);
    const reader = await this.attempt(statement.name, text, (connection) =>
      connection.runAndReadAll(text),
    );
    return reader
      .getRowObjects()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([key, value]) => [key, cell(statement.name, key, value)]),
        ),
      );
  }

  async *chunks(statement: Statement, values?: SqlValues): AsyncGenerator<Chunk> {
    const text = render(statement, values);
    const result = await this.attempt(statement.name, text, (connection) => connection.run(text));
    const names = result.columnNames();
    for (let i = 0; i < result.chunkCount; i++) {
      const chunk = result.getChunk(i);
      if (chunk.rowCount > 0) yield new Chunk(chunk, names);
    }
  }

  async writeParquet(path: string, statement: Statement, values?: SqlValues): Promise<number> {
    const text = `COPY (${render(statement, values)}) TO ${literal(path)} (FORMAT parquet)`;
    const result = await this.attempt(statement.name, text, (connection) => connection.run(text));
    return Number((await result.getRows())[0]?.[0] ?? 0);
  }

  async each<T>(count: number, task: (index: number) => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    let next = 0;
    const worker = async () => {
      try {
        for (let i = next++; i < count; i = next++) results[i] = await task(i);
      } catch (error) {
        next = count;
        throw error;
      }
    };
    // who fails must not leave others writing into a folder that the caller is about to remove
    const workers = Array.from({ length: Math.min(this.parallel, count) }, worker);
    const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    return results;
  }

  private async make(
    name: string,
    kind: 'TABLE' | 'VIEW',
    statement: Statement,
    values?: SqlValues,
  ): Promise<DuckDBMaterializedResult> {
    if (this.kinds.get(name) !== kind) await this.drop(name);
    const text = `CREATE OR REPLACE ${kind} ${name} AS ${render(statement, values)}`;
    const result = await this.attempt(statement.name, text, (connection) => connection.run(text));
    this.kinds.set(name, kind);
    return result;
  }

  async close(): Promise<void> {
    for (const connection of this.idle) connection.closeSync();
    this.instance.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async attempt<T>(
    name: string,
    sql: string,
    run: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const connection = this.idle.pop() ?? (await this.instance.connect());
    try {
      return await run(connection);
    } catch (cause) {
      const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
      throw new SqlError(`DuckDB could not run ${name}: ${why}`, sql, cause);
    } finally {
      this.idle.push(connection);
    }
  }
}

/** A statement that the engine refused; keeps its text. */
export class SqlError extends EngineError {
  readonly sql: string;

  constructor(message: string, sql: string, cause: unknown) {
    super(message, { code: 'sql.failed', cause });
    this.sql = sql;
  }
}

function cell(statement: string, column: string, value: unknown): Cell {
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
  } else if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) {
    return value as Cell;
  }
  throw new EngineError(`${statement}.${column} must be cast to text or a safe number.`, {
    code: 'sql.column',
  });
}
