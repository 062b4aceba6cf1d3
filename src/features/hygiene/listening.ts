import { hashString } from '../../domain/index.ts';
import { writeLists } from '../../lake/index.ts';
import { ColWriter, type Sql, statementsOf } from '../../platform/index.ts';

const statement = statementsOf(new URL('listening.sql', import.meta.url));

/**
 * Writes a bucket's sessions for the crate: `seed` u32 and `counted` u8 per listener; `session.off` u32,
 * `session.number`, `session.start` (epoch s) u32, `session.reference` u8 per session, by listener and
 * time; `play.off` u32, `play.artist`, `play.track`, `play.genre`, `play.count` u32 of what was not skipped.
 */
export async function writeListening(sql: Sql, path: string, bucket: number): Promise<void> {
  const writer = new ColWriter(path);
  const seeds = writer.column('seed', 'u32');
  const counted = writer.column('counted', 'u8');
  let listeners = 0;
  for await (const chunk of sql.chunks(statement('bucket_listeners'), { bucket })) {
    seeds.append(Uint32Array.from(chunk.strings('user_id'), hashString));
    counted.append(chunk.column('counted', 'u8'));
    listeners += chunk.rows;
  }
  const sessions = await writeLists(
    sql,
    writer,
    'session',
    listeners,
    [
      ['number', 'session.number', 'u32'],
      ['start', 'session.start', 'u32'],
      ['reference', 'session.reference', 'u8'],
    ],
    statement('bucket_sessions'),
    { bucket },
  );
  await writeLists(
    sql,
    writer,
    'play',
    sessions,
    ['artist', 'track', 'genre', 'count'].map((name) => [name, `play.${name}`, 'u32'] as const),
    statement('bucket_plays'),
    { bucket },
  );
  await writer.close({});
}
