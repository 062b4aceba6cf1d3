import {
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBMaterializedResult,
} from '@duckdb/node-api';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { EngineError } from '../../domain/index.ts';
import { Chunk } from './chunk.ts';
import { type InputFile, readParquetFile, readTextFile, rejectedLines, textRows } from './input.ts';
import { literal } from './literal.ts';
import { type Cell, type ParquetPart, type Sql, type SqlOptions } from './sql.ts';
import { type Statement, type SqlValues, render } from './statements.ts';

const prelude = new URL('prelude.duckdb.sql', import.meta.url);
/** Files written at a time; each holds its own sort and row group in memory. */
const mostWriters = 4;
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
    memory_limit: `${options.memoryMb ?? 1024}MB`,
    temp_directory: options.scratchDir,
    autoinstall_known_extensions: 'false',
  });
  const session = new DuckDb(instance, await instance.connect(), Math.min(threads, mostWriters));
  await session.execute('prelude', `SET TimeZone = 'UTC'`);
  for (const macro of readFileSync(prelude, 'utf8')
    .split(/^-- name: \w+$/m)
    .slice(1))
    await session.execute('prelude', macro);
  return session;
}

class DuckDb implements Sql {
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;
  private readonly writers: number;
  private readonly kinds = new Map<string, 'TABLE' | 'VIEW'>();

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, writers: number) {
    this.instance = instance;
    this.connection = connection;
    this.writers = writers;
  }

  async execute(name: string, text: string): Promise<void> {
    await this.attempt(name, text, () => this.connection.run(text));
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
    const text = `SELECT * FROM read_parquet(${literal(paths)}, hive_partitioning = true,
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
    const reader = await this.attempt(statement.name, text, () =>
      this.connection.runAndReadAll(text),
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
    const result = await this.attempt(statement.name, text, () => this.connection.run(text));
    const names = result.columnNames();
    for (let i = 0; i < result.chunkCount; i++) {
      const chunk = result.getChunk(i);
      if (chunk.rowCount > 0) yield new Chunk(chunk, names);
    }
  }

  async writeParquet(path: string, statement: Statement, values?: SqlValues): Promise<number> {
    return this.copy(this.connection, {
      path,
      statement,
      ...(values === undefined ? {} : { values }),
    });
  }

  async writeParquets(parts: readonly ParquetPart[]): Promise<number[]> {
    const counts: number[] = [];
    const queue = [...parts.entries()];
    const writer = async () => {
      const connection = await this.instance.connect();
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift())
          counts[next[0]] = await this.copy(connection, next[1]);
      } finally {
        connection.closeSync();
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.writers, parts.length) }, writer));
    return counts;
  }

  private async make(
    name: string,
    kind: 'TABLE' | 'VIEW',
    statement: Statement,
    values?: SqlValues,
  ): Promise<DuckDBMaterializedResult> {
    if (this.kinds.get(name) !== kind) await this.drop(name);
    const text = `CREATE OR REPLACE ${kind} ${name} AS ${render(statement, values)}`;
    const result = await this.attempt(statement.name, text, () => this.connection.run(text));
    this.kinds.set(name, kind);
    return result;
  }

  private async copy(connection: DuckDBConnection, part: ParquetPart): Promise<number> {
    const { path, statement, values } = part;
    const text = `COPY (${render(statement, values)}) TO ${literal(path)} (FORMAT parquet)`;
    const result = await this.attempt(statement.name, text, () => connection.run(text));
    return Number((await result.getRows())[0]?.[0] ?? 0);
  }

  async close(): Promise<void> {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async attempt<T>(name: string, sql: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (cause) {
      const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
      throw new SqlError(`DuckDB could not run ${name}: ${why}`, sql, cause);
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
