import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDb } from '../../src/platform/index.ts';
import { type StudyLake } from './lakes.ts';

/** Kind of attack of every attacked account. */
export function victims(accountsFile: string): ReadonlyMap<string, string> {
  const lines = readFileSync(accountsFile, 'utf8').trim().split('\n').slice(1);
  return new Map(
    lines.map((line) => {
      const [user = '', , kind = ''] = line.split(',');
      return [user, kind];
    }),
  );
}

/** Tracks of which bots made most plays. */
export async function boughtTracks({ world, attack }: StudyLake): Promise<ReadonlySet<string>> {
  await using sql = await openDuckDb({ scratchDir: tmpdir(), memoryMb: 1024 });
  const rows = await sql.rows({
    name: 'bought',
    text: `SELECT track_id FROM (
  SELECT track_id, 0 AS by_bot FROM read_parquet('${join(world, 'events/*.parquet')}')
  WHERE kind IN ('play', 'skip')
  UNION ALL SELECT e.track_id, CASE WHEN s.kind = 'bot' THEN 1 ELSE 0 END
  FROM read_csv('${join(attack, 'events/attack.csv')}', header = true) AS e
  JOIN read_csv('${join(attack, 'truth/sessions.csv')}', header = true) AS s
    ON e.user_id = s.user_id AND e.session_id = s.session_id) AS plays
GROUP BY track_id HAVING sum(by_bot) * 2 > count(*)`,
  });
  return new Set(rows.map((row) => String(row['track_id'])));
}

/** Listeners of a world with a session that is not theirs. */
export async function hosts(world: string): Promise<ReadonlySet<string>> {
  await using sql = await openDuckDb({ scratchDir: tmpdir(), memoryMb: 512 });
  const rows = await sql.rows({
    name: 'hosts',
    text: `SELECT DISTINCT user_id FROM read_parquet('${join(world, 'truth/off-taste/*.parquet')}')`,
  });
  return new Set(rows.map((row) => String(row['user_id'])));
}
