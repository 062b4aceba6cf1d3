import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorldConfig } from './config.ts';
import { generateWorld } from './generate.ts';
import type { WorldSummary } from './summary.ts';

/** A generated world that tests ask in SQL; its tables are views (`known`, `off_taste` too). */
export interface TestWorld extends Disposable {
  readonly folder: string;
  readonly summary: WorldSummary;
  /** Rows as arrays of numbers and strings. */
  ask(sql: string): Promise<(number | string | null)[][]>;
  /** The one number that a query gives. */
  number(sql: string): Promise<number>;
}

/** Generates a world into a temporary folder, removed on disposal. */
export async function temporaryWorld(config: WorldConfig): Promise<TestWorld> {
  const parent = mkdtempSync(join(tmpdir(), 'deepcuts-world-'));
  const folder = join(parent, 'world');
  const summary = await generateWorld(config, folder);
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
  const tables = ['events', 'tracks', 'listeners', 'playlists', 'truth/known', 'truth/off-taste'];
  for (const table of tables) {
    const name = table.replace('truth/', '').replace('-', '_');
    await connection.run(`CREATE VIEW ${name} AS FROM '${folder}/${table}/*.parquet'`);
  }
  // every start of a track, with its recording's first release and its genre
  await connection.run(`CREATE TABLE starts AS
    SELECT * FROM events WHERE kind IN ('play', 'skip')`);
  const ask = async (sql: string) => {
    const rows = (await connection.runAndReadAll(sql)).getRows();
    return rows.map((row) =>
      row.map((value) =>
        value === null || typeof value === 'number'
          ? value
          : typeof value === 'bigint'
            ? Number(value)
            : String(value),
      ),
    );
  };
  return {
    folder,
    summary,
    ask,
    number: async (sql) => Number((await ask(sql))[0]?.[0]),
    [Symbol.dispose]: () => {
      connection.closeSync();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
