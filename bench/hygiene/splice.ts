import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng, bootstrapMean, hashString } from '../../src/domain/index.ts';
import { hygieneAt } from '../../src/features/index.ts';
import { type SilverRef, newestEvent } from '../../src/lake/index.ts';
import { openDuckDb } from '../../src/platform/index.ts';

interface Play {
  readonly track: string;
  readonly ts: number;
  readonly artist: string;
}

/** A session of somebody else that was put into an account. */
export interface Spliced {
  readonly user: string;
  readonly session: string;
  readonly from: string;
  readonly side: 'tuning' | 'held-out';
}

const leastSessions = 5;
const leastPlays = 4;

/**
 * Real listeners with a history each get one real session of another listener, at the time of one of
 * their own on another day. Writes `spliced.txt` (session-rec) into `folder`; the side is by the
 * listener's hash.
 */
export function spliceSessions(
  data: string,
  folder: string,
  most: number,
  seed: number,
): Spliced[] {
  const users = readSessions(data);
  const known = [...users].filter(([, sessions]) => sessions.size >= leastSessions);
  const rng = new Rng(seed, 0x5911ce);
  const order = known.map(([user]) => ({ user, draw: rng.next() }));
  const chosen = order.toSorted((a, b) => a.draw - b.draw || (a.user < b.user ? -1 : 1));
  const spliced: Spliced[] = [];
  const lines = ['UserId\tSessionId\tItemId\tTime\tArtistId'];
  for (const { user } of chosen.slice(0, most)) {
    const own = [...(users.get(user)?.values() ?? [])];
    const from = known[rng.below(known.length)]?.[0] ?? user;
    const theirs = [...(users.get(from)?.values() ?? [])].filter((s) => s.length >= leastPlays);
    const session = theirs[rng.below(theirs.length)];
    const host = own[rng.below(own.length)]?.[0];
    if (from === user || session === undefined || host === undefined) continue;
    const shift = host.ts + 12 * 3600 - (session[0]?.ts ?? 0);
    const name = `spliced-${user}`;
    for (const { track, ts, artist } of session)
      lines.push([user, name, track, ts + shift, artist].join('\t'));
    const side = hashString(user) % 2 === 0 ? 'tuning' : 'held-out';
    spliced.push({ user, session: name, from, side });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'spliced.txt'), `${lines.join('\n')}\n`);
  return spliced;
}

function readSessions(data: string): Map<string, Map<string, Play[]>> {
  const users = new Map<string, Map<string, Play[]>>();
  for (const name of readdirSync(data)
    .filter((file) => /test\.\d\.txt$/.test(file))
    .toSorted())
    for (const line of readFileSync(join(data, name), 'utf8').split('\n').slice(1)) {
      const [user, session, track, ts, artist] = line.trim().split('\t');
      if (user === undefined || session === undefined || track === undefined) continue;
      const sessions = users.get(user) ?? new Map<string, Play[]>();
      users.set(user, sessions);
      const plays = sessions.get(session) ?? [];
      sessions.set(session, plays);
      plays.push({ track, ts: Number(ts), artist: artist ?? '' });
    }
  return users;
}

/** What became of the spliced sessions of a side, and of the other sessions of its listeners. */
export async function splicedFlags(
  dataDir: string,
  silver: SilverRef,
  spliced: readonly Spliced[],
  side: Spliced['side'],
) {
  const flags = await hygieneAt({ dataDir, silver, asOf: newestEvent(silver) + 1 });
  await using sql = await openDuckDb({ scratchDir: tmpdir(), memoryMb: 1024 });
  await sql.parquet('flagged', [join(flags.path, 'sessions.parquet')]);
  const rows = await sql.rows({
    name: 'flagged',
    text: `SELECT user_id, session_id, is_bot OR is_off_taste AS aside, compared_with > 0 AS compared
FROM flagged ORDER BY user_id, session_id`,
  });
  const names = new Set(spliced.map(({ session }) => session));
  const ofSide = rows.filter(
    (row) => (hashString(String(row['user_id'])) % 2 === 0 ? 'tuning' : 'held-out') === side,
  );
  const part = (isSpliced: boolean) => {
    const part = ofSide.filter((row) => names.has(String(row['session_id'])) === isSpliced);
    const users = part.map((row) => String(row['user_id']));
    const shares = bootstrapMean(
      part.map((row) => (row['aside'] === true ? 1 : 0)),
      users,
    );
    return [shares, part.filter((row) => row['compared'] === true).length] as const;
  };
  const [[foreign, splicedCompared], [untouched, untouchedCompared]] = [part(true), part(false)];
  return { spliced: foreign, splicedCompared, untouched, untouchedCompared };
}
