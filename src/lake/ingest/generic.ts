import { basename, dirname } from 'node:path';
import { type BronzeTable, bronzeTables } from '../layout.ts';
import { type Found, firstLine, nameParts, readHeader } from './files.ts';
import { type Plan, type Source } from './source.ts';

/**
 * The generic input: Parquet, CSV or JSONL tables named `events`, `tracks`, `listeners`,
 * `playlists`, `blocks` (`events.csv`, `events-2025.parquet`, `events/part-0.jsonl.gz`). A file
 * given by itself under another name is taken for events.
 */
export async function planGeneric(files: readonly Found[]): Promise<Plan> {
  const sources: Source[] = [];
  const passedOver: string[] = [];
  for (const file of files) {
    const { format } = nameParts(file.name);
    const table = tableOf(file) ?? (file.alone ? 'events' : undefined);
    if (format === undefined || table === undefined) {
      passedOver.push(file.name);
      continue;
    }
    const plain = { table, path: file.path, name: file.name, format, renamed: {}, summed: false };
    if (format !== 'csv') sources.push(plain);
    else {
      const { delimiter, names } = readHeader(await firstLine(file.path));
      sources.push({ ...plain, delimiter, header: names.map((name) => name.toLowerCase()) });
    }
  }
  return { sources, passedOver, clock: true, derivesTracks: false };
}

function tableOf(file: Found): BronzeTable | undefined {
  const { stem } = nameParts(file.name);
  const named = bronzeTables.find((table) => new RegExp(`^${table}([-_.].*)?$`, 'i').test(stem));
  if (named !== undefined) return named;
  const folders = dirname(file.name).split(/[\\/]/).toReversed();
  return [...folders, file.alone ? '' : basename(file.root)]
    .map((folder) => bronzeTables.find((table) => table === folder.toLowerCase()))
    .find((table) => table !== undefined);
}
