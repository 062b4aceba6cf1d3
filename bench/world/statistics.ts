import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SilverRef, eventSpans } from '../../src/lake/index.ts';
import { type Sql, filesBelow, openDuckDb, statementsOf } from '../../src/platform/index.ts';
import { type WorldConfig } from '../../src/simulation/index.ts';

/** Shares in 0..1; `listensPerDay` counts listens per listener and day with any. */
export interface Statistics {
  readonly topShare: number;
  readonly heardOnce: number;
  readonly skippedBy5: number;
  readonly skippedBy10: number;
  readonly skippedBy30: number;
  readonly skippedBeforeEnd: number;
  readonly listensPerDay: number;
  readonly repeats: number;
}

const statement = statementsOf(new URL('statistics.sql', import.meta.url));
const dayMs = 86_400_000;
/** Mean length of the five windows of 30Music. */
const stretchMs = Math.round(5.32 * dayMs);

/** Measures a generated world from the tables that a user would ingest. */
export async function statisticsOf(folder: string, config: WorldConfig): Promise<Statistics> {
  await using sql = await open();
  for (const table of ['events', 'tracks'])
    await sql.parquet(
      table,
      filesBelow(join(folder, table)).map((file) => join(folder, table, file)),
    );
  const firstBot = `u${String(config.listeners).padStart(7, '0')}`;
  await sql.table('starts', statement('starts'), { first_bot: firstBot });
  const startsAt = config.endsAt - config.weeks * 7 * dayMs;
  await sql.table('listens', statement('listens'), { starts_at: startsAt, stretch_ms: stretchMs });
  const popularity = await ratios(sql, 'popularity');
  const skips = await ratios(sql, 'skips');
  return {
    topShare: popularity('top', 'plays'),
    heardOnce: popularity('once', 'recordings'),
    skippedBy5: skips('by5', 'plays'),
    skippedBy10: skips('by10', 'plays'),
    skippedBy30: skips('by30', 'plays'),
    skippedBeforeEnd: skips('by_end', 'plays'),
    ...(await habits(sql)),
  };
}

/** The two habits that real sessions without skips can show. */
export async function realHabits(
  silver: SilverRef,
): Promise<Pick<Statistics, 'listensPerDay' | 'repeats'>> {
  await using sql = await open();
  const files = Object.keys(silver.manifest.files).filter((name) => name.startsWith('plays/'));
  await sql.parquet(
    'plays',
    files.map((name) => join(silver.path, name)),
  );
  const stretches = eventSpans(silver)
    .map(({ start, end }, i) => `(${i}, ${Math.floor(start)}, ${Math.ceil(end)})`)
    .join(', ');
  const text = `SELECT * FROM (VALUES ${stretches}) AS s(stretch, from_ms, to_ms)`;
  await sql.table('stretches', { name: 'stretches', text });
  await sql.table('listens', statement('real_listens'));
  return habits(sql);
}

async function habits(sql: Sql): Promise<Pick<Statistics, 'listensPerDay' | 'repeats'>> {
  const days = await ratios(sql, 'days');
  const repeats = await ratios(sql, 'repeats');
  return {
    listensPerDay: days('listens', 'days'),
    repeats: 1 - repeats('recordings', 'listens'),
  };
}

/** Ratios of two columns of a statement's one row. */
async function ratios(sql: Sql, name: string): Promise<(part: string, whole: string) => number> {
  const [row] = await sql.rows(statement(name));
  return (part, whole) => Number(row?.[part]) / Number(row?.[whole]);
}

function open(): Promise<Sql> {
  return openDuckDb({ threads: 2, memoryMb: 2048, scratchDir: tmpdir() });
}
