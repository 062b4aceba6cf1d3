import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ParquetWriter } from './parquet-writer.ts';

describe('the Parquet writer', () => {
  it('keeps values, nulls and order over many chunks while its columns are filled again', async () => {
    const folder = mkdtempSync(join(tmpdir(), "deepcuts-it's-"));
    const rows = 5000;
    const numbers = Int32Array.from({ length: rows }, (_, i) => i * 3);
    const texts = Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? null : `line ${i}`));
    const writer = await ParquetWriter.open({ offset_by: 10 });
    const columns = [
      { name: 'number', type: 'INTEGER', values: numbers },
      { name: 'line', type: 'VARCHAR', values: texts },
    ] as const;
    const select = "SELECT number + getvariable('offset_by') AS number, line FROM staged";
    const [first, second] = [join(folder, 'a.parquet'), join(folder, 'b.parquet')];
    await writer.write(first, rows, columns, select);
    numbers.fill(0);
    await writer.write(second, 1, columns, select);
    await writer.close();
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = async (path: string) =>
      (
        await connection.runAndReadAll('SELECT number, line FROM read_parquet($1)', [path])
      ).getRows();
    expect(await read(first)).toEqual(texts.map((text, i) => [i * 3 + 10, text]));
    expect(await read(second)).toEqual([[10, null]]);
    rmSync(folder, { recursive: true });
  });

  it('tells on close that a file could not be written', async () => {
    const writer = await ParquetWriter.open();
    const column = { name: 'x', type: 'DOUBLE', values: [1] } as const;
    await writer.write('/nowhere/at/all.parquet', 1, [column], 'SELECT x FROM staged');
    await expect(writer.close()).rejects.toThrow(/nowhere/);
  });
});
