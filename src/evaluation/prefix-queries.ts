import { type HeldOutSession } from './held-out-sessions.ts';

/** The beginning of a session and the track that came next, by index in the catalogue. */
export interface PrefixQuery {
  readonly user: string;
  /** Plays so far, oldest first; at least one. */
  readonly prefix: readonly number[];
  readonly target: number;
  /** Recordings the listener had played before the session: before the point, and in held-out sessions since. */
  readonly heardBefore: ReadonlySet<number>;
}

/** What the snapshot says of tracks and listeners. */
export interface KnownBefore {
  /** Track id to index. */
  readonly track: ReadonlyMap<string, number>;
  readonly recording: ArrayLike<number>;
  /** Recordings heard before the point, by listener. */
  readonly heard: ReadonlyMap<string, ReadonlySet<number>>;
}

/**
 * Every prefix of every session with what came next. As published (Ludewig and Jannach 2018), plays of
 * tracks that training does not know are left out first, then sessions of a single play. Sessions of a
 * listener must come in the order they began.
 */
export function prefixQueries(
  sessions: readonly HeldOutSession[],
  known: KnownBefore,
): { readonly queries: PrefixQuery[]; readonly sessions: number } {
  const queries: PrefixQuery[] = [];
  const since = new Map<string, ReadonlySet<number>>();
  let kept = 0;
  for (const { user, tracks } of sessions) {
    const heardBefore = since.get(user) ?? known.heard.get(user) ?? new Set();
    const plays = tracks.flatMap((id) => known.track.get(id) ?? []);
    if (plays.length > 1) kept++;
    for (const [i, target] of plays.entries())
      if (i > 0) queries.push({ user, prefix: plays.slice(0, i), target, heardBefore });
    const played = plays.map((track) => known.recording[track] as number);
    since.set(user, new Set([...heardBefore, ...played]));
  }
  return { queries, sessions: kept };
}
