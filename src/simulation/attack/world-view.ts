import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '../../domain/index.ts';
import { type Sql, openDuckDb, statementsOf } from '../../platform/index.ts';
import { type FullConfig, dayMs, startsAt } from '../config.ts';

export interface SeenTrack {
  readonly id: string;
  readonly artist: string;
  readonly durationMs: number;
  readonly genre: string;
  /** Thousandths. */
  readonly energy: number;
}

interface SeenPlay {
  readonly track: string;
  readonly ms: number;
  readonly kind: string;
  readonly msPlayed: number;
}

export interface SeenSession {
  readonly country: string;
  readonly device: string;
  readonly context: string;
  readonly plays: readonly SeenPlay[];
}

export interface Person {
  readonly id: string;
  readonly country: string;
  readonly sessions: readonly SeenSession[];
}

/** What an attacker can see of a world: its catalogue by plays, and some people's own sessions. */
export interface WorldView {
  readonly config: FullConfig;
  /** Most played first. */
  readonly tracks: readonly SeenTrack[];
  readonly people: readonly Person[];
}

const statement = statementsOf(new URL('world-view.sql', import.meta.url));

/** Reads a generated world, with `most` people drawn by the seed. */
export async function viewWorld(
  folder: string,
  config: FullConfig,
  seed: number,
  most: number,
): Promise<WorldView> {
  const scratchDir = mkdtempSync(join(tmpdir(), 'deepcuts-attack-'));
  try {
    await using sql = await openDuckDb({ scratchDir, memoryMb: 1024 });
    for (const table of ['events', 'tracks', 'listeners', 'off-taste'])
      await openTable(sql, folder, table);
    const first_day = Math.ceil(startsAt(config) / dayMs);
    const rows = await sql.rows(statement('tracks'), { first_day });
    const tracks = rows.map((row) => ({
      id: String(row['track_id']),
      artist: String(row['artist_id']),
      durationMs: Number(row['duration_ms']),
      genre: String(row['genre']),
      energy: Number(row['energy']),
    }));
    return { config, tracks, people: await readPeople(sql, seed, most, first_day) };
  } finally {
    rmSync(scratchDir, { recursive: true, force: true });
  }
}

/** The config that a world was generated from. */
export function configOf(folder: string): FullConfig {
  try {
    const text = readFileSync(join(folder, 'truth', 'world.json'), 'utf8');
    return (JSON.parse(text) as { config: FullConfig }).config;
  } catch (cause) {
    throw new DataError(`${folder} is not a generated world.`, {
      code: 'attack.world',
      remedy: 'Make one with "deepcuts world new DIR".',
      cause,
    });
  }
}

async function openTable(sql: Sql, folder: string, table: string): Promise<void> {
  const dir = join(folder, table === 'off-taste' ? 'truth' : '', table);
  const parts = readdirSync(dir).map((name) => join(dir, name));
  await sql.parquet(`world_${table.replace('-', '_')}`, parts);
}

async function readPeople(
  sql: Sql,
  seed: number,
  most: number,
  first_day: number,
): Promise<Person[]> {
  const limits = { seed: String(seed), least_plays: 60, most_plays: 2000, most, first_day };
  const chosen = await sql.rows(statement('people'), limits);
  const ids = chosen.map((row) => String(row['user_id']));
  const plays = await sql.rows(statement('sessions'), { users: `|${ids.join('|')}|` });
  const sessions = new Map(ids.map((id) => [id, new Map<string, SeenSession>()]));
  for (const row of plays) {
    const of = sessions.get(String(row['user_id']));
    const name = String(row['session_id']);
    const session = of?.get(name) ?? {
      country: String(row['country']),
      device: String(row['device']),
      context: String(row['context']),
      plays: [],
    };
    (session.plays as SeenPlay[]).push({
      track: String(row['track_id']),
      ms: Number(row['ts']),
      kind: String(row['kind']),
      msPlayed: Number(row['ms_played']),
    });
    of?.set(name, session);
  }
  return chosen.map((row) => {
    const id = String(row['user_id']);
    return {
      id,
      country: String(row['country']),
      sessions: [...(sessions.get(id)?.values() ?? [])],
    };
  });
}
