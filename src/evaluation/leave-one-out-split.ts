import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../domain/index.ts';
import { type Limits, type SilverRef, ingest, openSilver, refine, withSql } from '../lake/index.ts';
import { statementsOf } from '../platform/index.ts';

export interface LeaveOneOut {
  /** Of everything but what is held out. */
  readonly silver: SilverRef;
  /** Later than every event of it, epoch ms. */
  readonly asOf: number;
  /** The judged track of each listener (any release of its recording), by id. */
  readonly held: ReadonlyMap<string, string>;
}

export interface LeaveOneOutOptions {
  readonly silver: SilverRef;
  /** An empty folder for the lake of the split. */
  readonly lake: string;
  /** Nothing at or after it is read; epoch ms. */
  readonly to: number;
  /** Of each listener's newest recordings how many are held out; the oldest of these is judged. */
  readonly places: 1 | 2;
  readonly limits?: Limits;
}

/** Recordings a listener must have taken up to be judged. */
const least = 5;
const day = 86_400_000;
const buckets = 8;
const statement = statementsOf(new URL('leave-one-out.sql', import.meta.url));

/**
 * Protocol C's split: a lake of its own, made from silver without every event of a listener with the
 * recordings held out of them, through the same ingest and refine as any other. A listener's recordings
 * stand in the order of their first plays, ties by id.
 */
export async function splitLeaveOneOut(options: LeaveOneOutOptions): Promise<LeaveOneOut> {
  const { silver, lake, to, places, limits = {} } = options;
  const input = join(lake, 'input');
  mkdirSync(input, { recursive: true });
  const { held, newest } = await withSql(lake, limits, async (sql) => {
    const values = { to: to * 1000, places, least };
    await openSilver(sql, silver, [
      'tracks',
      'listeners',
      'library',
      'impressions',
      'playlist_tracks',
      'blocks',
    ]);
    for (const name of ['recordings', 'taken_up', 'held_out', 'held_tracks', 'all_events'])
      await sql.table(name, statement(name), values);
    const [given] = await sql.rows(statement('given_tracks'));
    for (const name of ['events', 'tracks', 'listeners', 'playlists', 'blocks'])
      if (name !== 'tracks' || Number(given?.['given']) > 0)
        await sql.writeParquet(join(input, `${name}.parquet`), statement(name));
    const rows = await sql.rows(statement('judged'), values);
    const [last] = await sql.rows(statement('newest'));
    return {
      held: new Map(rows.map((row) => [String(row['user_id']), String(row['first_track'])])),
      newest: Math.floor(Number(last?.['us'] ?? 0) / 1000),
    };
  });
  if (held.size === 0)
    throw new DataError(`No listener has taken up ${least} tracks: none can be left out.`, {
      code: 'evaluation.few_listeners',
      remedy: 'Ingest a longer history.',
    });
  await ingest({
    dataDir: lake,
    paths: [input],
    format: 'generic',
    now: newest + day,
    buckets,
    limits,
  });
  return { silver: await refine({ dataDir: lake, limits }), asOf: newest + 1, held };
}
