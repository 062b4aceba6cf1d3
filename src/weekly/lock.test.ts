import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processMark, sha256 } from '../platform/index.ts';
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
  ['a living process, by its start too, refuses the run', processMark(), 'weekly.locked'],
  ['a dead process is taken over', '999999999', null],
  ['a dead process whose number another has now is taken over', `${process.ppid}.1`, null],
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

it('leftovers of killed takers go away with the next lock', async () => {
  await withRunLock(dir, () => Promise.resolve());
  writeFileSync(join(dir, 'runs', '.lock'), '999999999');
  const guard = `.lock.${sha256('999999999').slice(0, 16)}`;
  writeFileSync(join(dir, 'runs', guard), '999999998');
  writeFileSync(join(dir, 'runs', '.tmp-.lock-999999999-00000000'), '');
  expect(await withRunLock(dir, () => Promise.resolve(left()))).toEqual(['.lock']);
  expect(left()).toEqual([]);
});

it('of many that find the lock of a dead process at once, one works at a time', async () => {
  const path = join(dir, 'runs', '.lock');
  const program = `
    import { mkdirSync, rmdirSync } from 'node:fs';
    import { withRunLock } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)};
    const alone = ${JSON.stringify(join(dir, 'alone'))};
    for (const end = Date.now() + 300; Date.now() < end;)
      await withRunLock(${JSON.stringify(dir)}, async () => {
        mkdirSync(alone);
        await new Promise((resolve) => setTimeout(resolve, 1));
        rmdirSync(alone);
        process.stdout.write('held ');
      }).catch((error) => { if (error.code !== 'weekly.locked') throw error; });
  `;
  for (let round = 0; round < 2; round++) {
    await withRunLock(dir, () => Promise.resolve());
    writeFileSync(path, `${process.ppid}.1`);
    const ended = await Promise.all(
      Array.from({ length: 3 }, () =>
        promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', program]),
      ),
    );
    expect(ended.map(({ stderr }) => stderr)).toEqual(['', '', '']);
    expect(ended.map(({ stdout }) => stdout).join('')).toContain('held');
  }
});
