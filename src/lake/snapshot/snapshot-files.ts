import { join } from 'node:path';
import { type Artifact, inside } from '../../platform/index.ts';

/** Absolute paths of a snapshot's `.col` files, buckets in order. */
export interface SnapshotFiles {
  readonly catalogue: string;
  readonly listeners: readonly string[];
  readonly sessions: readonly string[];
  readonly responses: readonly string[];
  readonly playlists: string;
}

/** The files of a snapshot artifact, by its manifest. */
export function snapshotFiles(snapshot: Artifact): SnapshotFiles {
  const named = (prefix: string): string[] =>
    Object.keys(snapshot.manifest.files)
      .filter((name) => name.startsWith(prefix) && name.endsWith('.col'))
      .toSorted()
      .map((name) => inside(snapshot.path, name));
  return {
    catalogue: join(snapshot.path, 'catalogue.col'),
    listeners: named('listeners-'),
    sessions: named('sessions-'),
    responses: named('responses-'),
    playlists: join(snapshot.path, 'playlists.col'),
  };
}
