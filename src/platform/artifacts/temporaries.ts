import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { markLives, processMark } from './process-mark.ts';

const temporaryMark = '.tmp-';

/** A name beside `path` that nobody else uses: same folder, so that the later rename is atomic. */
export function temporaryName(path: string): string {
  return join(
    dirname(path),
    `${temporaryMark}${basename(path)}-${processMark()}-${randomBytes(4).toString('hex')}`,
  );
}

/**
 * Removes what dead processes left under temporary names in a folder; with `path`, only what was to
 * become that file or folder. A name whose process still lives is left alone, as is anything that
 * cannot be read. Returns how many were removed.
 */
export function sweepTemporaries(dir: string, path?: string): number {
  const prefix = path === undefined ? temporaryMark : `${temporaryMark}${basename(path)}-`;
  let names: string[];
  try {
    names = readdirSync(dir).filter((name) => name.startsWith(prefix));
  } catch {
    return 0;
  }
  const dead = names.filter((name) => !markLives(name.split('-').at(-2) ?? ''));
  for (const name of dead) rmSync(join(dir, name), { recursive: true, force: true });
  return dead.length;
}
