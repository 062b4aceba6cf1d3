import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ArtifactError } from '../domain/index.ts';
import { countShape, digestJson, digestShape, instantShape, readJson } from '../platform/index.ts';
import { type BronzeTable, bronzeDir, bronzeTables } from './layout.ts';

/** `manifest.json` of one ingest. */
export interface BronzeManifest {
  readonly kind: 'bronze';
  readonly schema: 2;
  readonly ingestId: string;
  readonly format: string;
  /** Epoch ms at which the ingest was made; later than that of every ingest before it, whatever the clock says. */
  readonly ingestedAt: number;
  /** Whether events carry a time. */
  readonly clock: boolean;
  /** Whether tracks that no catalogue names are made up from events. */
  readonly derivesTracks: boolean;
  readonly rows: Readonly<Record<BronzeTable, number>>;
  readonly quarantined: readonly {
    readonly table: string;
    readonly reason: string;
    readonly rows: number;
  }[];
  readonly sources: readonly {
    readonly name: string;
    readonly table: BronzeTable;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  readonly passedOver: readonly string[];
  /** The time whose events in earlier ingests this one takes the place of; null but for a backfill. */
  readonly replaces: TimeRange | null;
  /** Rows of forgotten listeners that were left out or taken out. */
  readonly erased: number;
  /** Epoch ms of the newest accepted event; null without events or without a clock. */
  readonly newestEvent: number | null;
  readonly contentDigest: string;
}

/** Epoch ms, `from` inclusive, `to` exclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Bronze {
  readonly path: string;
  readonly manifest: BronzeManifest;
}

const manifestShape = z.looseObject({
  kind: z.literal('bronze'),
  schema: z.literal(2),
  ingestId: z.string().regex(/^[0-9a-f]{16}$/),
  format: z.string(),
  ingestedAt: instantShape,
  clock: z.boolean(),
  derivesTracks: z.boolean(),
  rows: z.record(z.enum(bronzeTables), countShape),
  quarantined: z.array(z.object({ table: z.string(), reason: z.string(), rows: countShape })),
  sources: z.array(
    z.object({
      name: z.string(),
      table: z.enum(bronzeTables),
      bytes: countShape,
      sha256: digestShape,
    }),
  ),
  passedOver: z.array(z.string()),
  replaces: z.object({ from: instantShape, to: instantShape }).nullable(),
  erased: countShape,
  newestEvent: instantShape.nullable(),
  contentDigest: digestShape,
});

/** An ingest's content digest: what it was made from, and what of it was kept. */
export function bronzeDigest(manifest: Omit<BronzeManifest, 'contentDigest'>): string {
  const { ingestId, rows, quarantined, replaces, erased } = manifest;
  return digestJson({
    ingestId,
    rows: { ...rows },
    quarantined: quarantined.map((row) => ({ ...row })),
    ...(replaces === null ? {} : { replaces: { ...replaces } }),
    ...(erased === 0 ? {} : { erased }),
  });
}

export function bronzePath(dataDir: string, ingestId: string): string {
  return join(bronzeDir(dataDir), `ingest_id=${ingestId}`);
}

/** One ingest, or undefined when it is not there. A manifest that is damaged is an ArtifactError. */
export function readBronze(path: string): Bronze | undefined {
  const file = join(path, 'manifest.json');
  if (!existsSync(file)) return undefined;
  const manifest: BronzeManifest = readJson(file, manifestShape, (_, cause) =>
    damaged(file, cause),
  );
  return { path, manifest };
}

/** All ingests of a lake, oldest first; ties by id. */
export function listBronze(dataDir: string): Bronze[] {
  const dir = bronzeDir(dataDir);
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.startsWith('ingest_id='))
    .map((name) => readBronze(join(dir, name)))
    .filter((bronze) => bronze !== undefined)
    .toSorted(
      (a, b) =>
        a.manifest.ingestedAt - b.manifest.ingestedAt ||
        (a.manifest.ingestId < b.manifest.ingestId ? -1 : 1),
    );
}

/** The Parquet files of a table in these ingests. */
export function bronzeParts(ingests: readonly Bronze[], table: string): string[] {
  return ingests.flatMap(({ path }) => parquetParts(path, table));
}

/** The Parquet files of a table below a folder, in name order. */
export function parquetParts(path: string, table: string): string[] {
  return readdirSync(join(path, table))
    .filter((name) => name.endsWith('.parquet'))
    .toSorted()
    .map((name) => join(path, table, name));
}

function damaged(file: string, cause: unknown): ArtifactError {
  return new ArtifactError(`${file} is not the manifest of an ingest of this version.`, {
    code: 'bronze.manifest',
    remedy: 'Remove its folder and ingest the files again.',
    cause,
  });
}
