import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { markLives, processMark } from './process-mark.ts';

it('this process lives by its mark, and by its number alone', () => {
  expect([markLives(processMark()), markLives(String(process.pid))]).toEqual([true, true]);
});

it.each(['', '0', 'nobody', '999999999', `${process.pid}.1`])(
  '"%s" names no living process',
  (mark) => {
    expect(markLives(mark)).toBe(false);
  },
);

it('a process that was killed is dead', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  expect(markLives(String(child.pid))).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(markLives(String(child.pid))).toBe(false);
});
