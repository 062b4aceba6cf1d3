import { type Sql, statementsOf } from '../../platform/index.ts';

/** One check of a suite. */
interface Expectation {
  readonly table: string;
  readonly name: string;
  readonly kind: 'not null' | 'range' | 'uniqueness' | 'referential' | 'freshness' | 'volume';
  readonly rows: number;
  readonly failed: number;
  readonly passed: boolean;
  /** What became of the rows that failed. */
  readonly action: 'quarantined' | 'removed' | 'blanked' | 'kept';
}

export interface Span {
  /** First event, epoch ms. */
  readonly start: number;
  /** Last event, epoch ms, inclusive. */
  readonly end: number;
}

/** `quality.json` of a silver artifact. */
export interface Quality {
  readonly schema: 1;
  /** False when no event carries a time. */
  readonly clock: boolean;
  /** Epoch ms of the newest ingest. */
  readonly newestIngest: number;
  readonly spans: readonly Span[];
  readonly expectations: readonly Expectation[];
  readonly quarantine: readonly {
    readonly table: string;
    readonly reason: string;
    readonly rows: number;
  }[];
  readonly bots: {
    readonly listenerDays: number;
    readonly listeners: number;
    readonly plays: number;
  };
  readonly repeatedEvents: number;
}

interface Known {
  readonly clock: boolean;
  readonly newestIngest: number;
  readonly spans: readonly Span[];
  readonly repeatedEvents: number;
}

type Counts = Readonly<Record<string, number>>;

const statement = statementsOf(new URL('quality.sql', import.meta.url));
const dayMs = 86_400_000;

/** Share of bad rows that an expectation forgives, where they are out of harm's way. */
const tolerated = 0.01;

/** Runs the expectation suites over the relations of a refine; see docs/formats.md for the list. */
export async function qualityOf(sql: Sql, known: Known): Promise<Quality> {
  const counts = async (name: string): Promise<Counts> =>
    ((await sql.rows(statement(name)))[0] ?? {}) as Counts;
  const tables = await counts('table_counts');
  const quarantine = (await sql.rows(statement('quarantine_counts'))).map((row) => ({
    table: String(row['table_name']),
    reason: String(row['reason']),
    rows: Number(row['n']),
  }));
  const bots = await counts('bot_counts');
  return {
    schema: 1,
    ...known,
    expectations: [
      ...eventSuite(tables, quarantine, known.repeatedEvents),
      ...trackSuite(tables, await counts('track_counts'), quarantine),
      ...listenerSuite(tables, await counts('listener_counts'), quarantine),
      ...(known.clock ? await timeSuite(sql, known) : []),
    ],
    quarantine,
    bots: {
      listenerDays: bots['listener_days'] ?? 0,
      listeners: bots['listeners'] ?? 0,
      plays: bots['plays'] ?? 0,
    },
  };
}

function expectation(
  table: string,
  name: string,
  kind: Expectation['kind'],
  rows: number,
  failed: number,
  action: Expectation['action'],
): Expectation {
  const forgiven = action === 'kept' ? 0 : tolerated * rows;
  return { table, name, kind, rows, failed, passed: failed <= forgiven, action };
}

type Quarantine = Quality['quarantine'];

function eventSuite(tables: Counts, quarantine: Quarantine, repeated: number): Expectation[] {
  const refused = quarantine.filter((row) => row.table === 'events');
  const rows = (tables['events'] ?? 0) + refused.reduce((sum, row) => sum + row.rows, 0);
  const failing = (...parts: string[]) =>
    refused
      .filter((row) => parts.some((part) => row.reason.includes(part)))
      .reduce((sum, row) => sum + row.rows, 0);
  const check = (name: string, kind: Expectation['kind'], ...parts: string[]) =>
    expectation('events', name, kind, rows, failing(...parts), 'quarantined');
  return [
    check('every line can be read', 'not null', 'broken line'),
    check('user_id is given', 'not null', 'user_id is'),
    check('track_id is given', 'not null', 'track_id is'),
    check('ts is a time', 'not null', 'ts is missing', 'ts is not'),
    check('ts is after 2000 and not from the future', 'range', 'before the year', 'the future'),
    check('ms_played is between 0 and a day', 'range', 'ms_played is'),
    check('kind is known', 'range', 'kind is unknown'),
    check('the track is in the catalogue', 'referential', 'not in the catalogue'),
    expectation('events', 'each event arrives once', 'uniqueness', rows, repeated, 'removed'),
  ];
}

function trackSuite(tables: Counts, counts: Counts, quarantine: Quarantine): Expectation[] {
  const rows = tables['track_rows'] ?? 0;
  const blanked = (name: string, key: string) =>
    expectation('tracks', name, 'range', rows, counts[key] ?? 0, 'blanked');
  const given = (name: string, key: string) =>
    expectation('tracks', name, 'not null', rows, counts[key] ?? 0, 'kept');
  const repeated = rows - (tables['tracks'] ?? 0);
  return [
    expectation(
      'tracks',
      'every row can be read',
      'not null',
      rows,
      refusedOf('tracks', quarantine),
      'quarantined',
    ),
    expectation('tracks', 'track_id is unique', 'uniqueness', rows, repeated, 'removed'),
    blanked('duration_ms is between 1 and a day', 'duration_range'),
    blanked('tempo is between 20 and 400', 'tempo_range'),
    blanked('key is between 0 and 11', 'key_range'),
    blanked('energy is between 0 and 1', 'energy_range'),
    given('title is given', 'no_title'),
    given('artist is given', 'no_artist'),
    given('duration_ms is given', 'no_duration'),
    given('genres are given', 'no_genres'),
  ];
}

function listenerSuite(tables: Counts, counts: Counts, quarantine: Quarantine): Expectation[] {
  const rows = tables['listener_rows'] ?? 0;
  const repeated = rows - (tables['listeners'] ?? 0);
  const listed = tables['playlist_rows'] ?? 0;
  return [
    expectation(
      'listeners',
      'every row can be read',
      'not null',
      rows,
      refusedOf('listeners', quarantine),
      'quarantined',
    ),
    expectation('listeners', 'user_id is unique', 'uniqueness', rows, repeated, 'removed'),
    expectation(
      'listeners',
      'country is given',
      'not null',
      rows,
      counts['no_country'] ?? 0,
      'kept',
    ),
    expectation(
      'playlists',
      'the track is in the catalogue',
      'referential',
      listed,
      refusedOf('playlists', quarantine),
      'quarantined',
    ),
  ];
}

function refusedOf(table: string, quarantine: Quarantine): number {
  return quarantine.filter((row) => row.table === table).reduce((sum, row) => sum + row.rows, 0);
}

/** Newest event within a week of the newest ingest; the last whole day near the median of 28 before. */
async function timeSuite(sql: Sql, known: Known): Promise<Expectation[]> {
  const newest = known.spans.at(-1)?.end ?? 0;
  const stale = known.newestIngest - newest > 7 * dayMs ? 1 : 0;
  const days = (await sql.rows(statement('day_counts'))).map((row) => ({
    day: Number(row['day_no']),
    n: Number(row['n']),
  }));
  const last = days.at(-2);
  const before = days
    .filter(({ day }) => last !== undefined && day < last.day && day >= last.day - 28)
    .map(({ n }) => n)
    .toSorted((a, b) => a - b);
  const median = before[Math.floor(before.length / 2)];
  const odd =
    last !== undefined && median !== undefined && (last.n * 2 < median || last.n > median * 2);
  return [
    expectation('events', 'the newest is less than a week old', 'freshness', 1, stale, 'kept'),
    expectation(
      'plays',
      'the last whole day is like those before',
      'volume',
      last?.n ?? 0,
      odd ? 1 : 0,
      'kept',
    ),
  ];
}
