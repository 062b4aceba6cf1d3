import { type Sql, literal, statementsOf } from '../../platform/index.ts';
import { type Bronze, bronzeParts } from '../bronze.ts';
import { bronzeTables } from '../layout.ts';

/** What a listener-day must show to be a machine's. */
export const botRules = {
  most_plays: 1000,
  most_countries: 4,
  many_plays: 100,
  just_counted_percent: 95,
} as const;

const catalogue = statementsOf(new URL('catalogue.sql', import.meta.url));
export const playsSql = statementsOf(new URL('plays.sql', import.meta.url));

export const everything = (relation: string) => ({
  name: relation,
  text: `SELECT * FROM ${relation}`,
});

/**
 * Names the tables of these ingests `bronze_<table>`, and the ingests themselves, in order. Events whose
 * place a later ingest took are left out.
 */
export async function openBronze(sql: Sql, ingests: readonly Bronze[]): Promise<void> {
  const isReplaced = ingests.some(({ manifest }) => manifest.replaces !== null);
  for (const table of [...bronzeTables, 'quarantine'])
    await sql.parquet(
      table === 'events' && isReplaced ? 'received_events' : `bronze_${table}`,
      bronzeParts(ingests, table),
    );
  const values = ingests.map(
    ({ manifest }, i) =>
      `(${literal(manifest.ingestId)}, ${i}, ${literal(manifest.derivesTracks)})`,
  );
  await sql.table('ingests', {
    name: 'ingests',
    text: `SELECT * FROM (VALUES ${values.join(', ')}) AS t(ingest_id, ingest_no, derives)`,
  });
  if (!isReplaced) return;
  const replaced = ingests.flatMap(({ manifest: { replaces } }, i) =>
    replaces === null ? [] : [`(${i}, ${replaces.from * 1000}, ${replaces.to * 1000})`],
  );
  await sql.table('replaced', {
    name: 'replaced',
    text: `SELECT * FROM (VALUES ${replaced.join(', ')}) AS t(ingest_no, from_us, to_us)`,
  });
  await sql.view('bronze_events', catalogue('standing_events'));
}

/** Event ids that are grouped at a time. */
const idsAtOnce = 10_000_000;

/** Names the event ids that arrived more than once `repeated_ids`; returns how many. */
async function repeatedIds(sql: Sql): Promise<number> {
  const [row] = await sql.rows({
    name: 'event_count',
    text: 'SELECT count(event_id) AS n FROM bronze_events',
  });
  const parts = Math.max(1, Math.ceil(Number(row?.['n']) / idsAtOnce));
  let found = 0;
  for (let part = 0; part < parts; part++)
    found += await sql.table(`repeated_ids_${part}`, catalogue('repeated_ids'), { parts, part });
  const all = Array.from(
    { length: parts },
    (_, part) => `SELECT event_id FROM repeated_ids_${part}`,
  );
  await sql.view('repeated_ids', { name: 'repeated_ids', text: all.join(' UNION ALL ') });
  return found;
}

/** Drops later arrivals of an event id; returns how many. */
export async function uniqueEvents(sql: Sql): Promise<number> {
  await sql.view('valid_events', catalogue('valid_events'));
  const ids = await repeatedIds(sql);
  const repeated = await sql.table('repeated_rows', catalogue('repeated_rows'));
  await sql.view(
    'unique_events',
    ids > 0
      ? catalogue('unique_events')
      : { name: 'unique_events', text: 'SELECT * FROM valid_events' },
  );
  return repeated;
}

/** Stages plays by number, drops rows that say the same twice, gives sessions; returns the dropped. */
export async function uniquePlays(sql: Sql): Promise<number> {
  await sql.table('settings', playsSql('settings'));
  const all = await sql.table('staged', playsSql('staged'));
  const repeated = await sql.table('repeated_plays', playsSql('repeated_plays'));
  const unique = repeated > 0 ? await sql.table('unique_plays', playsSql('unique_plays')) : all;
  if (repeated === 0) await sql.view('unique_plays', everything('staged'));
  const [missing] = await sql.rows(playsSql('sessionless'));
  if (missing?.['n'] === 0) await sql.view('sessioned', everything('unique_plays'));
  else await sql.table('sessioned', playsSql('sessions_from_gaps'));
  return all - unique;
}

/** Flags listener-days that no person has, and names all plays `plays`. */
export async function flagBots(sql: Sql): Promise<void> {
  await sql.table('bot_days', playsSql('bot_days'), botRules);
  await sql.view('plays', playsSql('plays'));
  await sql.view('named_plays', playsSql('named_plays'));
}
