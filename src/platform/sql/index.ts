export { Chunk } from './chunk.ts';
export { SqlError, openDuckDb } from './duckdb.ts';
export { type InputFile } from './input.ts';
export { identifier, literal } from './literal.ts';
export { type Cell, type Sql } from './sql.ts';
export { type SqlValues, type Statement, render, statementsOf } from './statements.ts';
