import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Artifact, openDuckDb, statementsOf } from '../../platform/index.ts';

/** What a hygiene artifact sets aside of one listener. */
export interface SetAside {
  /** Sessions known, set aside or not. */
  readonly sessions: number;
  /** In order of time. */
  readonly aside: readonly {
    readonly session: string;
    /** Epoch ms. */
    readonly started: number;
    readonly plays: number;
    /** Signs of a machine, or `child`, `sleep`, `stranger`; several are divided by spaces. */
    readonly reasons: string;
    readonly isBot: boolean;
  }[];
}

const statement = statementsOf(new URL('set-aside.sql', import.meta.url));

/** The listener's sessions that `flags` sets aside; none of a listener it does not know. */
export async function setAsideOf(flags: Artifact, user: string): Promise<SetAside> {
  await using sql = await openDuckDb({ threads: 1, memoryMb: 256, scratchDir: tmpdir() });
  await sql.parquet('flagged_sessions', [join(flags.path, 'sessions.parquet')]);
  const [all] = await sql.rows(statement('all_sessions'), { user });
  const rows = await sql.rows(statement('sessions'), { user });
  return {
    sessions: Number(all?.['n']),
    aside: rows.map((row) => ({
      session: String(row['session_id']),
      started: Number(row['started_ms']),
      plays: Number(row['plays']),
      reasons: String(row['reasons']),
      isBot: row['is_bot'] === true,
    })),
  };
}
