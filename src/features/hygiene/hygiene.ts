import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../domain/index.ts';
import {
  type Limits,
  type SilverRef,
  combineDigests,
  openSilver,
  tableDigest,
  withSql,
} from '../../lake/index.ts';
import { fitColumns, fitSessions, kernelVersion, unknownFit } from '../../native/index.ts';
import {
  type Artifact,
  type Json,
  type Sql,
  type SqlValues,
  buildArtifact,
  statementsOf,
} from '../../platform/index.ts';
import { writeListening } from './listening.ts';
import { type Thresholds, defaultThresholds, heavySigns } from './thresholds.ts';

export interface HygieneOptions {
  readonly dataDir: string;
  readonly silver: SilverRef;
  /** Epoch ms; only events before it are read. */
  readonly asOf: number;
  readonly thresholds?: Thresholds;
  /** Listeners whose sessions are never set aside. */
  readonly keep?: readonly string[];
  readonly force?: boolean;
  readonly limits?: Limits;
}

const schema = 1;
const listening = statementsOf(new URL('listening.sql', import.meta.url));
const bots = statementsOf(new URL('bots.sql', import.meta.url));
const sessions = statementsOf(new URL('sessions.sql', import.meta.url));

/** Where hygiene artifacts lie. */
export const hygieneDir = (dataDir: string): string => join(dataDir, 'artifacts', 'hygiene');

/**
 * Which listeners and sessions are a machine's, and which sessions are not their listener's taste (artifact
 * `hygiene`, see docs/formats.md), from silver's plays before `asOf`. Plays without a clock are left out.
 * Counts: sessions, and of these `bot_sessions` and `off_taste`; listeners, and of these `bots`.
 */
export async function hygieneAt(options: HygieneOptions): Promise<Artifact> {
  const { dataDir, silver, asOf, limits = {}, thresholds = defaultThresholds } = options;
  const keep = [...new Set(options.keep ?? [])].toSorted();
  if (keep.some((id) => id === '' || id.includes('\n')))
    throw new ConfigError('A listener to be kept has no usable id.', {
      code: 'hygiene.keep',
      remedy: 'Give ids without line breaks.',
    });
  const identity = {
    kind: 'hygiene',
    schema,
    asOf,
    inputs: { silver: silver.manifest.contentDigest },
    config: { thresholds, keep, kernel: kernelVersion() } as unknown as Json,
    seed: 0,
  };
  return buildArtifact(
    hygieneDir(dataDir),
    identity,
    (dir) =>
      withSql(dir, limits, async (sql) => {
        const buckets = await openSilver(sql, silver, ['listeners', 'tracks']);
        return build(sql, dir, buckets, asOf * 1000, thresholds, keep);
      }),
    { force: options.force ?? false },
  );
}

async function build(
  sql: Sql,
  dir: string,
  buckets: number,
  asOfUs: number,
  thresholds: Thresholds,
  keep: readonly string[],
) {
  const values = sqlValues(thresholds, asOfUs, keep);
  for (const name of ['users', 'tracks', 'plays', 'sessions', 'heard'])
    await sql.table(name, listening(name), values);
  await sql.table('kept', sessions('kept'), values);
  await judgeUnits(sql, thresholds, values);
  await sql.table('marked_sessions', sessions('marked_sessions'), values);
  await fitAll(sql, join(dir, 'listening'), buckets, thresholds);
  await sql.table('decided', sessions('decided'), values);
  await sql.table('sessions_table', sessions('sessions_table'));
  await sql.table('listeners_table', sessions('listeners_table'));
  const parts = [];
  const rows: Record<string, number> = {};
  for (const name of ['sessions', 'listeners']) {
    const text = `SELECT * FROM ${name}_table`;
    rows[name] = await sql.writeParquet(join(dir, `${name}.parquet`), { name, text });
    parts.push(await tableDigest(sql, name, sessions(`${name}_digest`)));
  }
  const [newest] = await sql.rows(sessions('newest'));
  const [totals] = await sql.rows(sessions('totals'));
  const us = newest?.['us'];
  return {
    maxEventTime: typeof us === 'number' ? Math.floor(us / 1000) : null,
    contentDigest: combineDigests(parts),
    counts: {
      ...rows,
      bots: Number(totals?.['bots']),
      bot_sessions: Number(totals?.['bot_sessions']),
      off_taste: Number(totals?.['off_taste']),
    },
  };
}

/** Judges listeners and their weeks: tables `units`, `bot_weeks`, `bots`. */
async function judgeUnits(sql: Sql, thresholds: Thresholds, values: SqlValues): Promise<void> {
  const never = Number.MAX_SAFE_INTEGER;
  const rows = Object.entries(thresholds.signs).map(
    ([name, [weak, strong, absurd]], i) =>
      `('${name}', ${i}, ${weak}, ${strong ?? never}, ${absurd ?? never}, ${heavySigns.includes(name)})`,
  );
  await sql.table('signs', {
    name: 'signs',
    text: `SELECT * FROM (VALUES ${rows.join(', ')}) AS t(sign, sign_no, weak, strong, absurd, is_heavy)`,
  });
  const tables = ['track_company', 'own_tracks', 'hooked', 'companions', 'farms'];
  const more = ['bought_tracks', 'same_second', 'steps', 'runs', 'judged_plays'];
  for (const name of [...tables, ...more]) await sql.table(name, bots(name), values);
  await sql.view('spans', bots('spans'));
  for (const name of ['unit_runs', 'units', 'measures', 'judged_units', 'bot_weeks', 'bots'])
    await sql.table(name, bots(name), values);
}

/** Compares sessions in the crate, bucket by bucket: table `fits`. */
async function fitAll(sql: Sql, dir: string, buckets: number, { fit }: Thresholds): Promise<void> {
  mkdirSync(dir);
  const names = Array.from({ length: buckets }, (_, bucket) => join(dir, String(bucket)));
  for (const [bucket, name] of names.entries()) await writeListening(sql, `${name}.col`, bucket);
  const [artists] = await sql.rows(listening('artist_count'));
  const lines = names.map((name) => `${name}.csv`);
  const columns = names.map((name) => `${name}.col`);
  await fitSessions(fit, Number(artists?.['n']), columns, lines);
  for (const [bucket, path] of lines.entries())
    await sql.input(`fit_lines_${bucket}`, { path, format: 'csv', columns: fitColumns });
  const all = lines.map((_, bucket) => `SELECT * FROM fit_lines_${bucket}`).join(' UNION ALL ');
  await sql.view('fit_lines', { name: 'fit_lines', text: all });
  await sql.table('fits', sessions('fits'));
  rmSync(dir, { recursive: true });
}

function sqlValues(t: Thresholds, asOfUs: number, keep: readonly string[]): SqlValues {
  return {
    as_of: asOfUs,
    keep: `\n${keep.join('\n')}\n`,
    children: `|${t.childGenres.join('|')}|`,
    least_plays: t.leastPlays,
    bot_points: t.botPoints,
    jump_seconds: t.jumpSeconds,
    device_seconds: t.deviceSeconds,
    bought_plays: t.boughtPlays,
    hooked_times: t.hookedTimes,
    hooked_most: t.hookedMost,
    farm_companions: t.farmCompanions,
    heavy_most: t.heavyMost,
    regular_days: t.regularDays,
    child_share: t.childShare,
    child_account: t.childAccount,
    sleep_plays: t.sleepPlays,
    sleep_tracks: t.sleepTracks,
    sleep_energy: t.sleepEnergy,
    sleep_silence: t.sleepSilence,
    stranger_plays: t.strangerPlays,
    stranger_score: t.strangerScore,
    artist_weight: t.artistWeight,
    genre_weight: t.genreWeight,
    fit_weight: t.fitWeight,
    unknown: unknownFit,
  };
}
