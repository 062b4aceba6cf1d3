import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArtifactError } from '../domain/index.ts';
import {
  inside,
  machineFault,
  openDuckDb,
  readManifest,
  sweepTemporaries,
  syncPath,
  temporaryName,
} from '../platform/index.ts';
import { decodeList } from '../playlist/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import { CatalogueView } from '../serving/index.ts';
import { type GenerationInfo, RunFolder, readLists, valueAt } from '../weekly/index.ts';

export const exportFormats = ['parquet', 'csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const columns = ['user_id', 'week', 'rank', 'track_id', 'score', 'source', 'propensity'] as const;
type Cells = readonly [string, string, number, string, number, string, number];

/**
 * Writes a generation's lists, one row per place: `user_id, week, rank, track_id, score, source,
 * propensity`, buckets in order, listeners by id within a bucket, ranks from 1. The file appears
 * under its name only when it is whole.
 */
export async function exportLists(
  dataDir: string,
  info: GenerationInfo,
  format: ExportFormat,
  out: string,
  onProgress?: (done: number, total: number) => void,
): Promise<{ listeners: number; rows: number }> {
  const run = RunFolder.reopen(dataDir, info.run);
  await run.verify();
  const catalogue = new CatalogueView(
    snapshotFiles(readManifest(inside(dataDir, info.snapshot))).catalogue,
  );
  mkdirSync(dirname(out), { recursive: true });
  sweepTemporaries(dirname(out), out);
  const scratch = temporaryName(out);
  mkdirSync(scratch);
  try {
    const text = join(scratch, format === 'jsonl' ? 'lists.jsonl' : 'lists.csv');
    const counts = writeText(
      run,
      info,
      catalogue,
      text,
      format === 'jsonl' ? jsonLine : csvLine,
      onProgress,
    );
    const file = format === 'parquet' ? await toParquet(text, scratch) : text;
    syncPath(file);
    renameSync(file, out);
    return counts;
  } catch (error) {
    throw machineFault(error, dirname(out)) ?? error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function writeText(
  run: RunFolder,
  info: GenerationInfo,
  catalogue: CatalogueView,
  path: string,
  line: (cells: Cells) => string,
  onProgress?: (done: number, total: number) => void,
): { listeners: number; rows: number } {
  const file = openSync(path, 'w');
  let listeners = 0;
  let rows = 0;
  try {
    if (path.endsWith('.csv')) writeSync(file, `${columns.join(',')}\n`);
    for (const bucket of run.buckets()) {
      const lists = readLists(run.listsPath(bucket));
      for (const [i, user] of lists.users.entries()) {
        const { tracks } = decodeList(valueAt(lists, i));
        const part = tracks.map((slot, place) => {
          if (slot.track >= catalogue.tracks)
            throw new ArtifactError(`The list of ${user} names a track that its catalogue lacks.`, {
              code: 'artifact.mixed',
            });
          return line([
            user,
            info.week,
            place + 1,
            catalogue.track(slot.track).trackId,
            slot.score,
            slot.source,
            slot.propensity,
          ]);
        });
        writeSync(file, part.join(''));
        rows += part.length;
        listeners++;
        if (listeners % 1000 === 0) onProgress?.(listeners, info.listeners);
      }
    }
  } finally {
    closeSync(file);
  }
  return { listeners, rows };
}

function jsonLine(cells: Cells): string {
  return `${JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, cells[i]])))}\n`;
}

function csvLine(cells: Cells): string {
  return `${cells.map((cell) => (typeof cell === 'number' ? String(cell) : `"${cell.replaceAll('"', '""')}"`)).join(',')}\n`;
}

async function toParquet(text: string, scratchDir: string): Promise<string> {
  const sql = await openDuckDb({ scratchDir });
  const path = join(scratchDir, 'lists.parquet');
  try {
    await sql.input('lists', { path: text, format: 'csv', columns: [...columns] });
    await sql.writeParquet(path, {
      name: 'export_lists',
      text: `SELECT user_id, week, CAST(rank AS INTEGER) AS rank, track_id, CAST(score AS DOUBLE) AS score,
  source, CAST(propensity AS DOUBLE) AS propensity FROM lists ORDER BY source_row`,
    });
  } finally {
    await sql.close();
  }
  return path;
}
