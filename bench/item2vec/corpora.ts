import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../../src/domain/index.ts';

/** What is trained on, and who is asked about what comes next. */
export interface Corpus {
  readonly name: string;
  readonly tracks: number;
  readonly sequences: readonly (readonly number[])[];
  /** Of a user: the last sequence trained on and the one held out. */
  readonly judged: readonly {
    readonly query: readonly number[];
    readonly next: readonly number[];
  }[];
}

/** 30Music's sessions (five windows): all but each user's last; undefined where the data are absent. */
export function thirtyMusic(folder: string): Corpus | undefined {
  if (!existsSync(folder)) return undefined;
  const sessions = new Map<string, { user: string; start: number; tracks: number[] }>();
  const ids = new Map<string, number>();
  for (const slice of [0, 1, 2, 3, 4]) {
    const text = readFileSync(join(folder, `30music-200ks_test.${slice}.txt`), 'utf8');
    for (const line of text.split('\n').slice(1)) {
      const [user, session, item, time] = line.trim().split('\t');
      if (user === undefined || session === undefined || item === undefined) continue;
      const key = `${slice}/${session}`;
      const found = sessions.get(key) ?? { user, start: Number(time), tracks: [] };
      sessions.set(key, found);
      if (!ids.has(item)) ids.set(item, ids.size);
      found.tracks.push(ids.get(item) as number);
    }
  }
  const users = Map.groupBy(
    [...sessions.values()].toSorted((a, b) => a.start - b.start),
    (session) => session.user,
  );
  const sequences: number[][] = [];
  const judged: Corpus['judged'][number][] = [];
  for (const own of users.values()) {
    const trained = own.length > 1 ? own.slice(0, -1) : own;
    sequences.push(...trained.map((session) => session.tracks));
    const [query, next] = own.slice(-2);
    if (query !== undefined && next !== undefined)
      judged.push({ query: query.tracks, next: next.tracks });
  }
  return { name: '30Music sessions', tracks: ids.size, sequences, judged };
}

/**
 * Listeners with two of `genres` each; a session plays one of them, tracks by Zipf within it and a tenth
 * from anywhere. Each listener's last session is held out.
 */
export function synthetic(options: {
  readonly words: number;
  readonly tracks: number;
  readonly genres: number;
  readonly seed: number;
}): Corpus {
  const { words, tracks, genres, seed } = options;
  const rng = new Rng(seed);
  const perGenre = Math.floor(tracks / genres);
  const cumulative = new Float64Array(perGenre);
  let total = 0;
  for (let i = 0; i < perGenre; i++) cumulative[i] = total += 1 / (i + 5);
  const ofGenre = (genre: number): number => {
    const at = rng.uniform() * total;
    let [low, high] = [0, perGenre - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] as number) < at) low = middle + 1;
      else high = middle;
    }
    return low * genres + genre;
  };
  const session = (genre: number): number[] =>
    Array.from({ length: 5 + rng.below(30) }, () =>
      rng.uniform() < 0.1 ? rng.below(tracks) : ofGenre(genre),
    );
  const sequences: number[][] = [];
  const judged: Corpus['judged'][number][] = [];
  for (let made = 0; made < words;) {
    const taste = [rng.below(genres), rng.below(genres)];
    const own = Array.from({ length: 6 }, () => session(taste[rng.below(2)] as number));
    const [query, next] = own.slice(-2);
    if (judged.length < 1000 && query !== undefined && next !== undefined)
      judged.push({ query, next });
    for (const one of own.slice(0, -1)) {
      sequences.push(one);
      made += one.length;
    }
  }
  return { name: 'synthetic', tracks, sequences, judged };
}
