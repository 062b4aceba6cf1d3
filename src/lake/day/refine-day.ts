import { join } from 'node:path';
import { type Artifact, type Sql, buildArtifact, statementsOf } from '../../platform/index.ts';
import { type Bronze, bronzeParts, listBronze } from '../bronze.ts';
import { combineDigests, tableDigest } from '../digest.ts';
import { requireNoErasure } from '../erasure/journal.ts';
import { dayDir, lakeProperties } from '../layout.ts';
import { openFlags } from '../gold/flags.ts';
import { type Limits, type OnProgress, withSql } from '../session.ts';
import { type SilverRef, newestEvent } from '../silver/refine.ts';
import {
  botRules,
  everything,
  flagBots,
  openBronze,
  playsSql,
  uniqueEvents,
  uniquePlays,
} from '../silver/stages.ts';
import { bronzeDigests, dayChain } from './chain.ts';

export interface RefineDayOptions {
  readonly dataDir: string;
  /** What the days stand on: the silver of the last training. */
  readonly silver: SilverRef;
  /** Epoch ms; ingests with an event at or after it are left to a later run. Default: none is. */
  readonly asOf?: number | null;
  readonly onProgress?: OnProgress;
  readonly limits?: Limits;
}

export interface RefinedDay {
  /** The new day; null where there is nothing new. */
  readonly day: Artifact | null;
  /** Ingests left to a later run because of `asOf`. */
  readonly heldBack: number;
}

const schema = 1;
const catalogue = statementsOf(new URL('../silver/catalogue.sql', import.meta.url));
const tablesSql = statementsOf(new URL('../silver/tables.sql', import.meta.url));
const history = statementsOf(new URL('../gold/history.sql', import.meta.url));
const daySql = statementsOf(new URL('day.sql', import.meta.url));

/** A time later than any, in microseconds that SQL can take. */
const never = 4_000_000_000_000_000;

/**
 * The ingests that neither `silver` nor an earlier day of it holds, as an artifact `day`: see
 * docs/formats.md. Only their rows are read, besides a look-up of their tracks in silver's catalogue.
 * Events not later than all that was counted before are late: counted, and left in bronze to the next
 * refine. An event counts once, whether repeated in these ingests or from an earlier day (by its id).
 */
export async function refineDay(options: RefineDayOptions): Promise<RefinedDay> {
  const { dataDir, silver, limits = {} } = options;
  requireNoErasure(dataDir);
  const days = dayChain(dataDir, silver);
  const held = new Set([silver, ...days].flatMap(bronzeDigests));
  const arrived = listBronze(dataDir).filter(({ manifest }) => !held.has(manifest.contentDigest));
  const until = options.asOf ?? Number.POSITIVE_INFINITY;
  const ingests = arrived.filter(({ manifest }) => (manifest.newestEvent ?? 0) < until);
  const heldBack = arrived.length - ingests.length;
  if (ingests.length === 0) return { day: null, heldBack };
  const last = days.at(-1);
  const after = last === undefined ? newestEvent(silver) : (last.manifest.maxEventTime ?? 0);
  const newest = Math.max(after, ...ingests.map(({ manifest }) => manifest.newestEvent ?? 0));
  const { buckets } = lakeProperties(dataDir);
  const identity = {
    kind: 'day',
    schema,
    asOf: newest + 1,
    inputs: {
      silver: silver.manifest.contentDigest,
      ...(last === undefined ? {} : { previous: last.manifest.contentDigest }),
      ...Object.fromEntries(
        ingests.map(({ manifest }, i) => [
          `bronze:${String(i).padStart(6, '0')}`,
          manifest.contentDigest,
        ]),
      ),
    },
    config: { buckets, ...botRules },
    seed: 0,
  };
  const day = await buildArtifact(dayDir(dataDir), identity, (dir) =>
    withSql(dir, limits, (sql) => build(sql, dir, { options, ingests, days, after, buckets })),
  );
  return { day, heldBack };
}

interface Work {
  readonly options: RefineDayOptions;
  readonly ingests: readonly Bronze[];
  readonly days: readonly Artifact[];
  /** Epoch ms of the newest event counted before. */
  readonly after: number;
  readonly buckets: number;
}

async function build(sql: Sql, dir: string, work: Work) {
  const { options, ingests, days, after, buckets } = work;
  const steps = ['events', 'plays', 'write'];
  const step = (name: string) =>
    options.onProgress?.(`day ${name}`, steps.indexOf(name), steps.length);
  step('events');
  const arrivals = await openEvents(sql, ingests, days, after);
  await openCatalogue(sql, options, ingests, buckets);
  step('plays');
  const repeatedPlays = await uniquePlays(sql);
  await flagBots(sql);
  await respond(sql);
  step('write');
  await sql.table('track_stats', daySql('track_stats'));
  await sql.table('day_tracks', daySql('tracks'));
  await sql.table('new_ids', daySql('event_ids'));
  const rows = {
    responses: await sql.writeParquet(join(dir, 'responses.parquet'), daySql('responses')),
    tracks: await sql.writeParquet(join(dir, 'tracks.parquet'), everything('day_tracks')),
    track_stats: await sql.writeParquet(
      join(dir, 'track_stats.parquet'),
      everything('track_stats'),
    ),
    event_ids: await sql.writeParquet(join(dir, 'event_ids.parquet'), everything('new_ids')),
  };
  const parts = [
    await tableDigest(sql, 'responses', daySql('responses_digest')),
    await tableDigest(sql, 'tracks', daySql('day_tracks_digest')),
    await tableDigest(sql, 'track_stats', daySql('track_stats_digest')),
    await tableDigest(sql, 'event_ids', daySql('new_ids_digest')),
  ];
  const [found] = await sql.rows(daySql('counts'));
  const number = (name: string): number => Number(found?.[name] ?? 0);
  const set = ingests.flatMap(({ manifest }) => manifest.quarantined);
  return {
    maxEventTime: number('new_events') === 0 ? after : number('newest_ms'),
    contentDigest: combineDigests(parts),
    counts: {
      ...rows,
      events: number('new_events') - number('unknown') - repeatedPlays,
      late: arrivals.late,
      repeated: arrivals.repeated + repeatedPlays,
      quarantined:
        number('unknown') + number('unusable') + set.reduce((sum, { rows: n }) => sum + n, 0),
      listeners: number('listeners'),
      ingests: ingests.length,
    },
  };
}

/** Names the day's events `unique_events`: each once, none counted before. */
async function openEvents(
  sql: Sql,
  ingests: readonly Bronze[],
  days: readonly Artifact[],
  after: number,
): Promise<{ readonly late: number; readonly repeated: number }> {
  await openBronze(sql, ingests);
  const repeatedIds = await uniqueEvents(sql);
  const files = days.map(({ path }) => join(path, 'event_ids.parquet'));
  if (files.length > 0) await sql.parquet('earlier_ids', files);
  else await sql.view('earlier_ids', daySql('no_ids'));
  // `after` is cut to the millisecond: an event of that same millisecond may have been counted
  const values = { after: after * 1000 + 999 };
  const [arrived] = await sql.rows(daySql('arrivals'), values);
  await sql.table('new_events', daySql('new_events'), values);
  for (const name of ['unique_events', 'valid_events'])
    await sql.view(name, everything('new_events'));
  return {
    late: Number(arrived?.['late']),
    repeated: Number(arrived?.['repeated']) + repeatedIds,
  };
}

/** Tracks and listeners that the day names, by number. */
async function openCatalogue(
  sql: Sql,
  { dataDir, silver }: RefineDayOptions,
  ingests: readonly Bronze[],
  buckets: number,
): Promise<void> {
  await sql.parquet('silver_tracks', [join(silver.path, 'tracks.parquet')]);
  await sql.parquet('new_tracks', bronzeParts(ingests, 'tracks'));
  await sql.table('base_catalogue', daySql('base_catalogue'));
  await sql.view('bronze_tracks', daySql('listed_tracks'));
  await sql.table('day_ingests', daySql('day_ingests'));
  await sql.table('ingests', everything('day_ingests'));
  await sql.table('event_tracks', catalogue('event_tracks'));
  const inSilver = new Set([
    ...bronzeDigests(silver),
    ...ingests.map((i) => i.manifest.contentDigest),
  ]);
  const listed = listBronze(dataDir).some(
    ({ manifest }) => inSilver.has(manifest.contentDigest) && manifest.rows.tracks > 0,
  );
  await sql.table('catalogue', catalogue('catalogue'), { derive_all: !listed });
  await sql.view('recordings', daySql('recordings'));
  await sql.table('tracks', catalogue('tracks'));
  await sql.table('users', catalogue('users'), { buckets });
  await sql.table('unknown_tracks', tablesSql('unknown_tracks'));
}

/** Silver's plays and library of the day as gold's `plays`, `library` and `responses`. */
async function respond(sql: Sql): Promise<void> {
  const values = { as_of: never, training_start: 0 };
  await sql.table('silver_plays', playsSql('named_plays'));
  await sql.table('silver_library', tablesSql('library'));
  await openFlags(sql, null);
  for (const name of ['plays', 'library', 'responses'])
    await sql.table(name, history(name), values);
  await sql.view('named_responses', history('named_responses'));
}
