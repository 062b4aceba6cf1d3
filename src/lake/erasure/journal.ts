import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactError, ConfigError } from '../../domain/index.ts';
import { parseJson, writeFileAtomic } from '../../platform/index.ts';
import { erasureDir } from './tombstones.ts';

/** The ids of an erasure under way, as JSON lines; the file goes away with its last step. */
export const journalPath = (dataDir: string): string => join(erasureDir(dataDir), 'journal.jsonl');

export interface Journal {
  readonly users: readonly string[];
  /** Name of the receipt that ends the erasure: 16 hex digits. */
  readonly receipt: string;
}

/** Begins an erasure, or finds the one that was begun: its listeners come first, under its receipt. */
export function openJournal(dataDir: string, users: readonly string[]): Journal {
  const begun = pendingErasure(dataDir);
  const all = [...new Set([...(begun?.users ?? []), ...users])];
  const receipt = begun?.receipt ?? randomBytes(8).toString('hex');
  mkdirSync(erasureDir(dataDir), { recursive: true, mode: 0o700 });
  const lines = all.map((user) => `${JSON.stringify({ user_id: user, receipt })}\n`);
  writeFileAtomic(journalPath(dataDir), lines.join(''));
  return { users: all, receipt };
}

export function closeJournal(dataDir: string): void {
  rmSync(journalPath(dataDir), { force: true });
}

/** The erasure that was begun and not ended; null where there is none. */
export function pendingErasure(dataDir: string): Journal | null {
  if (!existsSync(journalPath(dataDir))) return null;
  const lines = readFileSync(journalPath(dataDir), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => lineOf(dataDir, line));
  const [first] = lines;
  return first === undefined
    ? null
    : { users: lines.map(({ user }) => user), receipt: first.receipt };
}

function lineOf(dataDir: string, line: string): { user: string; receipt: string } {
  let cause: unknown;
  try {
    const found = parseJson(line) as { user_id?: unknown; receipt?: unknown } | null;
    const [user, receipt] = [found?.user_id, found?.receipt];
    if (typeof user === 'string' && typeof receipt === 'string' && /^[0-9a-f]{16}$/.test(receipt))
      return { user, receipt };
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
