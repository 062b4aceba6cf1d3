import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Sql, openDuckDb, temporaryName } from '../platform/index.ts';

/** How much of the machine a stage of the lake may use. Results do not depend on it. */
export interface Limits {
  /** Default: all cores. */
  readonly threads?: number;
  /** Memory of the SQL engine; beyond it, it spills to disk. Default (and 0): what the process may use. */
  readonly memoryMb?: number;
}

/** Called as a stage goes on: what it does, and how many of how many steps are done. */
export type OnProgress = (step: string, done: number, total: number) => void;

/** Runs `use` with a SQL session whose spilled data lie in `dir`, under a name that goes away. */
export async function withSql<T>(
  dir: string,
  limits: Limits,
  use: (sql: Sql) => Promise<T>,
): Promise<T> {
  const scratchDir = temporaryName(join(dir, 'scratch'));
  mkdirSync(scratchDir, { recursive: true });
  try {
    await using sql = await openDuckDb({ ...limits, scratchDir });
    return await use(sql);
  } finally {
    rmSync(scratchDir, { recursive: true, force: true });
  }
}
