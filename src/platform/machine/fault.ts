import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { EngineError } from '../../domain/index.ts';

/** How what is wrong with the machine shows in errors of Node, DuckDB, LMDB, the crate and workers. */
const signs = [
  {
    code: 'disk.full',
    codes: ['ENOSPC', 'EDQUOT'],
    text: /no space left on device|disk quota exceeded|os error 28\b|MDB_MAP_FULL|max_temp_directory_size|\[disk\.full\]/i,
    says: (place: string) => `The disk of ${place} is full.`,
    remedy: 'Free some space there and run the command again: what is finished is kept.',
  },
  {
    code: 'disk.read_only',
    codes: ['EROFS'],
    text: /read-only file system|os error 30\b|\[disk\.read_only\]/i,
    says: (place: string) => `${place} lies on a disk that can only be read.`,
    remedy: 'Mount it for writing, or name another folder with --data.',
  },
  {
    code: 'disk.denied',
    codes: [],
    text: /permission denied|os error 13\b|\[disk\.denied\]/i,
    says: (place: string) => `${place} may not be written to.`,
    remedy: 'Run the command as the user who owns that folder, or change its rights.',
  },
  {
    code: 'memory.short',
    codes: ['ENOMEM', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_MEMORY_ALLOCATION_FAILED'],
    text: /out of memory|cannot allocate memory|could not allocate block|os error 12\b|array buffer allocation failed|\[memory\.short\]/i,
    says: (_: string, why: string) => `The memory does not suffice: ${why}`,
    remedy:
      'Give it more memory, or raise [lake] memory_mb where DuckDB is named; what is finished is kept.',
  },
] as const;

/**
 * An error that comes of a full or unwritable disk or of want of memory, as one line about it; null
 * for any other. `place` is named where the error tells of no path outside it.
 */
export function machineFault(error: unknown, place: string): EngineError | null {
  const chain = causesOf(error);
  for (const each of chain) {
    const code = codeOf(each);
    const found = signs.find(
      (sign) => code === sign.code || (sign.codes as readonly string[]).includes(code),
    );
    const sign =
      found ?? (inSystem(each) ? undefined : signs.find(({ text }) => text.test(each.message)));
    if (sign === undefined) continue;
    if (each instanceof EngineError && code === sign.code) return each;
    const why = firstLine(each.message);
    const { code: name, remedy } = sign;
    return new EngineError(sign.says(placeOf(each, place), why), {
      code: name,
      remedy,
      cause: error,
    });
  }
  return null;
}

/** An error's code; Node reports a folder that cannot be made on a read-only disk as ENOENT. */
function codeOf(error: Error): string {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' || syscall !== 'mkdir' || path === undefined) return code ?? '';
  let above = path;
  while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
  try {
    accessSync(above, constants.W_OK);
    return code;
  } catch (denied) {
    return String((denied as NodeJS.ErrnoException).code);
  }
}

/** An error of a system call says by its code what it is; the text may only quote a name. */
function inSystem(error: Error): boolean {
  return 'syscall' in error;
}

function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length < 8; each = each.cause)
    chain.push(each);
  return chain;
}

function placeOf(error: Error, place: string): string {
  const quoted = /"(\/[^"]+)"/.exec(error.message)?.[1];
  const path = 'path' in error && typeof error.path === 'string' ? error.path : quoted;
  if (path === undefined) return place;
  const full = resolve(path);
  if (full === place || full.startsWith(place.endsWith(sep) ? place : `${place}${sep}`))
    return place;
  const temporary = full.indexOf(`${sep}.tmp-`);
  return temporary < 0 ? dirname(full) : full.slice(0, temporary);
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
