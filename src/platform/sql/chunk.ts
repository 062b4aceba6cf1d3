import { type DuckDBDataChunk } from '@duckdb/node-api';
import { EngineError } from '../../domain/index.ts';
import { type ColArray, type ColType, colArrays } from '../col/format.ts';

/** Part of a result, column by column. Arrays are valid until the next chunk is asked for. */
export class Chunk {
  readonly rows: number;
  private readonly data: DuckDBDataChunk;
  private readonly names: readonly string[];

  constructor(data: DuckDBDataChunk, names: readonly string[]) {
    this.data = data;
    this.names = names;
    this.rows = data.rowCount;
  }

  /** A column without nulls whose SQL type has that width (u8 is UTINYINT, f32 is FLOAT, ...). */
  column<T extends ColType>(name: string, type: T): ColArray<T> {
    const vector = this.vector(name);
    // The library keeps the array behind a getter of single values; this is the documented layout.
    const { items } = vector as unknown as { readonly items: unknown };
    if (items instanceof colArrays[type]) return items as ColArray<T>;
    throw new EngineError(`Column ${name} is ${String(vector.type)}, not ${type}.`, {
      code: 'sql.column',
    });
  }

  /** A text column; null becomes the empty string. */
  strings(name: string): string[] {
    const vector = this.vector(name);
    return Array.from({ length: this.rows }, (_, i) => String(vector.getItem(i) ?? ''));
  }

  private vector(name: string) {
    const index = this.names.indexOf(name);
    if (index >= 0) return this.data.getColumnVector(index);
    throw new EngineError(`The result has no column ${name}.`, { code: 'sql.column' });
  }
}
