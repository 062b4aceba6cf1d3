import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactError } from '../../domain/index.ts';
import { type Sql, type Statement, literal, writeFileAtomic } from '../../platform/index.ts';

/**
 * Who was forgotten, without their ids: HMAC-SHA256 of each under the lake's own key. They keep an
 * ingest of old files from bringing anybody back.
 */
export interface Tombstones {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Lower-case hex, ascending, without repeats. */
  readonly marks: readonly string[];
}

const keyBytes = 32;
const blockBytes = 64;

export const erasureDir = (dataDir: string): string => join(dataDir, 'lake', 'erasure');
const keyPath = (dataDir: string): string => join(erasureDir(dataDir), 'key');
const marksPath = (dataDir: string): string => join(erasureDir(dataDir), 'tombstones.csv');
const header = 'mark';

/** The tombstones of a lake; null where nobody was ever forgotten. */
export function readTombstones(dataDir: string): Tombstones | null {
  if (!existsSync(marksPath(dataDir))) return null;
  const marks = readFileSync(marksPath(dataDir), 'utf8').split('\n').slice(1).filter(Boolean);
  const key = existsSync(keyPath(dataDir))
    ? Buffer.from(readFileSync(keyPath(dataDir), 'utf8').trim(), 'hex')
    : Buffer.alloc(0);
  if (key.length !== keyBytes || marks.some((mark) => !/^[0-9a-f]{64}$/.test(mark)))
    throw new ArtifactError(`The tombstones in ${erasureDir(dataDir)} cannot be used.`, {
      code: 'erasure.tombstones',
      remedy:
        'Restore the files "key" and "tombstones.csv" there: without them the forgotten come back.',
    });
  return { key, marks };
}

/** Adds (or with `lift` removes) the marks of these listeners. Doing it twice changes nothing. */
export function markListeners(
  dataDir: string,
  users: readonly string[],
  change: 'set' | 'lift' = 'set',
): Tombstones {
  const known = readTombstones(dataDir) ?? { key: newKey(dataDir), marks: [] };
  const marks = new Set(known.marks);
  for (const user of users) {
    const mark = markOf(known.key, user);
    if (change === 'set') marks.add(mark);
    else marks.delete(mark);
  }
  const sorted = [...marks].toSorted();
  writeFileAtomic(marksPath(dataDir), [header, ...sorted, ''].join('\n'));
  return { key: known.key, marks: sorted };
}

export function markOf(key: Uint8Array, user: string): string {
  return createHmac('sha256', key).update(user, 'utf8').digest('hex');
}

function newKey(dataDir: string): Uint8Array {
  mkdirSync(erasureDir(dataDir), { recursive: true, mode: 0o700 });
  if (!existsSync(keyPath(dataDir))) {
    writeFileAtomic(keyPath(dataDir), `${randomBytes(keyBytes).toString('hex')}\n`);
    chmodSync(keyPath(dataDir), 0o600);
  }
  return Buffer.from(readFileSync(keyPath(dataDir), 'utf8').trim(), 'hex');
}

/** Names the marks `tombstones`, for `markedUsers`. */
export async function openTombstones(sql: Sql, dataDir: string): Promise<void> {
  await sql.input('tombstones', { path: marksPath(dataDir), format: 'csv', columns: [header] });
}

/** The statement that keeps those of `user_id` in `relation` whose mark is among `tombstones`. */
export function markedUsers(key: Uint8Array, relation: string): Statement {
  const padded = (byte: number): string => {
    const block = Buffer.alloc(blockBytes, byte);
    for (let i = 0; i < keyBytes; i++) block[i] = (block[i] as number) ^ (key[i] as number);
    return `from_hex(${literal(block.toString('hex'))})`;
  };
  const inner = `sha256(${padded(0x36)} || encode(u.user_id))`;
  return {
    name: 'marked_users',
    text: `SELECT u.user_id FROM (SELECT DISTINCT user_id FROM ${relation} WHERE user_id IS NOT NULL) AS u
SEMI JOIN tombstones AS t ON sha256(${padded(0x5c)} || from_hex(${inner})) = t.mark`,
  };
}
