import { readFileSync } from 'node:fs';
import { ConfigError } from '../domain/index.ts';
import { markListeners, readTombstones } from '../lake/index.ts';
import { type Workspace } from './workspace.ts';

/** Ids of a text file, one a line; empty lines and a header `user_id` are passed over. */
export function forgetList(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${path} cannot be read.`, {
      code: 'erasure.list',
      remedy: 'Give a text file with one listener id a line.',
      cause,
    });
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.filter((line, i) => line !== '' && !(i === 0 && line === 'user_id'));
}

/** Takes tombstones away; returns how many there were. What was erased stays erased. */
export function liftTombstones({ dataDir }: Workspace, users: readonly string[]): number {
  const before = readTombstones(dataDir)?.marks.length ?? 0;
  if (before === 0) return 0;
  return before - markListeners(dataDir, users, 'lift').marks.length;
}
