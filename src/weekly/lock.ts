import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../domain/index.ts';
import { processLives } from '../platform/index.ts';

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

function take(path: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    let pid = 0;
    try {
      pid = Number(readFileSync(path, 'utf8'));
    } catch {
      continue;
    }
    if (pid > 0 && processLives(pid) && pid !== process.pid)
      throw new ConfigError(`Another run (process ${pid}) works in this data folder.`, {
        code: 'weekly.locked',
        remedy: 'Wait for it, or stop it and run this command again.',
      });
    rmSync(path, { force: true });
  }
}
