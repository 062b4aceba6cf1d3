import { join } from 'node:path';
import { ConfigError } from '../../domain/index.ts';
import {
  type Artifact,
  type Sql,
  type SqlValues,
  buildArtifact,
  statementsOf,
} from '../../platform/index.ts';
import { bucketFiles, writeBuckets } from '../buckets.ts';
import { combineDigests, tableDigest } from '../digest.ts';
import { goldDir, lakeProperties } from '../layout.ts';
import { type Limits, type OnProgress, withSql } from '../session.ts';
import { type SilverRef, readQuality } from '../silver/refine.ts';
import { openFlags, requireFlags } from './flags.ts';

export interface GoldOptions {
  readonly dataDir: string;
  readonly silver: SilverRef;
  /** Epoch ms; only events before it are read. */
  readonly asOf: number;
  /** How many of the days that have plays, newest first, count as recent. */
  readonly trainingDays?: number;
  /** Sessions and listeners to set aside (artifact `hygiene` of this silver); null or absent: none. */
  readonly flags?: Artifact | null;
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
  readonly limits?: Limits;
}

const defaultTrainingDays = 90;

const schema = 2;
const history = statementsOf(new URL('history.sql', import.meta.url));
const stats = statementsOf(new URL('stats.sql', import.meta.url));
const digests = statementsOf(new URL('digests.sql', import.meta.url));
const dayUs = 86_400_000_000;

const silverFiles = [
  'listeners',
  'tracks',
  'library',
  'impressions',
  'blocks',
  'playlist_tracks',
] as const;
const statTables = [
  'listener_profile',
  'track_stats',
  'track_country',
  'artist_stats',
  'genre_weeks',
  'blocks',
] as const;

/** What is known as of T: silver rows before T, counted. See docs/formats.md for the tables. */
export async function gold(options: GoldOptions): Promise<Artifact> {
  const { dataDir, silver, asOf, trainingDays = defaultTrainingDays, limits = {} } = options;
  const flags = options.flags ?? null;
  if (flags !== null) requireFlags(flags, silver, asOf);
  if (!Number.isSafeInteger(asOf) || asOf < 0)
    throw new ConfigError(`${asOf} is not a time in milliseconds.`, {
      code: 'gold.as_of',
      remedy: 'Give the as-of time as whole milliseconds since 1970.',
    });
  if (!Number.isInteger(trainingDays) || trainingDays < 1)
    throw new ConfigError(`${trainingDays} is not a number of days.`, {
      code: 'gold.training_days',
      remedy: 'Give a whole number of training days from 1.',
    });
  const identity = {
    kind: 'gold',
    schema,
    asOf,
    inputs: {
      silver: silver.manifest.contentDigest,
      ...(flags === null ? {} : { hygiene: flags.manifest.contentDigest }),
    },
    config: { trainingDays },
    seed: 0,
  };
  return buildArtifact(
    goldDir(dataDir),
    identity,
    (dir) => withSql(dir, limits, (sql) => build(sql, dir, options, trainingDays)),
    { force: options.force ?? false },
  );
}

async function build(sql: Sql, dir: string, options: GoldOptions, trainingDays: number) {
  const { dataDir, silver, asOf, onProgress } = options;
  const { buckets } = lakeProperties(dataDir);
  const steps = ['history', 'statistics', 'write', 'digest'];
  const step = (name: string) => onProgress?.(`gold ${name}`, steps.indexOf(name), steps.length);
  step('history');
  await sql.parquet('silver_plays', bucketFiles(join(silver.path, 'plays')));
  for (const name of silverFiles)
    await sql.parquet(`silver_${name}`, [join(silver.path, `${name}.parquet`)]);
  await openFlags(sql, options.flags ?? null);
  const values = await countHistory(
    sql,
    asOf * 1000,
    trainingDays,
    readQuality(silver).newestIngest,
  );
  step('statistics');
  const rows: Record<string, number> = {};
  await sql.table('usual_country', stats('usual_country'), values);
  for (const name of statTables) rows[name] = await sql.table(name, stats(name), values);
  step('write');
  for (const name of [...statTables, 'playlists'])
    await sql.writeParquet(join(dir, `${name}.parquet`), {
      name,
      text: `SELECT * FROM ${name}`,
    });
  for (const name of ['listener_tracks', 'responses'])
    rows[name] = await writeBuckets(
      sql,
      join(dir, name),
      buckets,
      history(`${name}_of_bucket`),
      values,
    );
  step('digest');
  const parts = [];
  for (const name of ['listener_tracks', 'responses', 'playlists', ...statTables])
    parts.push(await tableDigest(sql, name, digests(name), values));
  const [newest] = await sql.rows(history('newest'), values);
  const us = newest?.['us'];
  return {
    maxEventTime: typeof us === 'number' ? Math.floor(us / 1000) : null,
    contentDigest: combineDigests(parts),
    counts: rows,
  };
}

/** Builds the relations of history; returns the instants the statements share. */
async function countHistory(
  sql: Sql,
  asOfUs: number,
  trainingDays: number,
  newestIngest: number,
): Promise<SqlValues> {
  const windows = {
    as_of: asOfUs,
    us_28d: asOfUs - 28 * dayUs,
    us_7d: asOfUs - 7 * dayUs,
    created: newestIngest * 1000,
  };
  await sql.table('users', history('users'));
  await sql.table('tracks', history('tracks'));
  await sql.table('plays', history('plays'), windows);
  await sql.table('library', history('library'), windows);
  const [start] = await sql.rows(history('training_start'), { training_days: trainingDays });
  const values = { ...windows, training_start: Number(start?.['us'] ?? 0) };
  await sql.table('responses', history('responses'), values);
  await sql.view('named_responses', history('named_responses'));
  await sql.table('playlists', history('playlists'), values);
  await sql.table('shelf', history('shelf'));
  await sql.table('listener_tracks', history('listener_tracks'), values);
  return values;
}
