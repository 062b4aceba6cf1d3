import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../domain/index.ts';
import { type Sql, literal, openDuckDb, render, statementsOf } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'deepcuts-sql-'));
afterAll(() => rmSync(dir, { recursive: true }));

const select = (text: string) => ({ name: 'test', text });
async function session<T>(use: (sql: Sql) => Promise<T>): Promise<T> {
  await using sql = await openDuckDb({ threads: 1, memoryMb: 256, scratchDir: dir });
  return await use(sql);
}
const answer = async (expression: string) =>
  (await session((sql) => sql.rows(select(`SELECT ${expression} AS x`))))[0]?.['x'];

describe('statements', () => {
  it('fills slots with literals and leaves quoted text alone', () => {
    const statement = select(`SELECT $a, '$a', "$a" -- $a\nWHERE x = $b`);
    expect(render(statement, { a: 1, b: "it's" })).toBe(
      `SELECT 1, '$a', "$a" -- $a\nWHERE x = 'it''s'`,
    );
  });

  it('refuses a slot without a value', () => {
    expect(() => render(select('SELECT $missing'))).toThrow(/\$missing/);
  });

  it('refuses a name that the file does not hold', () => {
    const file = new URL('prelude.duckdb.sql', import.meta.url);
    expect(statementsOf(file)('bucket_of').text).toMatch(/MACRO bucket_of/);
    expect(() => statementsOf(file)('nothing')).toThrow(EngineError);
  });

  it('cannot be escaped by text, and refuses what SQL cannot hold', async () => {
    const hostile = `'; DROP TABLE x; --`;
    const rows = await session((sql) => sql.rows(select('SELECT $t AS x'), { t: hostile }));
    expect(rows).toEqual([{ x: hostile }]);
    expect(() => literal('a\0b')).toThrow(EngineError);
    expect(() => literal(Number.NaN)).toThrow(EngineError);
  });
});

describe('the DuckDB session', () => {
  it('puts an id into the bucket of its md5', async () => {
    for (const id of ['u1', 'listener', 'é']) {
      const prefix = createHash('md5').update(id).digest('hex').slice(0, 15);
      expect(await answer(`bucket_of('${id}', 16)`)).toBe(Number(BigInt(`0x${prefix}`) % 16n));
    }
  });

  it.each([
    [`'1700000000'`, '2023-11-14 22:13:20'],
    [`'1700000000000'`, '2023-11-14 22:13:20'],
    [`'2025-01-01T10:00:00+02:00'`, '2025-01-01 08:00:00'],
    [`'2025-01-01T10:00:00Z'`, '2025-01-01 10:00:00'],
    [`'2025-01-01T10:00:00+0200'`, '2025-01-01 08:00:00'],
    [`'2025-01-01 10:00'`, '2025-01-01 10:00:00'],
    [`'soon'`, null],
  ])('reads the time %s', async (text, time) => {
    expect(await answer(`CAST(time_from_text(${text}) AS VARCHAR)`)).toBe(time);
  });

  it.each([
    [`'rock; pop'`, 'rock+pop'],
    [`'["a","b"]'`, 'a+b'],
    [`'[''a'', ''b'']'`, 'a+b'],
    [`'one'`, 'one'],
  ])('reads the list %s', async (text, list) => {
    expect(await answer(`array_to_string(list_from_text(${text}), '+')`)).toBe(list);
  });

  it('streams columns as typed arrays', async () => {
    const statement = select(`SELECT CAST(range AS UINTEGER) AS n, 't' || range AS s,
      CAST(range AS FLOAT) AS f FROM range(5000) ORDER BY n`);
    await session(async (sql) => {
      let sum = 0;
      let last = '';
      for await (const chunk of sql.chunks(statement)) {
        for (const n of chunk.column('n', 'u32')) sum += n;
        expect(chunk.column('f', 'f32')).toHaveLength(chunk.rows);
        last = chunk.strings('s').at(-1) ?? '';
        expect(() => chunk.column('n', 'u16')).toThrow(EngineError);
      }
      expect(sum).toBe((4999 * 5000) / 2);
      expect(last).toBe('t4999');
    });
  });

  it('keeps the lines of a text file that break its format', async () => {
    const path = join(dir, 'a.csv.gz');
    const text = Buffer.concat([
      Buffer.from('user_id,track_id\na,"x,y"\nb\nc,d,e\n'),
      Buffer.from([0x66, 0xff, 0xfe]),
      Buffer.from(',g\nh,i\n'),
    ]);
    writeFileSync(path, gzipSync(text));
    await session(async (sql) => {
      await sql.input('f', { path, format: 'csv', columns: ['user_id', 'track_id'] });
      expect(await sql.rows(select('SELECT user_id, track_id FROM f'))).toEqual([
        { user_id: 'a', track_id: 'x,y' },
        { user_id: 'h', track_id: 'i' },
      ]);
      expect(
        await sql.rows(select('SELECT source_row, reason FROM f_rejects ORDER BY source_row')),
      ).toEqual([
        { source_row: 2, reason: 'broken line: missing columns' },
        { source_row: 3, reason: 'broken line: too many columns' },
        { source_row: 4, reason: 'broken line: invalid encoding' },
      ]);
    });
  });

  it('takes JSON lines apart and keeps those that are none', async () => {
    const path = join(dir, 'a.jsonl');
    writeFileSync(path, '{"user_id":"a","n":1}\n{broken\n\n{"n":"2","user_id":7}\n');
    await session(async (sql) => {
      await sql.input('f', { path, format: 'jsonl', columns: ['user_id', 'n'] });
      expect(await sql.rows(select('SELECT * FROM f ORDER BY source_row'))).toEqual([
        { source_row: 1, user_id: 'a', n: '1' },
        { source_row: 4, user_id: '7', n: '2' },
      ]);
      expect(await sql.rows(select('SELECT raw FROM f_rejects'))).toEqual([{ raw: '{broken' }]);
    });
  });

  it('writes Parquet in the order of the statement and reads it back', async () => {
    const path = join(dir, "it's.parquet");
    await session(async (sql) => {
      const n = await sql.writeParquet(path, select('SELECT range AS n FROM range(10) ORDER BY n'));
      expect(n).toBe(10);
      await sql.parquet('back', [path]);
      expect(await sql.rows(select('SELECT sum(n)::BIGINT AS s FROM back'))).toEqual([{ s: 45 }]);
      expect([...(await sql.columns('back'))]).toEqual([['n', 'BIGINT']]);
    });
  });

  it('waits for what runs when one of several fails, and begins nothing more', async () => {
    await using sql = await openDuckDb({ threads: 2, memoryMb: 256, scratchDir: dir });
    const [begun, ended]: [number[], number[]] = [[], []];
    const all = sql.each(6, async (i) => {
      begun.push(i);
      await new Promise((resolve) => setTimeout(resolve, i === 0 ? 5 : 40));
      if (i === 0) throw new Error('the first');
      ended.push(i);
    });
    await expect(all).rejects.toThrow('the first');
    expect(ended).toEqual(begun.filter((i) => i !== 0));
    expect(begun.length).toBeLessThan(6);
  });

  it('names the statement that failed and keeps its text', async () => {
    await session(async (sql) => {
      await expect(sql.rows(select('SELECT nothing'))).rejects.toMatchObject({
        code: 'sql.failed',
        sql: 'SELECT nothing',
      });
    });
  });
});
