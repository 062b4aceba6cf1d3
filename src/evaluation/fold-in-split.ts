import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError, Rng, hashString } from '../domain/index.ts';
import { type SilverRef } from '../lake/index.ts';
import { openDuckDb, statementsOf } from '../platform/index.ts';

/** A listener's plays of one track. */
export interface Pair {
  readonly user: string;
  readonly track: string;
  readonly artist: string;
  readonly plays: number;
}

export interface Split {
  /** Rows of the training listeners and the folded-in rows of the judged ones. */
  readonly known: readonly Pair[];
  /** Held-out tracks of each judged listener, by user. */
  readonly held: ReadonlyMap<string, readonly string[]>;
}

const enough = 5;
const statement = statementsOf(new URL('fold-in.sql', import.meta.url));

/** Distinct (user, track) pairs of silver, by user, then track. */
export async function readPairs(silver: SilverRef): Promise<Pair[]> {
  const scratchDir = mkdtempSync(join(tmpdir(), 'deepcuts-fold-in-'));
  const sql = await openDuckDb({ scratchDir });
  const files = (prefix: string): string[] =>
    Object.keys(silver.manifest.files)
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(silver.path, name));
  try {
    await sql.parquet('plays', files('plays/'));
    await sql.parquet('tracks', files('tracks'));
    const rows = await sql.rows(statement('pairs'));
    return rows.map((row) => ({
      user: String(row['user_id']),
      track: String(row['track_id']),
      artist: String(row['artist_id'] ?? ''),
      plays: Number(row['plays']),
    }));
  } finally {
    await sql.close();
    rmSync(scratchDir, { recursive: true, force: true });
  }
}

/**
 * Protocol B: listeners fall 80/10/10 into training, validation and test. Of the judged part (test, or
 * validation) tracks unseen in training are dropped, then listeners with fewer than five tracks; a
 * fifth of each one's tracks is held out. Order and draws depend on the seed and the ids alone.
 */
export function splitPairs(pairs: readonly Pair[], seed: number, test: boolean): Split {
  const users = [...new Set(pairs.map((pair) => pair.user))].toSorted((a, b) => (a < b ? -1 : 1));
  if (users.length < 10)
    throw new DataError(`Fold-in needs at least 10 listeners; there are ${users.length}.`, {
      code: 'evaluation.few_listeners',
      remedy: 'Ingest more listeners.',
    });
  shuffle(users, new Rng(seed, 1));
  const [first, second] = [Math.floor(users.length * 0.8), Math.floor(users.length * 0.9)];
  const training = new Set(users.slice(0, first));
  const judged = new Set(test ? users.slice(second) : users.slice(first, second));
  const known = pairs.filter((pair) => training.has(pair.user));
  const seen = new Set(known.map((pair) => pair.track));
  const own = new Map<string, Pair[]>();
  for (const pair of pairs) {
    if (!judged.has(pair.user) || !seen.has(pair.track)) continue;
    const rows = own.get(pair.user) ?? [];
    rows.push(pair);
    own.set(pair.user, rows);
  }
  const held = new Map<string, readonly string[]>();
  for (const [user, rows] of own) {
    if (rows.length < enough) continue;
    shuffle(rows, new Rng(seed, 2, hashString(user)));
    const out = Math.max(1, Math.round(rows.length * 0.2));
    held.set(
      user,
      rows.slice(0, out).map((pair) => pair.track),
    );
    known.push(...rows.slice(out));
  }
  return { known, held };
}

/** Known pairs in the order in which an inner hold-out plays them. */
export interface InnerHoldOut {
  /** Four fifths of every training listener's tracks. */
  readonly early: readonly Pair[];
  /** The other fifth, which a ranker learns from, and all rows of the judged listeners. */
  readonly late: readonly Pair[];
}

/**
 * Splits the known pairs once more, as `splitPairs` splits the judged listeners: the labels of a ranker
 * come from training listeners alone. Listeners with fewer than five tracks have no labels.
 */
export function innerHoldOut({ known, held }: Split, seed: number): InnerHoldOut {
  const own = new Map<string, Pair[]>();
  const late: Pair[] = [];
  for (const pair of known) {
    if (held.has(pair.user)) late.push(pair);
    else own.set(pair.user, [...(own.get(pair.user) ?? []), pair]);
  }
  const early: Pair[] = [];
  for (const [user, rows] of own) {
    shuffle(rows, new Rng(seed, 3, hashString(user)));
    const out = rows.length < enough ? 0 : Math.max(1, Math.round(rows.length * 0.2));
    late.push(...rows.slice(0, out));
    early.push(...rows.slice(out));
  }
  return { early, late };
}

function shuffle(values: unknown[], rng: Rng): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [values[i], values[j]] = [values[j], values[i]];
  }
}
