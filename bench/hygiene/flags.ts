import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Interval, bootstrapMean } from '../../src/domain/index.ts';
import { hygieneAt } from '../../src/features/index.ts';
import { newestEvent } from '../../src/lake/index.ts';
import { type Cell, type Sql, openDuckDb } from '../../src/platform/index.ts';
import { families } from '../../src/simulation/index.ts';
import { type StudyLake } from './lakes.ts';

type Row = Readonly<Record<string, Cell>>;

/** What happened to the sessions and accounts of a family, or of a kind of the world's own. */
export interface FamilyFlags {
  readonly name: string;
  readonly kind: string;
  readonly side: string;
  readonly accounts: number;
  readonly sessions: number;
  /** Share of accounts flagged as bots; of sessions set aside, for any reason. */
  readonly bots: Interval;
  readonly aside: Interval;
  /** Of all sessions of its accounts that were set aside, the share that should be (bots, hijacks). */
  readonly precision: Interval;
}

const truthSql = (lake: StudyLake): string => {
  const csv = (name: string): string =>
    `read_csv('${join(lake.attack, 'truth', name)}', header = true, all_varchar = true)`;
  return `SELECT s.user_id, s.session_id, s.plays, s.is_bot OR s.is_off_taste AS aside,
  l.is_bot, l.plays AS all_plays, a.family AS of, a.kind AS of_kind, x.family, x.kind, o.reason,
  i.user_id IS NULL AND a.kind IS DISTINCT FROM 'bot' AS is_person
FROM hygiene_sessions AS s
JOIN hygiene_listeners AS l ON s.user_id = l.user_id
LEFT JOIN ${csv('accounts.csv')} AS a ON s.user_id = a.user_id
LEFT JOIN ${csv('sessions.csv')} AS x ON s.user_id = x.user_id AND s.session_id = x.session_id
LEFT JOIN world_off_taste AS o ON s.user_id = o.user_id AND s.session_id = o.session_id
LEFT JOIN world_bots AS i ON s.user_id = i.user_id`;
};

/** Every session of an attacked world with what it is and what became of it. */
export async function flaggedSessions(lake: StudyLake): Promise<Row[]> {
  const { dataDir, silver } = lake;
  const flags = await hygieneAt({ dataDir, silver, asOf: newestEvent(silver) + 1 });
  await using sql = await openDuckDb({ scratchDir: tmpdir(), memoryMb: 2048 });
  for (const name of ['sessions', 'listeners'])
    await sql.parquet(`hygiene_${name}`, [join(flags.path, `${name}.parquet`)]);
  await openWorldTruth(sql, lake.world);
  return sql.rows({ name: 'flagged', text: truthSql(lake) });
}

async function openWorldTruth(sql: Sql, world: string): Promise<void> {
  await sql.view('world_off_taste', {
    name: 'off_taste',
    text: `SELECT * FROM read_parquet('${join(world, 'truth/off-taste/*.parquet')}')`,
  });
  await sql.view('world_bots', {
    name: 'bots',
    text: `SELECT user_id FROM read_parquet('${join(world, 'listeners/*.parquet')}')
WHERE CAST(substr(user_id, 2) AS INTEGER) >= (SELECT CAST(config.listeners AS INTEGER)
  FROM read_json('${join(world, 'truth/world.json')}'))`,
  });
}

/** One row per family, then the world's own kinds; rows of several worlds may be handed in together. */
export function familyTable(rows: readonly Row[]): FamilyFlags[] {
  const table: FamilyFlags[] = [];
  const kinds = ['bot', 'child', 'guest', 'sleep', 'hijack'];
  const groups = [
    ...families.map(({ name, kind, side }) => ({ name, kind, side: side as string })),
    ...kinds.map((name) => ({
      name: `world: ${name}`,
      kind: name === 'bot' ? 'bot' : 'hijack',
      side: 'seeds',
    })),
  ];
  for (const { name, kind, side } of groups) {
    const world = name.startsWith('world: ') ? name.slice(7) : null;
    const isOne = (row: Row): boolean =>
      world === null
        ? row['family'] === name
        : row['family'] === null &&
          (world === 'bot'
            ? row['is_person'] === false && row['of'] === null
            : row['reason'] === world);
    const own = rows.filter(isOne);
    const accounts = new Set(own.map((row) => row['user_id']));
    const theirs = rows.filter((row) => accounts.has(row['user_id']) && row['aside'] === true);
    const user = (row: Row): string => String(row['user_id']);
    const first = [...new Map(own.map((row) => [user(row), row])).values()];
    const share = (of: readonly Row[], test: (row: Row) => boolean): Interval =>
      bootstrapMean(
        of.map((row) => (test(row) ? 1 : 0)),
        of.map(user),
      );
    table.push({
      name,
      kind,
      side,
      accounts: accounts.size,
      sessions: own.length,
      bots: share(first, (row) => row['is_bot'] === true),
      aside: share(own, (row) => row['aside'] === true),
      precision: share(
        theirs,
        (row) =>
          row['kind'] === 'bot' ||
          row['kind'] === 'hijack' ||
          row['reason'] !== null ||
          row['is_person'] === false,
      ),
    });
  }
  return table;
}

/** How many of some people are flagged as bots. */
interface Flagged {
  readonly people: number;
  readonly flagged: number;
}

/**
 * People whose account nobody attacked: the world's own, their heaviest twentieth by plays, and the heavy
 * families; and the own sessions of the world's people that are set aside.
 */
export function peopleTable(rows: readonly Row[]) {
  const ofWorld = new Map<string, { plays: number; bot: boolean }>();
  const ofFamilies = new Map<string, { plays: number; bot: boolean }>();
  let [sessions, aside] = [0, 0];
  for (const row of rows) {
    if (row['is_person'] !== true || (row['of'] !== null && row['of_kind'] !== 'human')) continue;
    const people = row['of'] === null ? ofWorld : ofFamilies;
    people.set(String(row['user_id']), {
      plays: Number(row['all_plays']),
      bot: row['is_bot'] === true,
    });
    if (row['of'] !== null || row['reason'] !== null) continue;
    sessions++;
    if (row['aside'] === true) aside++;
  }
  const count = (of: readonly { bot: boolean }[]): Flagged => ({
    people: of.length,
    flagged: of.filter(({ bot }) => bot).length,
  });
  const all = [...ofWorld.values()].toSorted((a, b) => b.plays - a.plays);
  return {
    all: count(all),
    heaviest: count(all.slice(0, Math.ceil(all.length / 20))),
    heavyFamilies: count([...ofFamilies.values()]),
    ownSessions: sessions,
    ownAside: aside,
  };
}
