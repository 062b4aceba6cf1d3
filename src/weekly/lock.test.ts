import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withRunLock } from './lock.ts';

let dir: string;
const left = (): string[] => readdirSync(join(dir, 'runs'));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'deepcuts-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

it('the lock is there while the work runs and gone after it, also when it fails', async () => {
  expect(await withRunLock(dir, () => Promise.resolve(left()))).toEqual(['.lock']);
  await expect(withRunLock(dir, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(left()).toEqual([]);
});

it.each([
  ['a living process refuses the run', String(process.ppid), 'weekly.locked'],
  ['a dead process is taken over', '999999999', null],
  ['nobody is taken over', '', null],
])('a lock of %s', async (_, content, code) => {
  await withRunLock(dir, () => Promise.resolve());
  writeFileSync(join(dir, 'runs', '.lock'), content);
  const told = await withRunLock(dir, () => Promise.resolve(null)).catch(
    (error: { code: string }) => error.code,
  );
  expect(told).toBe(code);
  expect(left()).toEqual(code === null ? [] : ['.lock']);
});
