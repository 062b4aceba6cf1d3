import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { sweepTemporaries, temporaryName } from './temporaries.ts';

/** Flushes a file or a folder entry to disk. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Writes a file whole or not at all: temporary name, fsync, rename, fsync of the folder. What a killed
 * writer of the same file left is removed.
 */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  placed(path, data, (temporary) => renameSync(temporary, path));
}

/** As `writeFileAtomic`, but a file that is there already stays; false then. */
export function writeFileOnce(path: string, data: string | Uint8Array): boolean {
  let first = true;
  placed(path, data, (temporary) => {
    first = linked(temporary, path);
  });
  return first;
}

/** Gives a file a second name; false where the name is taken. */
export function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function placed(path: string, data: string | Uint8Array, place: (temporary: string) => void): void {
  sweepTemporaries(dirname(path), path);
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, data);
    syncPath(temporary);
    place(temporary);
    syncPath(dirname(path));
  } finally {
    rmSync(temporary, { force: true });
  }
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

/** Size of a file in bytes. */
export function fileSize(path: string): number {
  return statSync(path).size;
}
