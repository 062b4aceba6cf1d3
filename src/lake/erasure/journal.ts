import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactError, ConfigError } from '../../domain/index.ts';
import { parseJson, writeFileAtomic } from '../../platform/index.ts';
import { erasureDir } from './tombstones.ts';

/** The ids of an erasure under way, as JSON lines; the file goes away with its last step. */
export const journalPath = (dataDir: string): string => join(erasureDir(dataDir), 'journal.jsonl');

/** Who is being forgotten: those of a run that was stopped come back with the new ones. */
export function openJournal(dataDir: string, users: readonly string[]): string[] {
  const all = [...new Set([...pendingErasure(dataDir), ...users])];
  mkdirSync(erasureDir(dataDir), { recursive: true, mode: 0o700 });
  const lines = all.map((user) => `${JSON.stringify({ user_id: user })}\n`);
  writeFileAtomic(journalPath(dataDir), lines.join(''));
  return all;
}

export function closeJournal(dataDir: string): void {
  rmSync(journalPath(dataDir), { force: true });
}

/** Ids of an erasure that was begun and not ended; empty where there is none. */
export function pendingErasure(dataDir: string): string[] {
  if (!existsSync(journalPath(dataDir))) return [];
  return readFileSync(journalPath(dataDir), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => userOf(dataDir, line));
}

function userOf(dataDir: string, line: string): string {
  let cause: unknown;
  try {
    const user = (parseJson(line) as { user_id?: unknown } | null)?.user_id;
    if (typeof user === 'string') return user;
  } catch (error) {
    cause = error;
  }
  throw new ArtifactError(`${journalPath(dataDir)} has a line that names no listener.`, {
    code: 'erasure.journal',
    remedy: 'Take that line out, and forget that listener again.',
    cause,
  });
}

/** Refuses to go on beside an erasure that was begun and not ended: half of it would be built upon. */
export function requireNoErasure(dataDir: string): void {
  if (!existsSync(journalPath(dataDir))) return;
  throw new ConfigError(`An erasure in ${dataDir} was begun and has not ended.`, {
    code: 'erasure.pending',
    remedy: 'Wait for it; if it was stopped, finish it with "deepcuts forget --resume".',
  });
}
