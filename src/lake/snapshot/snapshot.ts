import { join } from 'node:path';
import { ArtifactError } from '../../domain/index.ts';
import {
  type Artifact,
  ColWriter,
  type Sql,
  buildArtifact,
  digestJson,
} from '../../platform/index.ts';
import { bucketFiles } from '../buckets.ts';
import { snapshotDir } from '../layout.ts';
import { type Limits, type OnProgress, withSql } from '../session.ts';
import { indexCatalogue, writeCatalogue } from './catalogue.ts';
import {
  indexListeners,
  writeListeners,
  writePlaylists,
  writeResponses,
  writeSessions,
} from './listeners.ts';

export interface SnapshotOptions {
  readonly dataDir: string;
  readonly gold: Artifact;
  /** Newest distinct tracks kept of a listener's history. */
  readonly historyTracks?: number;
  /** Events from which a listener counts as known well enough. */
  readonly minPlays?: number;
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
  readonly limits?: Limits;
}

const schema = 2;
const goldFiles = [
  'listener_profile',
  'track_stats',
  'track_country',
  'artist_stats',
  'genre_weeks',
  'blocks',
  'playlists',
] as const;

/** Name of a bucket's file: `listeners-0003.col`. */
export function bucketFile(kind: 'listeners' | 'sessions' | 'responses', bucket: number): string {
  return `${kind}-${String(bucket).padStart(4, '0')}.col`;
}

/** Gold as `.col` files for the crate: see docs/formats.md. */
export async function snapshot(options: SnapshotOptions): Promise<Artifact> {
  const { dataDir, gold, historyTracks = 250, minPlays = 5, limits = {} } = options;
  const { asOf, contentDigest } = gold.manifest;
  if (asOf === null || gold.manifest.kind !== 'gold')
    throw new ArtifactError(`${gold.path} is not a gold artifact.`, {
      code: 'snapshot.input',
      remedy: 'Give the artifact that gold() returned.',
    });
  const identity = {
    kind: 'snapshot',
    schema,
    asOf,
    inputs: { gold: contentDigest },
    config: { historyTracks, minPlays },
    seed: 0,
  };
  const values = { history_tracks: historyTracks, min_plays: minPlays };
  return buildArtifact(
    snapshotDir(dataDir),
    identity,
    (dir) => withSql(dir, limits, (sql) => build(sql, dir, gold, asOf, values, options.onProgress)),
    { force: options.force ?? false },
  );
}

async function build(
  sql: Sql,
  dir: string,
  gold: Artifact,
  asOf: number,
  values: { history_tracks: number; min_plays: number },
  onProgress?: OnProgress,
) {
  for (const name of goldFiles)
    await sql.parquet(`gold_${name}`, [join(gold.path, `${name}.parquet`)]);
  const tracks = bucketFiles(join(gold.path, 'listener_tracks'));
  const responses = bucketFiles(join(gold.path, 'responses'));
  const digests: Record<string, string> = {};
  const write = async <T>(file: string, fill: (writer: ColWriter) => Promise<T>, meta = {}) => {
    const writer = new ColWriter(join(dir, file));
    const result = await fill(writer);
    digests[file] = await writer.close(meta);
    return result;
  };
  onProgress?.('snapshot catalogue', 0, tracks.length + 1);
  await indexCatalogue(sql);
  await indexListeners(sql);
  let done = 1;
  const counts = await sql.each(tracks.length, async (bucket) => {
    const count = await write(bucketFile('listeners', bucket), (writer) =>
      writeListeners(sql, writer, tracks[bucket] as string, { ...values, bucket }),
    );
    await write(bucketFile('sessions', bucket), (writer) =>
      writeSessions(sql, writer, responses[bucket] as string, bucket),
    );
    await write(bucketFile('responses', bucket), (writer) =>
      writeResponses(sql, writer, bucket, count),
    );
    onProgress?.('snapshot listeners', ++done, tracks.length + 1);
    return count;
  });
  const listeners = counts.reduce((sum, n) => sum + n, 0);
  const meta = { asOf: Math.floor(asOf / 1000), listeners, buckets: tracks.length };
  await write('catalogue.col', (writer) => writeCatalogue(sql, writer), meta);
  await write('playlists.col', (writer) => writePlaylists(sql, writer));
  return {
    maxEventTime: gold.manifest.maxEventTime,
    contentDigest: digestJson(digests),
    counts: { listeners, buckets: tracks.length },
  };
}
