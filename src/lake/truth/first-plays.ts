import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArtifactError } from '../../domain/index.ts';
import { type Artifact, ColWriter, type Sql, statementsOf } from '../../platform/index.ts';
import { bucketFiles } from '../buckets.ts';
import { type Limits, withSql } from '../session.ts';
import { type SilverRef } from '../silver/refine.ts';

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
  /** Path of the `.col` file to write. */
  readonly out: string;
  readonly limits?: Limits;
}

export interface FirstPlays {
  readonly path: string;
  readonly listeners: number;
  readonly tracks: number;
  /** Newest play read, epoch ms; null when the window is empty. */
  readonly maxEventTime: number | null;
  readonly digest: string;
}

const statement = statementsOf(new URL('truth.sql', import.meta.url));

/**
 * What each listener discovered in [from, to): recordings first played then and not known before, by
 * bots' and off-taste plays neither. Columns: `user_id` (strings, by bucket, then in byte order),
 * `bucket.off` u32 (buckets + 1), `listener` u32 (index in the snapshot's bucket), `truth.off` u32,
 * `truth.track` u32 (snapshot index), `truth.positive truth.saved` u8 (within the window),
 * `truth.ts` u32 (epoch s); rows of a listener in time order. 4294967295 stands for a track or
 * listener that the snapshot does not hold.
 */
export async function firstPlays(options: FirstPlaysOptions): Promise<FirstPlays> {
  const { silver, gold, snapshot, from, to, out, limits = {} } = options;
  const asOf = gold.manifest.asOf ?? Number.POSITIVE_INFINITY;
  if (asOf > from)
    throw new ArtifactError(
      `${gold.path} knows what happened after ${new Date(from).toISOString()}.`,
      {
        code: 'truth.from_the_future',
        remedy: 'Use gold as of the start of the window.',
      },
    );
  if (snapshot.manifest.inputs['gold'] !== gold.manifest.contentDigest)
    throw new ArtifactError(`${snapshot.path} was not made from ${gold.path}.`, {
      code: 'truth.mixed',
      remedy: 'Use the snapshot of that gold.',
    });
  mkdirSync(dirname(out), { recursive: true });
  return withSql(dirname(out), limits, async (sql) => {
    const values = { from: from * 1000, to: to * 1000, as_of: asOf * 1000 };
    await sql.parquet('silver_plays', bucketFiles(join(silver.path, 'plays')));
    await sql.parquet('gold_listener_tracks', bucketFiles(join(gold.path, 'listener_tracks')));
    for (const name of ['listeners', 'tracks', 'library'])
      await sql.parquet(`silver_${name}`, [join(silver.path, `${name}.parquet`)]);
    for (const name of ['listener_profile', 'track_stats'])
      await sql.parquet(`gold_${name}`, [join(gold.path, `${name}.parquet`)]);
    for (const name of ['users', 'tracks', 'window_plays', 'known', 'saved', 'truth'])
      await sql.table(name, statement(name), values);
    const buckets = bucketFiles(join(silver.path, 'plays')).length;
    const writer = new ColWriter(out);
    const { listeners, tracks } = await writeTruth(sql, writer, buckets);
    const [newest] = await sql.rows(statement('newest'));
    const us = newest?.['us'];
    return {
      path: out,
      listeners,
      tracks,
      maxEventTime: typeof us === 'number' ? Math.floor(us / 1000) : null,
      digest: await writer.close({ from, to, listeners, tracks }),
    };
  });
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
    ['track', writer.column('truth.track', 'u32'), 'u32'],
    ['positive', writer.column('truth.positive', 'u8'), 'u8'],
    ['saved', writer.column('truth.saved', 'u8'), 'u8'],
    ['ts', writer.column('truth.ts', 'u32'), 'u32'],
  ] as const;
  for await (const chunk of sql.chunks(statement('truth_rows')))
    for (const [name, column, type] of columns)
      if (type === 'u8') column.append(chunk.column(name, 'u8'));
      else column.append(chunk.column(name, 'u32'));
  return { listeners, tracks };
}
