import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openQuote } from './open-quote.ts';

const dir = mkdtempSync(join(tmpdir(), 'deepcuts-quote-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const mb = 1 << 20;
async function found(text: string, delimiter?: string): Promise<number | null> {
  const path = join(dir, 'x.csv');
  writeFileSync(path, text);
  return openQuote(path, delimiter);
}

it('a quote that is never closed is found where it begins', async () => {
  expect(await found(`a,b\nu1,"${'x\n'.repeat(mb)}`)).toBe(7);
  expect(await found(`"${'""'.repeat(mb)}`)).toBe(0);
});

it.each([
  ['none', 'x\n'.repeat(2 * mb)],
  ['closed ones', '"a","b ""c"" d"\n'.repeat(mb / 4)],
  ['one within a field, which is no quote', `5" vinyl,x\n${'y,z\n'.repeat(mb)}`],
  ['one that just fits', `a,"${'x'.repeat(mb - 10)}"\n${'y\n'.repeat(mb)}`],
  ['pairs over the end of a chunk', `${'x'.repeat(mb - 3)}\n"a""b"\n${'y\n'.repeat(mb)}`],
  ['one closed at the end of a chunk', `${'x'.repeat(mb - 4)}\n"a"\n${'y\n'.repeat(mb)}`],
])('a file with %s is in order', async (_, text) => {
  expect(await found(text)).toBeNull();
});

it('the delimiter tells where fields begin', async () => {
  const text = `a;"${'x,'.repeat(mb)}`;
  expect([await found(text, ';'), await found(text, ',')]).toEqual([2, null]);
});
