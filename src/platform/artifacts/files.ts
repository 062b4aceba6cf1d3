import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

const temporaryMark = '.tmp-';

/** A name beside `path` that nobody else uses: same folder, so that the later rename is atomic. */
export function temporaryName(path: string): string {
  return join(
    dirname(path),
    `${temporaryMark}${basename(path)}-${process.pid}-${randomBytes(4).toString('hex')}`,
  );
}

/** Flushes a file or a folder entry to disk. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes a file whole or not at all: temporary name, fsync, rename, fsync of the folder. */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const temporary = temporaryName(path);
  writeFileSync(temporary, data);
  syncPath(temporary);
  renameSync(temporary, path);
  syncPath(dirname(path));
}

/** All files below a folder, as sorted relative paths with `/`. */
export function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}

/** SHA-256 of a file, read in chunks. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
    hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/**
 * Removes what killed processes left under temporary names in a folder. A name whose process still
 * lives is left alone, as is anything that cannot be read. Returns how many were removed.
 */
export async function sweepTemporaries(dir: string): Promise<number> {
  let names: string[];
  try {
    names = readdirSync(dir).filter((name) => name.startsWith(temporaryMark));
  } catch {
    return 0;
  }
  const dead = names.filter((name) => !processLives(Number(name.split('-').at(-2))));
  await Promise.all(dead.map((name) => rm(join(dir, name), { recursive: true, force: true })));
  return dead.length;
}

/** Whether a process of this machine with that id exists. */
export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Size of a file in bytes. */
export function fileSize(path: string): number {
  return statSync(path).size;
}
