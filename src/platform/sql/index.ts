export { Chunk } from './chunk.ts';
export { SqlError, openDuckDb } from './duckdb.ts';
export { type InputFile } from './input.ts';
export { type SqlValue, identifier, literal } from './literal.ts';
export { type Cell, type Sql, type SqlOptions } from './sql.ts';
export { type SqlValues, type Statement, render, statementsOf } from './statements.ts';
