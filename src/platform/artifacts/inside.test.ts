import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, constantFrom, property } from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inside } from './inside.ts';

let base: string;
let root: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'deepcuts-inside-')));
  root = join(base, 'data');
  mkdirSync(join(root, 'artifacts', 'x'), { recursive: true });
  mkdirSync(join(base, 'secret'));
  writeFileSync(join(base, 'secret', 'file'), '');
});
afterEach(() => rmSync(base, { recursive: true }));

it('joins names that lie below, whether they exist or not', () => {
  for (const name of ['artifacts/x', 'artifacts/y/z', 'a/../artifacts', '..data', 'a b'])
    expect(inside(root, name)).toBe(join(root, name));
});

it.each(['', '.', '..', '../secret/file', 'a/../../secret', '/etc/passwd', 'a\0b', 'a/..'])(
  'refuses %j',
  (name) => {
    expect(() => inside(root, name)).toThrow('does not name anything inside');
  },
);

it.each([null, 7, {}, []])('refuses %j, which is no name', (name) => {
  expect(() => inside(root, name as unknown as string)).toThrow('does not name anything inside');
});

it('refuses what a planted link leads out, also below the link, and follows one that stays', () => {
  symlinkSync(join(base, 'secret'), join(root, 'out'));
  symlinkSync(join(base, 'secret', 'new'), join(root, 'dangling'));
  symlinkSync(join(root, 'artifacts'), join(root, 'in'));
  for (const name of ['out', 'out/file', 'out/not/yet'])
    expect(() => inside(root, name)).toThrow('does not name anything inside');
  expect(inside(root, 'in/x')).toBe(join(root, 'in', 'x'));
});

it('takes a folder that is a link itself', () => {
  symlinkSync(root, join(base, 'link'));
  expect(inside(join(base, 'link'), 'artifacts/x')).toBe(join(base, 'link', 'artifacts', 'x'));
});

/** Where a name leads: `below` the folder, or the code of the refusal. */
function place(name: string): string {
  try {
    return inside(root, name).startsWith(`${root}/`) ? 'below' : 'outside';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

it('never gives a path outside, whatever the name', () => {
  const part = constantFrom('..', '.', '', 'a', 'artifacts', '\0', '/', '\\', 'ä', '...');
  assert(
    property(array(part, { maxLength: 8 }), (parts) => {
      expect(place(parts.join('/'))).toMatch(/^(below|artifact\.path)$/);
    }),
    { seed: 1, numRuns: 500 },
  );
});
