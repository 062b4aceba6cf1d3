import { dirname, join } from 'node:path';
import { ArtifactError } from '../../domain/index.ts';
import {
  type Artifact,
  ColWriter,
  type Sql,
  type SqlValues,
  digestJson,
  statementsOf,
} from '../../platform/index.ts';
import { bucketFiles } from '../buckets.ts';
import { type Limits, withSql } from '../session.ts';
import { type SilverRef } from '../silver/refine.ts';
import { sameNames, writeColumns } from '../snapshot/columns.ts';

export interface FirstPlaysOptions {
  readonly silver: SilverRef;
  /** History as of `from` or earlier; what silver holds between the two is added. */
  readonly gold: Artifact;
  /** The snapshot of that gold: its track and listener indices are used. */
  readonly snapshot: Artifact;
  /** Epoch ms, inclusive. */
  readonly from: number;
  /** Epoch ms, exclusive. */
  readonly to: number;
  /** Path of `truth.col`; where lists were shown in the window, `shown.col` is written beside it. */
  readonly out: string;
  readonly limits?: Limits;
}

export interface FirstPlays {
  readonly listeners: number;
  readonly tracks: number;
  /** Newest event read, epoch ms; null when the window is empty. */
  readonly maxEventTime: number | null;
  /** Content digest of what was written. */
  readonly digest: string;
}

const statement = statementsOf(new URL('truth.sql', import.meta.url));

/**
 * What each listener discovered in [from, to): the recordings first played then by a person and not
 * known before. See docs/formats.md for `truth.col` and `shown.col`.
 */
export async function firstPlays(options: FirstPlaysOptions): Promise<FirstPlays> {
  const { silver, gold, snapshot, from, to, out, limits = {} } = options;
  const asOf = gold.manifest.asOf ?? Number.POSITIVE_INFINITY;
  if (asOf > from)
    throw new ArtifactError(
      `${gold.path} knows what happened after ${new Date(from).toISOString()}.`,
      { code: 'labels.from_the_future', remedy: 'Use gold as of the start of the window.' },
    );
  if (snapshot.manifest.inputs['gold'] !== gold.manifest.contentDigest)
    throw new ArtifactError(`${snapshot.path} was not made from ${gold.path}.`, {
      code: 'labels.mixed',
      remedy: 'Use the snapshot of that gold.',
    });
  const values = { from: from * 1000, to: to * 1000, as_of: asOf * 1000 };
  return withSql(dirname(out), limits, async (sql) => {
    await openRelations(sql, silver, gold, values);
    const truth = new ColWriter(out);
    const buckets = bucketFiles(join(silver.path, 'plays')).length;
    const counts = await writeTruth(sql, truth, buckets);
    const digests: Record<string, string> = { truth: await truth.close({}) };
    const shown = new ColWriter(join(dirname(out), 'shown.col'));
    if ((await writeShown(sql, shown)) > 0) digests['shown'] = await shown.close({});
    const [newest] = await sql.rows(statement('newest'), values);
    const us = newest?.['us'];
    const maxEventTime = typeof us === 'number' ? Math.floor(us / 1000) : null;
    return { ...counts, maxEventTime, digest: digestJson(digests) };
  });
}

async function openRelations(sql: Sql, silver: SilverRef, gold: Artifact, values: SqlValues) {
  await sql.parquet('silver_plays', bucketFiles(join(silver.path, 'plays')));
  await sql.parquet('gold_listener_tracks', bucketFiles(join(gold.path, 'listener_tracks')));
  for (const name of ['listeners', 'tracks', 'library', 'impressions'])
    await sql.parquet(`silver_${name}`, [join(silver.path, `${name}.parquet`)]);
  for (const name of ['listener_profile', 'track_stats'])
    await sql.parquet(`gold_${name}`, [join(gold.path, `${name}.parquet`)]);
  for (const name of [
    'users',
    'tracks',
    'window_plays',
    'history',
    'known',
    'known_artists',
    'saved',
    'truth',
    'shown',
  ])
    await sql.table(name, statement(name), values);
}

async function writeTruth(sql: Sql, writer: ColWriter, buckets: number) {
  const ids = writer.strings('user_id');
  const indices = writer.column('listener', 'u32');
  const offsets = writer.column('truth.off', 'u32');
  const bucketOffsets = new Uint32Array(buckets + 1);
  let listeners = 0;
  let tracks = 0;
  offsets.append(Uint32Array.of(0));
  for await (const chunk of sql.chunks(statement('truth_listeners'))) {
    ids.append(chunk.strings('user_id'));
    indices.append(chunk.column('listener', 'u32'));
    offsets.append(chunk.column('tracks', 'u32').map((count) => (tracks += count)));
    for (const bucket of chunk.column('bucket', 'u32')) bucketOffsets.fill(++listeners, bucket + 1);
  }
  writer.column('bucket.off', 'u32').append(bucketOffsets);
  const columns = [
    ...sameNames('u32', 'track ts', 'truth.'),
    ...sameNames('u8', 'positive saved new_artist', 'truth.'),
  ];
  await writeColumns(sql, writer, columns, statement('truth_rows'));
  return { listeners, tracks };
}

async function writeShown(sql: Sql, writer: ColWriter): Promise<number> {
  const ids = writer.strings('user_id');
  const offsets = writer.column('shown.off', 'u32');
  let tracks = 0;
  offsets.append(Uint32Array.of(0));
  for await (const chunk of sql.chunks(statement('shown_listeners'))) {
    ids.append(chunk.strings('user_id'));
    offsets.append(chunk.column('tracks', 'u32').map((count) => (tracks += count)));
  }
  const columns = [
    ['track', 'shown.track', 'u32'],
    ['slot', 'shown.slot', 'u16'],
  ] as const;
  return writeColumns(sql, writer, columns, statement('shown_rows'));
}
