import { dirname, join } from 'node:path';
import { type Artifact, ColWriter, statementsOf } from '../../platform/index.ts';
import { type Limits, withSql } from '../session.ts';
import { writeColumns, writeLists } from '../snapshot/columns.ts';

const daySql = statementsOf(new URL('day.sql', import.meta.url));

/**
 * Writes a day's sessions of liked plays as a `.col` file: `track_id` (string, those that occur, in byte
 * order), `session.off`, `session.track` (index among them); sessions by listener, then by first play.
 */
export async function writeDaySequences(
  day: Artifact,
  path: string,
  limits: Limits = {},
): Promise<void> {
  await withSql(dirname(path), limits, async (sql) => {
    await sql.parquet('responses', [join(day.path, 'responses.parquet')]);
    await sql.table('sequence_tracks', daySql('sequence_tracks'));
    const sessions = await sql.table('sequence_numbers', daySql('sequence_numbers'));
    const writer = new ColWriter(path);
    const ids = [['track_id', 'track_id', 'string']] as const;
    await writeColumns(sql, writer, ids, daySql('sequence_ids'));
    const plays = [['track', 'session.track', 'u32']] as const;
    await writeLists(sql, writer, 'session', sessions, plays, daySql('sequence_plays'));
    await writer.close({});
  });
}
