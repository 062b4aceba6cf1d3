import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Artifact, type Sql, listArtifacts } from '../../platform/index.ts';
import { withSql } from '../session.ts';
import { openErased } from './erase-parts.ts';
import { type EraseOptions } from './erase-bronze.ts';
import { journalPath } from './journal.ts';
import { namesErased } from './search.ts';
import { erasureDir } from './tombstones.ts';

/** Everything made from bronze, in the lake and after it. */
export function derivedArtifacts(dataDir: string): Artifact[] {
  const lake = ['silver', 'gold', 'day'].map((kind) => join(dataDir, 'lake', kind));
  const later = join(dataDir, 'artifacts');
  const kinds = existsSync(later) ? readdirSync(later).filter((name) => !name.startsWith('.')) : [];
  return [...lake, ...kinds.map((kind) => join(later, kind))].flatMap(listArtifacts);
}

/**
 * The artifacts that hold anything of the listeners of the journal: those whose files name one of them,
 * and all that were made from these.
 */
export async function affectedArtifacts(
  dataDir: string,
  options: EraseOptions = {},
): Promise<Artifact[]> {
  const all = derivedArtifacts(dataDir);
  const affected = new Set<Artifact>();
  await withSql(erasureDir(dataDir), options.limits ?? {}, async (sql: Sql) => {
    await openErased(sql, journalPath(dataDir));
    for (const [i, artifact] of all.entries()) {
      options.onProgress?.('forget search', i, all.length);
      if ((await namesErased(sql, artifact.path)) > 0) affected.add(artifact);
    }
  });
  for (;;) {
    const digests = new Set([...affected].map(({ manifest }) => manifest.contentDigest));
    const more = all.filter(
      (artifact) =>
        !affected.has(artifact) &&
        Object.values(artifact.manifest.inputs).some((digest) => digests.has(digest)),
    );
    if (more.length === 0) return all.filter((artifact) => affected.has(artifact));
    for (const artifact of more) affected.add(artifact);
  }
}
