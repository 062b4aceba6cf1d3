/** Past sessions: tracks by index and the time each began; order of no meaning. */
export interface PastSessions {
  readonly tracks: readonly (readonly number[])[];
  readonly begins: readonly number[];
}

export interface SessionKnnOptions {
  /** Neighbours that vote. */
  readonly k: number;
  /** Newest sessions sharing a track that are compared. */
  readonly sample: number;
  /** What a neighbour's vote loses per place back of the newest track it shares. */
  readonly loss: number;
}

const defaultSessionKnn: SessionKnnOptions = { k: 100, sample: 1000, loss: 0.1 };

/**
 * V-SKNN (Ludewig and Jannach 2018): of the newest `sample` sessions that share a track with the prefix,
 * the `k` most similar vote for their tracks. Similarity: sum over shared tracks of place / length of the
 * prefix (its newest track counts 1), over its distinct tracks. A vote is the similarity times
 * max(0, 1 - loss x places back of the newest shared track, from 1). Ties: newer sessions first, then the
 * earlier index; tracks by index.
 */
export class SessionKnn {
  private readonly sessions: readonly ReadonlySet<number>[];
  private readonly begins: readonly number[];
  private readonly holding = new Map<number, number[]>();
  private readonly options: SessionKnnOptions;

  constructor(past: PastSessions, options: SessionKnnOptions = defaultSessionKnn) {
    this.sessions = past.tracks.map((tracks) => new Set(tracks));
    this.begins = past.begins;
    this.options = options;
    for (const [session, tracks] of this.sessions.entries())
      for (const track of tracks) {
        const holding = this.holding.get(track);
        if (holding === undefined) this.holding.set(track, [session]);
        else holding.push(session);
      }
  }

  /** The best `count` tracks that `allowed` lets pass, best first. */
  rank(prefix: readonly number[], count: number, allowed: (track: number) => boolean): number[] {
    const place = new Map(prefix.map((track, i) => [track, i + 1]));
    const scores = new Map<number, number>();
    for (const { session, similarity } of this.neighbours(prefix, place)) {
      const tracks = this.sessions[session] as ReadonlySet<number>;
      const back = 1 + prefix.toReversed().findIndex((track) => tracks.has(track));
      const vote = similarity * Math.max(0, 1 - this.options.loss * back);
      if (vote === 0) continue;
      for (const track of tracks) scores.set(track, (scores.get(track) ?? 0) + vote);
    }
    return [...scores]
      .filter(([track]) => allowed(track))
      .toSorted((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, count)
      .map(([track]) => track);
  }

  private neighbours(prefix: readonly number[], place: ReadonlyMap<number, number>) {
    const { k, sample } = this.options;
    const newest = (a: number, b: number): number =>
      (this.begins[b] as number) - (this.begins[a] as number) || a - b;
    const sharing = new Set([...place.keys()].flatMap((track) => this.holding.get(track) ?? []));
    return [...sharing]
      .toSorted(newest)
      .slice(0, sample)
      .map((session) => ({ session, similarity: this.similarity(session, prefix, place) }))
      .toSorted((a, b) => b.similarity - a.similarity || newest(a.session, b.session))
      .slice(0, k);
  }

  private similarity(
    session: number,
    prefix: readonly number[],
    place: ReadonlyMap<number, number>,
  ): number {
    let sum = 0;
    for (const [track, at] of place)
      if (this.sessions[session]?.has(track) === true) sum += at / prefix.length;
    return sum / place.size;
  }
}
