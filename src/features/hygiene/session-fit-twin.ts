import { hash32 } from '../../domain/index.ts';
import { type FitParams, unknownFit } from '../../native/index.ts';

/** A play count of a session: numbers of artist, track and genre (0: none). */
export interface TwinPlay {
  readonly artist: number;
  readonly track: number;
  readonly genre: number;
  readonly count: number;
}

export interface TwinSession {
  readonly number: number;
  /** Epoch s. */
  readonly start: number;
  readonly reference: boolean;
  readonly plays: readonly TwinPlay[];
}

/** A listener's sessions in order of time. */
export interface TwinListener {
  readonly seed: number;
  readonly counted: boolean;
  readonly sessions: readonly TwinSession[];
}

const damped = (count: number): number => (count === 0 ? 0 : 32 - Math.clz32(Math.min(count, 15)));

const thousandths = (part: number, whole: number): number =>
  whole === 0 ? unknownFit : Math.floor((part * 1000) / whole);

const quantile = (values: readonly number[], quarter: number): number =>
  values.length === 0
    ? unknownFit
    : (values.toSorted((a, b) => a - b)[Math.floor(((values.length - 1) * quarter) / 4)] as number);

/** The readable form of the crate's `fit_sessions`: a line of numbers per session, as in its CSV. */
export function fitTwin(params: FitParams, listeners: readonly TwinListener[]): number[][] {
  const world = listeners
    .filter(({ counted }) => counted)
    .map((listener) => ({ signs: signsOf(listener.seed, params), weights: weightsOf(listener) }));
  return listeners.flatMap((listener) => {
    // What everybody else does: the listener is left out, not taken out.
    const place = listeners.filter(({ counted }) => counted).indexOf(listener);
    const others = world.filter((_, i) => i !== place);
    const rows = listener.sessions.map((session) => directionOf(session, others, params));
    const fits = listener.sessions.map((session, s) => {
      const references = referencesOf(params, listener.sessions, session);
      const known = (column: 'artist' | 'track' | 'genre') =>
        shareKnown(session, references, column);
      const directions = references.map(
        (r) => rows[listener.sessions.indexOf(r)]?.direction ?? null,
      );
      return {
        number: session.number,
        references: references.length,
        covered: rows[s]?.covered ?? unknownFit,
        similarity: similarityOf(params, rows[s]?.direction ?? null, directions),
        shares: [known('track'), known('artist'), known('genre')],
      };
    });
    const all = fits.map(({ similarity }) => similarity).filter((x) => x !== unknownFit);
    const typical = quantile(all, 3);
    const spread = quantile(
      all.map((x) => Math.abs(x - typical)),
      2,
    );
    return fits.map((fit) => [
      fit.number,
      fit.references,
      fit.covered,
      fit.similarity,
      typical,
      spread,
      ...fit.shares,
    ]);
  });
}

interface Other {
  readonly signs: readonly number[];
  readonly weights: ReadonlyMap<number, number>;
}

function signsOf(seed: number, { dimensions }: FitParams): number[] {
  return Array.from({ length: dimensions }, (_, d) =>
    (hash32(0x5167, seed, Math.floor(d / 32)) >>> (d % 32)) & 1 ? 1 : -1,
  );
}

function weightsOf({ sessions }: TwinListener): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { plays } of sessions)
    for (const { artist, count } of plays) counts.set(artist, (counts.get(artist) ?? 0) + count);
  return new Map([...counts].map(([artist, count]) => [artist, damped(count)]));
}

/** The unit sum of an artist's listeners' signs, less what independence would give. */
function artistRow(artist: number, others: readonly Other[], dimensions: number): number[] | null {
  let [weight, total] = [0, 0];
  const row = Array.from({ length: dimensions }, () => 0);
  const everywhere = Array.from({ length: dimensions }, () => 0);
  for (const { signs, weights } of others) {
    const own = weights.get(artist) ?? 0;
    const all = [...weights.values()].reduce((a, b) => a + b, 0);
    weight += own;
    total += all;
    for (const [d, sign] of signs.entries()) {
      row[d] = (row[d] as number) + own * sign;
      everywhere[d] = (everywhere[d] as number) + all * sign;
    }
  }
  if (weight === 0 || total === 0) return null;
  const share = weight / total;
  return unit(row.map((here, d) => here - share * (everywhere[d] as number)));
}

function unit(row: readonly number[]): number[] | null {
  const square = row.reduce((sum, x) => sum + x * x, 0);
  return square < 1e-9 ? null : row.map((x) => x / Math.sqrt(square));
}

function directionOf(session: TwinSession, others: readonly Other[], { dimensions }: FitParams) {
  const counts = new Map<number, number>();
  for (const { artist, count } of session.plays)
    counts.set(artist, (counts.get(artist) ?? 0) + count);
  let row = Array.from({ length: dimensions }, () => 0);
  let [covered, plays] = [0, 0];
  for (const [artist, count] of [...counts].toSorted(([a], [b]) => a - b)) {
    plays += count;
    const one = artistRow(artist, others, dimensions);
    if (one === null) continue;
    covered += count;
    row = row.map((x, d) => x + damped(count) * (one[d] as number));
  }
  return { covered: thousandths(covered, plays), direction: unit(row) };
}

function referencesOf(
  params: FitParams,
  sessions: readonly TwinSession[],
  session: TwinSession,
): TwinSession[] {
  const away = (seconds: number): TwinSession[] =>
    sessions.filter(
      (one) => one !== session && one.reference && Math.abs(one.start - session.start) >= seconds,
    );
  const far = away(params.farSeconds);
  const found = far.length < params.leastReferences ? away(params.nearSeconds) : far;
  if (found.length < params.leastReferences) return [];
  if (found.length <= params.mostReferences) return found;
  return Array.from(
    { length: params.mostReferences },
    (_, i) => found[Math.floor((i * found.length) / params.mostReferences)] as TwinSession,
  );
}

function shareKnown(
  session: TwinSession,
  references: readonly TwinSession[],
  column: 'artist' | 'track' | 'genre',
): number {
  if (references.length === 0) return unknownFit;
  const known = new Set(references.flatMap(({ plays }) => plays.map((play) => play[column])));
  const named = session.plays.filter((play) => play[column] !== 0);
  const count = (plays: readonly TwinPlay[]): number =>
    plays.reduce((sum, play) => sum + play.count, 0);
  return thousandths(count(named.filter((play) => known.has(play[column]))), count(named));
}

function similarityOf(
  params: FitParams,
  direction: readonly number[] | null,
  references: readonly (readonly number[] | null)[],
): number {
  if (direction === null || references.length === 0) return unknownFit;
  const cosines = references
    .filter((other) => other !== null)
    .map((other) => direction.reduce((sum, x, d) => sum + x * (other[d] as number), 0))
    .toSorted((a, b) => b - a);
  if (cosines.length < params.leastReferences) return unknownFit;
  const nearest = cosines.slice(0, params.neighbours);
  return Math.floor((nearest.reduce((a, b) => a + b, 0) / nearest.length) * 1000);
}
