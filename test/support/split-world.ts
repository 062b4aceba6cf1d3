import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sql, filesBelow, openDuckDb } from '../../src/platform/index.ts';

/**
 * Cuts a generated world at times (epoch ms, ascending) into folders of the generic format: `base` with
 * all from `since` to the first, then `day-1`, `day-2`, ... up to the next. Tracks come when they are released.
 */
export async function splitWorld(
  world: string,
  out: string,
  cuts: readonly number[],
  since = 0,
): Promise<string[]> {
  await using sql = await openDuckDb({ threads: 2, memoryMb: 1024, scratchDir: tmpdir() });
  for (const table of ['events', 'tracks', 'listeners', 'playlists']) {
    const files = filesBelow(join(world, table)).map((name) => join(world, table, name));
    await sql.parquet(table, files);
  }
  const folders: string[] = [];
  for (let part = 0; part < cuts.length; part++) {
    const folder = join(out, part === 0 ? 'base' : `day-${part}`);
    mkdirSync(folder, { recursive: true });
    folders.push(folder);
    const from = part === 0 ? null : (cuts[part - 1] as number);
    const to = cuts[part] as number;
    await write(sql, folder, 'events', `ts < ${time(to)} AND ts >= ${time(from ?? since)}`);
    const earlier = `coalesce(released_on <= CAST(${time(to)} AS DATE), TRUE)`;
    const later = from === null ? '' : `AND released_on > CAST(${time(from)} AS DATE)`;
    await write(sql, folder, 'tracks', `${earlier} ${later}`);
    if (part > 0) continue;
    for (const table of ['listeners', 'playlists']) await write(sql, folder, table, 'TRUE');
  }
  return folders;
}

const time = (ms: number): string => `time_of_micros(${ms * 1000})`;

async function write(sql: Sql, folder: string, table: string, where: string): Promise<void> {
  const text = `SELECT * FROM ${table} WHERE ${where}`;
  const [found] = await sql.rows({ name: 'any', text: `SELECT count(*) AS n FROM (${text}) AS t` });
  if (found?.['n'] !== 0)
    await sql.writeParquet(join(folder, `${table}.parquet`), { name: table, text });
}
