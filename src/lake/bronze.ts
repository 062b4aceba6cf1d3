import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactError } from '../domain/index.ts';
import { type BronzeTable, bronzeDir } from './layout.ts';

/** `manifest.json` of one ingest. */
export interface BronzeManifest {
  readonly kind: 'bronze';
  readonly schema: 1;
  readonly ingestId: string;
  readonly format: string;
  /** Epoch ms at which the ingest was made. */
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
  /** Epoch ms of the newest accepted event; null without events or without a clock. */
  readonly newestEvent: number | null;
  readonly contentDigest: string;
}

export interface Bronze {
  readonly path: string;
  readonly manifest: BronzeManifest;
}

export function bronzePath(dataDir: string, ingestId: string): string {
  return join(bronzeDir(dataDir), `ingest_id=${ingestId}`);
}

/** One ingest, or undefined when it is not there. A manifest that is damaged is an ArtifactError. */
export function readBronze(path: string): Bronze | undefined {
  const file = join(path, 'manifest.json');
  if (!existsSync(file)) return undefined;
  try {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as BronzeManifest;
    if (manifest.schema === 1) return { path, manifest };
  } catch (cause) {
    throw damaged(file, cause);
  }
  throw damaged(file);
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

function damaged(file: string, cause?: unknown): ArtifactError {
  return new ArtifactError(`${file} is not the manifest of an ingest of this version.`, {
    code: 'bronze.manifest',
    remedy: 'Remove its folder and ingest the files again.',
    cause,
  });
}
