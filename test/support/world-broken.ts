import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBelow, openDuckDb } from '../../src/platform/index.ts';
import { worldWhere } from './world-without.ts';

/** What may happen to a listener's events of a day on their way. */
export const brokenKinds = [
  'lost',
  'half lost',
  'doubled',
  'cut short',
  'of another track',
  'of another listener',
  'an hour late',
] as const;
export type BrokenKind = (typeof brokenKinds)[number];

/** A world whose events of [from, to) (epoch ms) are broken, for these listeners in these ways. */
export async function worldBroken(
  world: string,
  out: string,
  range: { readonly from: number; readonly to: number },
  breaks: ReadonlyMap<string, BrokenKind>,
): Promise<string> {
  await worldWhere(world, out, { events: 'FALSE' });
  mkdirSync(join(out, 'events'), { recursive: true });
  await using sql = await openDuckDb({ threads: 1, memoryMb: 512, scratchDir: tmpdir() });
  const events = join(world, 'events');
  await sql.parquet(
    'all_events',
    filesBelow(events).map((name) => join(events, name)),
  );
  const day = `ts >= make_timestamp(${range.from * 1000}) AND ts < make_timestamp(${range.to * 1000})`;
  const rows = [...breaks].map(([user, kind]) => `('${user}', '${kind}')`).join(', ');
  const late = `least(ts + INTERVAL 1 HOUR, make_timestamp(${range.to * 1000 - 1}))`;
  const text = `WITH broken AS (SELECT * FROM (VALUES ${rows}) AS b(broken_id, how)),
judged AS (
  SELECT e.*, CASE WHEN ${day} THEN b.how END AS how, row_number() OVER (ORDER BY e.ts, e.user_id,
    e.track_id, e.kind) AS n
  FROM all_events AS e LEFT JOIN broken AS b ON e.user_id = b.broken_id)
SELECT * EXCLUDE (how, n) REPLACE (
  CASE how WHEN 'of another listener' THEN 'u9999999' ELSE user_id END AS user_id,
  CASE how WHEN 'of another track' THEN first_value(track_id) OVER (ORDER BY n) ELSE track_id END
    AS track_id,
  CASE how WHEN 'cut short' THEN ms_played // 10 ELSE ms_played END AS ms_played,
  CASE how WHEN 'an hour late' THEN ${late} ELSE ts END AS ts)
FROM (SELECT * FROM judged UNION ALL
  SELECT * REPLACE (ts + INTERVAL 1 SECOND AS ts) FROM judged WHERE how = 'doubled') AS sent
WHERE how IS NULL OR how <> 'lost' AND (how <> 'half lost' OR n % 2 = 0)`;
  await sql.writeParquet(join(out, 'events', 'part.parquet'), { name: 'broken', text });
  return out;
}
