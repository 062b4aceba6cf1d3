import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDuckDb } from '../../src/platform/index.ts';
import { copyTo } from './copy.ts';

const partRows = 5_000_000;

/**
 * Seeded plays in the generic format below `dir`, with catalogue and listeners, as a service would hand
 * them over: days in files, within them by time; ids of 8 to 10 characters, a long tail of tracks. Made
 * once for its size. Returns the folder.
 */
export async function seededPlays(
  dir: string,
  rows: number,
  format: 'parquet' | 'csv',
): Promise<string> {
  const folder = join(dir, `plays-${rows}-${format}`);
  if (existsSync(folder)) return folder;
  const building = `${folder}.building`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(join(building, 'events'), { recursive: true });
  await using sql = await openDuckDb({ memoryMb: 2048, scratchDir: building });
  const listeners = Math.max(1000, Math.floor(rows / 200));
  const tracks = Math.min(1_000_000, Math.max(5000, Math.floor(rows / 40)));
  const write = async (name: string, text: string): Promise<void> => {
    const path = join(building, `${name}.${format}`);
    if (format === 'parquet') await sql.writeParquet(path, { name, text });
    else await copyTo(building, text, path, 'FORMAT csv, HEADER');
  };
  await write(
    'tracks',
    `SELECT printf('t%08d', i) AS track_id, 'Song ' || i AS title, printf('a%06d', i % ${Math.floor(tracks / 8)})
  AS artist_id, 'Artist ' || (i % ${Math.floor(tracks / 8)}) AS artist, 120000 + hash(i) % 240000 AS duration_ms
FROM range(${tracks}) AS t(i)`,
  );
  await write(
    'listeners',
    `SELECT printf('u%09d', i) AS user_id, ['DE', 'GB', 'US', 'JP', 'BR'][1 + i % 5] AS country
FROM range(${listeners}) AS t(i)`,
  );
  const parts = Math.ceil(rows / partRows);
  const perPart = Math.ceil(rows / parts);
  for (let part = 0; part < parts; part++) {
    const at = part * perPart;
    const days = Math.max(1, Math.floor(90 / parts));
    await write(
      join('events', `part-${String(part).padStart(4, '0')}`),
      `SELECT printf('e%012d', i) AS event_id,
  printf('u%09d', CAST(floor(${listeners} * pow(unit(i, 1), 1.7)) AS BIGINT)) AS user_id,
  printf('t%08d', CAST(floor(${tracks} * pow(unit(i, 2), 4)) AS BIGINT)) AS track_id,
  make_timestamp(1790000000000000 + ${part * days} * 86400000000
    + CAST((i - ${at}) * ${days} * 86400000000.0 / ${perPart} AS BIGINT)) AS ts,
  CASE WHEN unit(i, 3) < 0.3 THEN 'skip' ELSE 'play' END AS kind,
  CAST(floor(240000 * unit(i, 4)) AS INTEGER) AS ms_played,
  ['DE', 'GB', 'US', 'JP', 'BR'][CAST(1 + hash(i, 5) % 5 AS BIGINT)] AS country,
  ['phone', 'desktop', 'speaker'][CAST(1 + hash(i, 6) % 3 AS BIGINT)] AS device
FROM range(${at}, ${Math.min(rows, at + perPart)}) AS t(i)`.replaceAll(
        /unit\((\w+), (\d)\)/g,
        '((hash($1, $2) % 1000003) / 1000003.0)',
      ),
    );
  }
  renameSync(building, folder);
  return folder;
}
