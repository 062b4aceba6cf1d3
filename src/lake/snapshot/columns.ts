import {
  type Chunk,
  type ColType,
  type ColWriter,
  type Sql,
  type SqlValues,
  type Statement,
} from '../../platform/index.ts';

/** Columns of a result that go into a `.col` file: SQL name, name in the file, type. */
export type ColumnMap = readonly (readonly [sql: string, col: string, type: ColType | 'string'])[];

/** Streams a result into columns of the same length; returns the number of rows. */
export async function writeColumns(
  sql: Sql,
  writer: ColWriter,
  columns: ColumnMap,
  statement: Statement,
  values?: SqlValues,
): Promise<number> {
  const append = appendTo(writer, columns);
  let rows = 0;
  for await (const chunk of sql.chunks(statement, values)) {
    append(chunk);
    rows += chunk.rows;
  }
  return rows;
}

/**
 * Streams a result with an `owner` column (u32, ascending) into list columns: `<list>.off` with one
 * more entry than owners, and the value columns. Returns the number of values.
 */
export async function writeLists(
  sql: Sql,
  writer: ColWriter,
  list: string,
  owners: number,
  columns: ColumnMap,
  statement: Statement,
  values?: SqlValues,
): Promise<number> {
  const append = appendTo(writer, columns);
  const counts = new Uint32Array(owners + 1);
  let rows = 0;
  for await (const chunk of sql.chunks(statement, values)) {
    append(chunk);
    rows += chunk.rows;
    for (const owner of chunk.column('owner', 'u32'))
      counts[owner + 1] = (counts[owner + 1] as number) + 1;
  }
  for (let i = 0; i < owners; i++)
    counts[i + 1] = (counts[i + 1] as number) + (counts[i] as number);
  writer.column(`${list}.off`, 'u32').append(counts);
  return rows;
}

function appendTo(writer: ColWriter, columns: ColumnMap): (chunk: Chunk) => void {
  const appenders = columns.map(([name, col, type]) => {
    if (type === 'string') {
      const column = writer.strings(col);
      return (chunk: Chunk) => column.append(chunk.strings(name));
    }
    const column = writer.column(col, type);
    return (chunk: Chunk) => column.append(chunk.column(name, type));
  });
  return (chunk) => {
    for (const appender of appenders) appender(chunk);
  };
}

/** Columns that have the same name on both sides. */
export function sameNames(type: ColType | 'string', names: string, prefix = ''): ColumnMap {
  return names.split(' ').map((name) => [name, `${prefix}${name}`, type] as const);
}
