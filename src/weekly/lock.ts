import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../domain/index.ts';
import { processLives, temporaryName } from '../platform/index.ts';

/** Holds `runs/.lock` while `work` runs, so that two Sundays of one folder never overlap. */
export async function withRunLock<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(join(dataDir, 'runs'), { recursive: true });
  const path = join(dataDir, 'runs', '.lock');
  take(path);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** The lock appears with its process number in it, never empty: an empty one would look abandoned. */
function take(path: string): void {
  const mine = temporaryName(path);
  writeFileSync(mine, String(process.pid));
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (linked(mine, path)) return;
      const pid = holder(path);
      if (pid > 0 && pid !== process.pid && processLives(pid)) throw locked(pid);
      rmSync(path, { force: true });
    }
    if (!linked(mine, path)) throw locked(holder(path));
  } finally {
    rmSync(mine, { force: true });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that a lock names; 0 where it is gone or names none. */
function holder(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

function locked(pid: number): ConfigError {
  return new ConfigError(`Another run (process ${pid}) works in this data folder.`, {
    code: 'weekly.locked',
    remedy: 'Wait for it, or stop it and run this command again.',
  });
}
