import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, DataError } from '../../domain/index.ts';
import {
  digestJson,
  fileSize,
  sha256OfFile,
  sweepTemporaries,
  temporaryName,
  writeFileAtomic,
} from '../../platform/index.ts';
import { type BronzeManifest, bronzePath, readBronze } from '../bronze.ts';
import { bronzeDir, lakeProperties } from '../layout.ts';
import { arrivalTime, requireClock } from './clock.ts';
import { type Limits, type OnProgress, withSql } from '../session.ts';
import { type Found, findFiles } from './files.ts';
import { planGeneric } from './generic.ts';
import { planInteractions } from './interactions.ts';
import { planSessionRec } from './session-rec.ts';
import { type Plan } from './source.ts';
import { writeBronze } from './write.ts';

const formats = {
  generic: planGeneric,
  'session-rec': planSessionRec,
  interactions: planInteractions,
} satisfies Record<string, (files: readonly Found[]) => Promise<Plan>>;

export type IngestFormat = keyof typeof formats;
export const ingestFormats = Object.keys(formats) as IngestFormat[];

export interface IngestOptions {
  readonly dataDir: string;
  /** Files and folders. */
  readonly paths: readonly string[];
  readonly format: IngestFormat;
  /** Epoch ms; an event more than a day later is from the future. */
  readonly now: number;
  /** Only for a new lake. */
  readonly buckets?: number;
  readonly onProgress?: OnProgress;
  readonly limits?: Limits;
}

/** The manifest of the ingest, its folder, and whether it was there already. */
export interface IngestReport extends BronzeManifest {
  readonly path: string;
  readonly repeated: boolean;
}

const dayMs = 86_400_000;

/**
 * Files into bronze, in one rename. The same bytes in the same format are the same ingest: repeating
 * it changes nothing and says so. Rows that break a rule go to quarantine with file, row and reason;
 * a file that breaks the format is a DataError and leaves the lake as it was.
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const { dataDir, paths, onProgress, limits = {} } = options;
  const now = arrivalTime(dataDir, options.now);
  if (existsSync(join(dataDir, 'lake', 'lake.json'))) lakeProperties(dataDir, options.buckets);
  const plan = await planOf(options.format, paths);
  const sources = [];
  for (const source of plan.sources) {
    const sha256 = await sha256OfFile(source.path);
    sources.push({ name: source.name, table: source.table, bytes: fileSize(source.path), sha256 });
  }
  const inputs = sources.map((source) => `${source.table}:${source.sha256}`).toSorted();
  const ingestId = digestJson({ format: options.format, inputs }).slice(0, 16);
  const path = bronzePath(dataDir, ingestId);
  const existing = readBronze(path);
  if (existing !== undefined) return { ...existing.manifest, path, repeated: true };

  const temporary = temporaryName(path);
  try {
    const stamp = { ingestId, format: options.format, horizon: new Date(now + dayMs) };
    const isNew = !existsSync(bronzeDir(dataDir));
    mkdirSync(temporary, { recursive: true });
    if (!isNew) sweepTemporaries(bronzeDir(dataDir));
    const written = await withSql(temporary, limits, (sql) =>
      writeBronze(sql, temporary, plan.sources, stamp, onProgress),
    );
    const { rows, quarantined, newestEvent } = written;
    requireClock(written, paths, now);
    lakeProperties(dataDir, options.buckets);
    const manifest: BronzeManifest = {
      kind: 'bronze',
      schema: 1,
      ingestId,
      format: options.format,
      ingestedAt: now,
      clock: plan.clock,
      derivesTracks: plan.derivesTracks,
      rows,
      quarantined,
      sources,
      passedOver: plan.passedOver,
      newestEvent: plan.clock ? newestEvent : null,
      contentDigest: digestJson({
        ingestId,
        rows: { ...rows },
        quarantined: quarantined.map((row) => ({ ...row })),
      }),
    };
    writeFileAtomic(join(temporary, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
    return { ...moveInto(temporary, path, manifest), path };
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function planOf(format: string, paths: readonly string[]): Promise<Plan> {
  const plan = (formats as Partial<Record<string, (typeof formats)[IngestFormat]>>)[format];
  if (plan === undefined)
    throw new ConfigError(`"${format}" is not a format that can be ingested.`, {
      code: 'ingest.format',
      remedy: `Choose one of ${ingestFormats.join(', ')}.`,
    });
  const found = await plan(findFiles(paths));
  if (found.sources.length > 0) return found;
  throw new DataError(`${paths.join(', ')} holds no file of the format ${format}.`, {
    code: 'ingest.nothing',
    remedy: 'See docs/formats.md for the names and columns of its files.',
  });
}

function moveInto(temporary: string, path: string, manifest: BronzeManifest) {
  mkdirSync(dirname(path), { recursive: true });
  try {
    renameSync(temporary, path);
  } catch (error) {
    // Somebody ingested the same files meanwhile: theirs stands.
    const theirs = readBronze(path);
    if (theirs === undefined) throw error;
    rmSync(temporary, { recursive: true });
    return { ...theirs.manifest, repeated: true };
  }
  return { ...manifest, repeated: false };
}
