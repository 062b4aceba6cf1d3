import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBType,
} from '@duckdb/node-api';

/** Staging types of a column. Text is for small tables: events stage numbers and name them in SQL. */
export type ColumnType = 'TINYINT' | 'SMALLINT' | 'INTEGER' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR';

/** One column to write; at least as many values as rows. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: ArrayLike<number | string | boolean | null>;
}

const chunkRows = 2048;

/**
 * Writes columns to Parquet files through an in-memory DuckDB, a data chunk at a time: no row is
 * ever an object. `write` copies the columns before it returns, so that the caller may fill them
 * again, and lets the file be written meanwhile; one file is in flight at most. Rows keep their
 * order.
 */
export class ParquetWriter {
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;
  private readonly types: Readonly<Record<ColumnType, DuckDBType>>;
  private readonly createChunk: (types: readonly DuckDBType[], rows: number) => DuckDBDataChunk;
  private inFlight: Promise<unknown> = Promise.resolve();

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    types: Readonly<Record<ColumnType, DuckDBType>>,
    createChunk: (types: readonly DuckDBType[], rows: number) => DuckDBDataChunk,
  ) {
    this.instance = instance;
    this.connection = connection;
    this.types = types;
    this.createChunk = createChunk;
  }

  /** Opens a writer; `variables` are SQL variables that the selects may read by getvariable(). */
  static async open(variables: Readonly<Record<string, number>> = {}): Promise<ParquetWriter> {
    const duckdb = await import('@duckdb/node-api');
    const { TINYINT, SMALLINT, INTEGER, DOUBLE, BOOLEAN, VARCHAR } = duckdb;
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      threads: '2',
      memory_limit: '400MB',
    });
    const connection = await instance.connect();
    for (const [name, value] of Object.entries(variables))
      await connection.run(`SET VARIABLE ${name} = ${value}`);
    return new ParquetWriter(
      instance,
      connection,
      { TINYINT, SMALLINT, INTEGER, DOUBLE, BOOLEAN, VARCHAR },
      (types, rows) => duckdb.DuckDBDataChunk.create(types, rows),
    );
  }

  /** Writes `rows` rows to `path`: the result of `select` over the columns, staged as table `staged`. */
  async write(
    path: string,
    rows: number,
    columns: readonly Column[],
    select: string,
  ): Promise<void> {
    await this.inFlight;
    const declared = columns.map((column) => `${column.name} ${column.type}`).join(', ');
    await this.connection.run(`CREATE OR REPLACE TABLE staged (${declared})`);
    const appender = await this.connection.createAppender('staged');
    const types = columns.map((column) => this.types[column.type]);
    const chunk = this.createChunk(types, chunkRows);
    for (let from = 0; from < rows; from += chunkRows) {
      const size = Math.min(chunkRows, rows - from);
      if (size < chunkRows) chunk.rowCount = size;
      columns.forEach(({ values }, c) => {
        const vector = chunk.getColumnVector(c);
        for (let i = 0; i < size; i++) vector.setItem(i, values[from + i] ?? null);
        vector.flush();
      });
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const target = path.replaceAll("'", "''");
    this.inFlight = this.connection.run(
      `COPY (${select}) TO '${target}' (FORMAT parquet, COMPRESSION snappy)`,
    );
    this.inFlight.catch(() => {}); // reported by the next `write` or by `close`
  }

  /** Waits for the last file and lets go of the engine. */
  async close(): Promise<void> {
    try {
      await this.inFlight;
    } finally {
      this.connection.closeSync();
      this.instance.closeSync();
    }
  }
}
