import { type Statement, identifier, literal } from '../../platform/index.ts';
import { type TimeRange } from '../bronze.ts';
import { futureReason } from './clock.ts';
import { bronzeTypes, eventKinds, tableColumns, tracklessKinds, type Column } from './columns.ts';
import { type Source } from './source.ts';

/** What the rows of a source become. */
export interface Normalised {
  readonly accepted: Statement;
  readonly rejected: Statement;
}

export interface Stamp {
  readonly ingestId: string;
  readonly format: string;
  /** Events later than this are from the future. */
  readonly horizon: Date;
  /** Only events within belong to this ingest; null: all do. */
  readonly within: TimeRange | null;
}

const longestId = 255;
const nouns: Readonly<Record<string, string>> = {
  time: 'a time',
  date: 'a date',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
};

/**
 * Builds the statements that turn the relation `source`, with columns of these engine types, into
 * rows of its table, and its bad rows into quarantine. A column of a type that cannot hold what the
 * table wants gives null here; `unfit` names it beforehand.
 */
export function normalise(
  source: Source,
  types: ReadonlyMap<string, string>,
  stamp: Stamp,
): Normalised {
  const columns = tableColumns[source.table];
  const fileColumn = (column: Column) => source.renamed[column.name] ?? column.name;
  const parsed = columns.map((column) => {
    const type = types.get(fileColumn(column));
    const raw = `input.${identifier(fileColumn(column))}`;
    const value = type === undefined ? nullOf(column) : parse(column, type, raw);
    const given =
      type === undefined
        ? 'FALSE'
        : typeClass(type) === 'text'
          ? `trim(${raw}) <> ''`
          : `${raw} IS NOT NULL`;
    return `${value} AS ${column.name},\n    ${given} AS has_${column.name}`;
  });
  const found = reasons(source, columns, stamp);
  const checks = found.map(([condition, reason]) => `WHEN ${condition} THEN ${literal(reason)}`);
  if (source.table === 'events' && !source.summed)
    checks.unshift(`WHEN ${sound(found, stamp)} THEN NULL`);
  const judged = (extra: string) => `(
  SELECT *, CASE ${checks.join('\n    ')} END AS reason FROM (
    SELECT input.source_row AS source_row${extra},
    ${parsed.join(',\n    ')}
    FROM source AS input) AS parsed) AS judged`;
  const provenance = `${literal(source.name)} AS source_file`;
  return {
    accepted: {
      name: `ingest_${source.table}`,
      text: source.summed
        ? summed(judged(''), provenance, stamp)
        : `SELECT ${selected(source, columns, stamp)}, ${provenance}, source_row
FROM ${judged('')} WHERE reason IS NULL`,
    },
    rejected: {
      name: `quarantine_${source.table}`,
      text: `SELECT ${literal(source.table)} AS table_name, ${provenance}, source_row, reason,
  substr(raw, 1, 2000) AS raw FROM ${judged(', CAST(to_json(input) AS VARCHAR) AS raw')}
WHERE reason IS NOT NULL
UNION ALL SELECT ${literal(source.table)}, ${provenance}, source_row, reason, substr(raw, 1, 2000)
FROM source_rejects`,
    },
  };
}

/** Columns whose engine type cannot hold what the table wants, as `name (TYPE)`. */
export function unfit(source: Source, types: ReadonlyMap<string, string>): string[] {
  return tableColumns[source.table].flatMap((column) => {
    const type = types.get(source.renamed[column.name] ?? column.name);
    const fits = type === undefined || parse(column, type, 'x') !== nullOf(column);
    return fits ? [] : [`${column.name} (${type})`];
  });
}

/** An empty table with the columns that `accepted` gives. */
export function emptyTable(table: Source['table']): Statement {
  const columns = tableColumns[table].map((column) => `${nullOf(column)} AS ${column.name}`);
  const source = table === 'events' ? ', CAST(NULL AS VARCHAR) AS source' : '';
  return {
    name: `empty_${table}`,
    text: `SELECT ${columns.join(', ')}${source}, CAST(NULL AS VARCHAR) AS source_file,
  CAST(NULL AS BIGINT) AS source_row WHERE FALSE`,
  };
}

const nullOf = (column: Column) =>
  `CAST(NULL AS ${column.name === 'slot' ? 'INTEGER' : bronzeTypes[column.kind]})`;

function typeClass(type: string): string {
  if (type === 'VARCHAR' || type.startsWith('ENUM') || type === 'UUID' || type === 'JSON')
    return 'text';
  if (type.endsWith('[]')) return 'list';
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return 'integer';
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(type)) return 'number';
  if (type === 'TIMESTAMP WITH TIME ZONE') return 'zoned';
  if (type.startsWith('TIMESTAMP')) return 'time';
  return type === 'DATE' || type === 'BOOLEAN' ? type.toLowerCase() : 'other';
}

function parse(column: Column, type: string, x: string): string {
  const from = typeClass(type);
  const text = `CAST(${x} AS VARCHAR)`;
  const known: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    id: { text: `id_from_text(${text})`, integer: text, number: `id_from_number(${x})` },
    text: {
      text: `text_from_text(${text})`,
      integer: text,
      number: text,
      boolean: text,
      date: text,
    },
    time: {
      text: `time_from_text(${text})`,
      integer: `time_from_number(${x})`,
      number: `time_from_number(${x})`,
      time: `CAST(${x} AS TIMESTAMP)`,
      zoned: `CAST(${x} AS TIMESTAMP)`,
      date: `CAST(${x} AS TIMESTAMP)`,
    },
    date: {
      text: `date_from_text(${text})`,
      integer: `date_from_text(${text})`,
      date: x,
      time: `CAST(${x} AS DATE)`,
      zoned: `CAST(CAST(${x} AS TIMESTAMP) AS DATE)`,
    },
    integer: {
      text: `integer_from_text(${text})`,
      integer: `CAST(${x} AS BIGINT)`,
      number: `TRY_CAST(round(${x}) AS BIGINT)`,
    },
    number: {
      text: `number_from_text(${text})`,
      integer: `CAST(${x} AS DOUBLE)`,
      number: `CAST(${x} AS DOUBLE)`,
    },
    boolean: { text: `boolean_from_text(${text})`, integer: `${x} <> 0`, boolean: x },
    list: { text: `list_from_text(${text})`, list: `list_from_list(${x})` },
  };
  return known[column.kind]?.[from] ?? nullOf(column);
}

/**
 * That nothing is wrong with an event, with one look at its time: an engine works the time out of its
 * text anew for every condition that names it.
 */
function sound(found: readonly [string, string][], stamp: Stamp): string {
  const others = found.filter(
    ([condition]) => !/\bts\b/.test(condition) && !/has_ts/.test(condition),
  );
  const wrong = others.map(([condition]) => `(${condition})`).join(' OR ');
  const latest = timeText(stamp.horizon);
  const inTime = `ts BETWEEN TIMESTAMP ${literal(earliest)} AND TIMESTAMP ${literal(latest)}`;
  const within = stamp.within === null ? '' : ` AND NOT (${withinDays(stamp.within)})`;
  return `coalesce(${inTime}, FALSE)${within} AND NOT coalesce(${wrong}, FALSE)`;
}

const earliest = '2000-01-01';
const timeText = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');
const withinDays = ({ from, to }: TimeRange): string =>
  `micros_of(ts) < ${from * 1000} OR micros_of(ts) >= ${to * 1000}`;

function reasons(source: Source, columns: readonly Column[], stamp: Stamp): [string, string][] {
  const found: [string, string][] = [];
  const trackless = tracklessKinds.map((kind) => literal(kind)).join(', ');
  for (const { name, kind, required } of columns) {
    const timeless = source.summed && name === 'ts';
    const optional =
      name === 'track_id' && source.table === 'events'
        ? ` AND coalesce(lower(kind), '') NOT IN (${trackless})`
        : '';
    if (required && !timeless)
      found.push([`NOT coalesce(has_${name}, FALSE)${optional}`, `${name} is missing`]);
    if (kind === 'id')
      found.push([`strlen(${name}) > ${longestId}`, `${name} is longer than ${longestId} bytes`]);
    else if (kind !== 'text')
      found.push([`has_${name} AND ${name} IS NULL`, `${name} is not ${nouns[kind]}`]);
  }
  if (source.table === 'blocks')
    found.push([
      'track_id IS NULL AND artist_id IS NULL',
      'neither track_id nor artist_id is given',
    ]);
  if (source.table !== 'events') return found;
  found.push(
    [`ts < TIMESTAMP ${literal(earliest)}`, 'ts is before the year 2000'],
    [`ts > TIMESTAMP ${literal(timeText(stamp.horizon))}`, futureReason],
    [`NOT one_of(lower(kind), ${literal(eventKinds)})`, 'kind is unknown'],
    ['count < 1', 'count is below 1'],
    ['slot < 0 OR slot > 32767', 'slot is out of range'],
  );
  if (stamp.within !== null)
    found.push([withinDays(stamp.within), 'ts is outside the repaired days']);
  return found;
}

function selected(source: Source, columns: readonly Column[], stamp: Stamp): string {
  const special: Readonly<Record<string, string>> =
    source.table === 'events'
      ? {
          kind: "coalesce(lower(kind), 'play') AS kind",
          country: 'upper(country) AS country',
          slot: 'CAST(slot AS INTEGER) AS slot',
        }
      : source.table === 'listeners'
        ? { country: 'upper(country) AS country', language: 'lower(language) AS language' }
        : { language: 'lower(language) AS language' };
  const list = columns.map((column) => special[column.name] ?? column.name).join(', ');
  return source.table === 'events' ? `${list}, ${literal(stamp.format)} AS source` : list;
}

function summed(judged: string, provenance: string, stamp: Stamp): string {
  const nulls = tableColumns.events
    .filter(
      (column) => !['event_id', 'user_id', 'track_id', 'ts', 'kind', 'count'].includes(column.name),
    )
    .map((column) => `${nullOf(column)} AS ${column.name}`);
  return `SELECT ${literal(`${stamp.ingestId}:`)} || min(source_row) AS event_id, user_id, track_id,
  TIMESTAMP '1970-01-01' AS ts, 'play' AS kind, CAST(sum(coalesce(count, 1)) AS BIGINT) AS count,
  ${nulls.join(', ')}, ${literal(stamp.format)} AS source, ${provenance}, min(source_row) AS source_row
FROM ${judged} WHERE reason IS NULL GROUP BY user_id, track_id`;
}
