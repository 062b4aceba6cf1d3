import { type HeldOutSession } from './held-out-sessions.ts';

/** The beginning of a session and the track that came next, by index in the catalogue. */
export interface PrefixQuery {
  readonly user: string;
  /** Plays so far, oldest first; at least one. */
  readonly prefix: readonly number[];
  readonly target: number;
  /** Recordings the listener had played by then: before the point and in held-out sessions since, prefix included. */
  readonly heard: ReadonlySet<number>;
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
  const since = new Map<string, Set<number>>();
  let kept = 0;
  for (const { user, tracks } of sessions) {
    const heard = since.get(user) ?? new Set(known.heard.get(user));
    since.set(user, heard);
    const plays = tracks.flatMap((id) => known.track.get(id) ?? []);
    if (plays.length > 1) kept++;
    for (const [i, target] of plays.entries()) {
      if (i > 0) queries.push({ user, prefix: plays.slice(0, i), target, heard: new Set(heard) });
      heard.add(known.recording[target] as number);
    }
  }
  return { queries, sessions: kept };
}
