import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Artifact, type Cell, openDuckDb } from '../platform/index.ts';
import { bucketFiles } from './buckets.ts';
import {
  type IngestFormat,
  type IngestReport,
  type SilverRef,
  gold,
  ingest,
  refine,
  snapshot,
} from './index.ts';

type Row = Readonly<Record<string, Cell>>;

/** Noon of the day that tests call now. */
export const now = Date.UTC(2025, 2, 1, 12);
const limits = { threads: 1, memoryMb: 512 };

/** A lake in a folder of its own, for tests. */
export class TestLake {
  readonly dir = mkdtempSync(join(tmpdir(), 'deepcuts-lake-'));
  readonly dataDir = join(this.dir, 'data [1]*');

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Writes an input file; returns its path. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  async ingest(
    paths: string | string[],
    format: IngestFormat = 'generic',
    time = now,
  ): Promise<IngestReport> {
    const { dataDir } = this;
    return ingest({ dataDir, paths: [paths].flat(), format, now: time, limits, buckets: 4 });
  }

  async refine(threads = 1): Promise<SilverRef> {
    return refine({ dataDir: this.dataDir, limits: { ...limits, threads }, force: threads > 1 });
  }

  async gold(silver: SilverRef, asOf: number, trainingDays = 90): Promise<Artifact> {
    return gold({ dataDir: this.dataDir, silver, asOf, trainingDays, limits });
  }

  async snapshot(tables: Artifact, historyTracks = 250): Promise<Artifact> {
    return snapshot({ dataDir: this.dataDir, gold: tables, historyTracks, limits });
  }

  /** Ingests CSV tables by name and refines. */
  async silverOf(tables: Readonly<Record<string, string>>): Promise<SilverRef> {
    const folder = join(this.dir, `input-${String(readdirSync(this.dir).length)}`);
    for (const [name, text] of Object.entries(tables))
      this.file(join(folder.slice(this.dir.length + 1), `${name}.csv`), text);
    await this.ingest(folder);
    return this.refine();
  }
}

/** Rows of Parquet files by a query over `t`; times and lists come as text. */
export async function rowsOf(paths: readonly string[], query = 'SELECT * FROM t'): Promise<Row[]> {
  await using sql = await openDuckDb({ threads: 1, memoryMb: 256, scratchDir: tmpdir() });
  await sql.parquet('files', paths);
  const columns = [...(await sql.columns('files'))].map(([name, type]) =>
    /^TIMESTAMP|^DATE$|\[\]$/.test(type) ? `CAST(${name} AS VARCHAR) AS ${name}` : name,
  );
  await sql.view('t', { name: 'texts', text: `SELECT ${columns.join(', ')} FROM files` });
  return sql.rows({ name: 'test', text: query });
}

/** All rows of a table of an artifact, bucketed or not. */
export async function table(artifact: Artifact, name: string, query?: string): Promise<Row[]> {
  const bucketed = ['plays', 'listener_tracks', 'responses'].includes(name);
  const path = join(artifact.path, name);
  return rowsOf(bucketed ? bucketFiles(path) : [`${path}.parquet`], query);
}
