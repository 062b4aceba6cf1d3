import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, DataError, EngineError } from '../../domain/index.ts';
import {
  type Sql,
  digestJson,
  fileSize,
  sha256OfFile,
  sweepTemporaries,
  temporaryName,
  writeFileAtomic,
} from '../../platform/index.ts';
import {
  type BronzeManifest,
  type TimeRange,
  bronzeDigest,
  bronzePath,
  readBronze,
} from '../bronze.ts';
import { requireNoErasure } from '../erasure/journal.ts';
import { leaveOutForgotten } from '../erasure/leave-out.ts';
import { readTombstones } from '../erasure/tombstones.ts';
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
  /** The time whose events in earlier ingests these files take the place of; default: none. */
  readonly replaces?: TimeRange | null;
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
 * a file that breaks the format is a DataError and leaves the lake as it was. Rows of forgotten listeners
 * are left out and counted.
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const { dataDir, paths, onProgress, limits = {}, replaces = null } = options;
  requireNoErasure(dataDir);
  const now = arrivalTime(dataDir, options.now);
  if (existsSync(join(dataDir, 'lake', 'lake.json'))) lakeProperties(dataDir, options.buckets);
  const plan = await planOf(options.format, paths);
  if (replaces !== null && !plan.clock)
    throw new ConfigError(`Files of the format ${options.format} have no days to repair.`, {
      code: 'ingest.no_clock',
      remedy: 'Give events that carry a time.',
    });
  const forgotten = readTombstones(dataDir)?.marks ?? [];
  const sources = [];
  for (const source of plan.sources) {
    const sha256 = await sha256OfFile(source.path);
    sources.push({ name: source.name, table: source.table, bytes: fileSize(source.path), sha256 });
  }
  const inputs = sources.map((source) => `${source.table}:${source.sha256}`).toSorted();
  const ingestId = digestJson({
    format: options.format,
    inputs,
    ...(replaces === null ? {} : { replaces: { ...replaces } }),
  }).slice(0, 16);
  const path = bronzePath(dataDir, ingestId);
  const existing = readBronze(path);
  if (existing !== undefined) return { ...existing.manifest, path, repeated: true };

  const temporary = temporaryName(path);
  try {
    const { format } = options;
    const stamp = { ingestId, format, horizon: new Date(now + dayMs), within: replaces };
    const isNew = !existsSync(bronzeDir(dataDir));
    mkdirSync(temporary, { recursive: true });
    if (!isNew) sweepTemporaries(bronzeDir(dataDir));
    const leaveOut = (sql: Sql) => leaveOutForgotten(sql, dataDir, temporary);
    const written = await withSql(temporary, limits, (sql) =>
      writeBronze(sql, temporary, plan.sources, stamp, leaveOut, onProgress),
    );
    requireClock(written, paths, now);
    lakeProperties(dataDir, options.buckets);
    const { rows, quarantined, newestEvent, erased } = written;
    const received = {
      kind: 'bronze' as const,
      schema: 2 as const,
      ingestId,
      format,
      ingestedAt: now,
      clock: plan.clock,
      derivesTracks: plan.derivesTracks,
      rows,
      quarantined,
      sources,
      passedOver: plan.passedOver,
      replaces,
      erased,
      newestEvent: plan.clock ? newestEvent : null,
    };
    const manifest: BronzeManifest = { ...received, contentDigest: bronzeDigest(received) };
    writeFileAtomic(join(temporary, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
    requireSameTombstones(dataDir, forgotten);
    return { ...moveInto(temporary, path, manifest), path };
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Somebody forgotten while these files were read may be in them. */
function requireSameTombstones(dataDir: string, before: readonly string[]): void {
  requireNoErasure(dataDir);
  const now = new Set(readTombstones(dataDir)?.marks ?? []);
  if (now.size === before.length && before.every((mark) => now.has(mark))) return;
  throw new EngineError('A listener was forgotten while these files were read.', {
    code: 'ingest.erasure',
    remedy: 'Run the command again.',
  });
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
