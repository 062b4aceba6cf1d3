import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ColFile } from './col-file.ts';
import { ColWriter } from './col-writer.ts';
import { dropRows } from './drop-rows.ts';

const dir = mkdtempSync(join(tmpdir(), 'deepcuts-rows-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const people = [
  { id: 'anna', age: 3, heard: [1, 2, 3], pair: [1, 2] },
  { id: 'bö', age: 4, heard: [], pair: [3, 4] },
  { id: 'carl', age: 5, heard: [7], pair: [5, 6] },
];

async function write(name: string, rows: typeof people): Promise<ColFile> {
  const path = join(dir, name);
  const writer = new ColWriter(path);
  writer.strings('user_id').append(rows.map((row) => row.id));
  writer.column('age', 'u8').push(rows.map((row) => row.age));
  const offsets = writer.column('heard.off', 'u32');
  offsets.push([0]);
  let end = 0;
  for (const row of rows) offsets.push([(end += row.heard.length)]);
  writer.column('heard.recording', 'u32').push(rows.flatMap((row) => row.heard));
  writer.column('heard.first', 'i16').push(rows.map((row) => row.heard[0] ?? -1));
  writer.column('pair', 'f64').push(rows.flatMap((row) => row.pair));
  await writer.close({ kind: 'test' });
  return ColFile.open(path);
}

const perRow = new Set(['heard.first']);

it.each([[[]], [[0]], [[1]], [[2]], [[0, 2]], [[0, 1, 2]]])(
  'a file without rows %j is the file that never had them',
  async (dropped) => {
    const all = await write('all.col', people);
    const out = join(dir, 'some.col');
    const digest = await dropRows(all, out, { count: 3, dropped: new Set(dropped), perRow });
    const expected = await write(
      'expected.col',
      people.filter((_, i) => !dropped.includes(i)),
    );
    expect(digest).toBe(expected.digest());
    expect(ColFile.open(out).strings('user_id')).toEqual(expected.strings('user_id'));
  },
);

it('changes the values of a column on the way', async () => {
  const all = await write('all.col', people);
  const out = join(dir, 'changed.col');
  await dropRows(all, out, {
    count: 3,
    dropped: new Set([1]),
    perRow,
    change: { age: (age) => age * 2 },
  });
  expect([...ColFile.open(out).u8('age')]).toEqual([6, 10]);
});

it('refuses a column that is not by row', async () => {
  const all = await write('all.col', people);
  await expect(
    dropRows(all, join(dir, 'no.col'), { count: 2, dropped: new Set([0]) }),
  ).rejects.toMatchObject({ code: 'col.rows' });
});
