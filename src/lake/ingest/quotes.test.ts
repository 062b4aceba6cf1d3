import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { requireShortFields } from './quotes.ts';

const dir = mkdtempSync(join(tmpdir(), 'deepcuts-quotes-'));
afterAll(() => rmSync(dir, { recursive: true }));

const mb = 1024 * 1024;
function judged(text: string): Promise<void> {
  const path = join(dir, 'a.csv');
  writeFileSync(path, text);
  return requireShortFields(path, ',');
}

it.each([
  ['no quotes', 'a,b\n'.repeat(mb)],
  ['closed quotes', '"a","b"\n'.repeat(mb)],
  ['doubled quotes', '"a""b","""","c"\n'.repeat(mb)],
  ['quotes inside bare fields', 'the 12" mix,b"\n'.repeat(mb)],
  ['an open quote before less than 1 MiB', `a,"${'x\n'.repeat(mb / 2 - 8)}`],
])('%s pass', async (_, text) => {
  await expect(judged(text)).resolves.toBeUndefined();
});

it.each([
  ['an open quote', `a,"${'x\n'.repeat(mb)}`],
  ['an open quote behind doubled ones', `"a""",b\n"${'""x\n'.repeat(mb)}`],
  ['a closed field', `a\n"${'x'.repeat(mb + 8)}",b\n`],
])('%s of more than 1 MiB is refused', async (_, text) => {
  await expect(judged(text)).rejects.toThrow('quoted field of more than');
});
