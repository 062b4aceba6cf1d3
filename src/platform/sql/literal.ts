import { EngineError } from '../../domain/index.ts';

/** What a `$name` slot of a statement may be filled with. */
export type SqlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly string[]
  | { readonly relation: string };

/** The SQL literal of a value, or the bare name of a relation. Text cannot leave its quotes, whatever it holds. */
export function literal(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    throw new EngineError(`${value} cannot be written in SQL.`, { code: 'sql.value' });
  }
  if (typeof value === 'string') return quote(value, "'");
  if ('relation' in value) {
    if (/^[a-z_][a-z0-9_]*$/.test(value.relation)) return value.relation;
    throw new EngineError(`"${value.relation}" is not the name of a relation.`, {
      code: 'sql.value',
    });
  }
  return `[${value.map((item) => quote(item, "'")).join(', ')}]`;
}

/** A column name of somebody else's file, quoted. Our own names are snake_case and stand bare. */
export function identifier(name: string): string {
  return quote(name, '"');
}

/** A path where DuckDB expects a pattern: the file of that very name and no other. */
export function exactPath(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]');
}

function quote(text: string, mark: string): string {
  if (text.includes('\0'))
    throw new EngineError(`A NUL character cannot be written in SQL.`, { code: 'sql.value' });
  return mark + text.replaceAll(mark, mark + mark) + mark;
}
