import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Artifact, readManifest } from './artifact.ts';

/** The finished artifacts of a folder by version, for lineage: their files are not compared. */
export function listArtifacts(parentDir: string): Artifact[] {
  if (!existsSync(parentDir)) return [];
  return readdirSync(parentDir)
    .filter((name) => !name.startsWith('.') && existsSync(join(parentDir, name, 'manifest.json')))
    .toSorted()
    .map((name) => readManifest(join(parentDir, name)));
}
