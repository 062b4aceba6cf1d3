import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface IngestManifest {
  readonly ingestId: string;
  readonly contentDigest: string;
  readonly ingestedAt: number;
}

/** Manifests of a lake's finished ingests, by id. */
export function readBronzeManifests(dataDir: string): IngestManifest[] {
  const bronze = join(dataDir, 'lake', 'bronze');
  if (!existsSync(bronze)) return [];
  return readdirSync(bronze)
    .filter((name) => name.startsWith('ingest_id='))
    .toSorted()
    .map(
      (name) =>
        JSON.parse(readFileSync(join(bronze, name, 'manifest.json'), 'utf8')) as IngestManifest,
    );
}
