import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ColFile, ColWriter } from './index.ts';

it('a file whose last columns are empty is read back', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'deepcuts-col-'));
  const path = join(dir, 'a.col');
  const writer = new ColWriter(path);
  writer.column('a', 'u32').push([7]);
  writer.column('b', 'u32');
  writer.strings('c').append([]);
  writer.column('d', 'f64');
  const digest = await writer.close({ n: 1 });
  const file = ColFile.open(path);
  expect([...file.u32('a')]).toEqual([7]);
  expect([file.length('b'), file.strings('c'), file.length('d')]).toEqual([0, [], 0]);
  expect(file.digest()).toBe(digest);
  rmSync(dir, { recursive: true });
});
