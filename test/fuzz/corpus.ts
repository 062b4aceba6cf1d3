import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Input } from './kind.ts';

const root = join(import.meta.dirname, 'corpus');
/** Larger failures are told, not kept: what made them is in `special`. */
const largest = 256 * 1024;

/** Kept inputs of a kind by file name: seeds, and every input that ever failed as `failed-HASH-NAME`. */
export function corpus(kind: string): Input[] {
  const folder = join(root, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({
      name: file.replace(/^failed-[0-9a-f]{8}-/, ''),
      bytes: readFileSync(join(folder, file)),
    }));
}

/** Keeps an input that failed; returns the file, or null where it is too large to keep. */
export function keep(kind: string, input: Input): string | null {
  if (input.bytes.length > largest) return null;
  const folder = join(root, kind);
  mkdirSync(folder, { recursive: true });
  const hash = createHash('sha256').update(input.bytes).digest('hex').slice(0, 8);
  const file = join(folder, `failed-${hash}-${input.name}`);
  writeFileSync(file, input.bytes);
  return file;
}
