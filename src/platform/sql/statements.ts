import { readFileSync } from 'node:fs';
import { EngineError } from '../../domain/index.ts';
import { type SqlValue, literal } from './literal.ts';

/** One SELECT under a name that errors and timings show. Slots are written `$name`. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export type SqlValues = Readonly<Record<string, SqlValue>>;

const header = /^-- name: (\w+)$/m;
const slots = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\$([a-z_]\w*)/g;

/**
 * Reads a `.sql` file of statements, each under a line `-- name: the_name`. The returned function
 * gives a statement by name; an unknown name is an EngineError.
 */
export function statementsOf(file: URL): (name: string) => Statement {
  let found: Map<string, Statement> | undefined;
  return (name) => {
    found ??= parse(readFileSync(file, 'utf8'));
    const statement = found.get(name);
    if (statement !== undefined) return statement;
    throw new EngineError(`${file.pathname} has no statement "${name}".`, {
      code: 'sql.statement',
    });
  };
}

function parse(text: string): Map<string, Statement> {
  const parts = text.split(header).slice(1);
  const found = new Map<string, Statement>();
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const name = parts[i] as string;
    found.set(name, { name, text: (parts[i + 1] as string).trim() });
  }
  return found;
}

/** The statement with its slots filled by literals; a slot without a value is an EngineError. */
export function render(statement: Statement, values: SqlValues = {}): string {
  return statement.text.replace(slots, (whole, slot: string | undefined) => {
    if (slot === undefined) return whole;
    const value = values[slot];
    if (value !== undefined) return literal(value);
    throw new EngineError(`Statement ${statement.name} lacks a value for $${slot}.`, {
      code: 'sql.value',
    });
  });
}
