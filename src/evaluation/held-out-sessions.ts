import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Limits, type SilverRef, openSilver, withSql } from '../lake/index.ts';
import { statementsOf } from '../platform/index.ts';

/** A session of a person: tracks by id, in the order played. */
export interface HeldOutSession {
  readonly user: string;
  readonly tracks: readonly string[];
}

const statement = statementsOf(new URL('next-track.sql', import.meta.url));

/**
 * Sessions whose first play lies in [from, to), epoch ms, with their positive plays: by listener, then
 * by their begin. Sessions under way at `from` are left out whole; bots' and other people's plays too.
 */
export async function heldOutSessions(
  silver: SilverRef,
  from: number,
  to: number,
  limits: Limits = {},
): Promise<HeldOutSession[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'deepcuts-next-track-'));
  try {
    return await withSql(scratch, limits, async (sql) => {
      await openSilver(sql, silver, []);
      await sql.table('held_out', statement('held_out'), { from: from * 1000, to: to * 1000 });
      const sessions: { user: string; id: string; tracks: string[] }[] = [];
      for await (const chunk of sql.chunks(statement('plays'))) {
        const [users, ids] = [chunk.strings('user_id'), chunk.strings('session_id')];
        for (const [i, track] of chunk.strings('track_id').entries()) {
          const [user, id] = [users[i] as string, ids[i] as string];
          const last = sessions.at(-1);
          if (last !== undefined && last.user === user && last.id === id) last.tracks.push(track);
          else sessions.push({ user, id, tracks: [track] });
        }
      }
      return sessions;
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
