import { join } from 'node:path';
import { hitRate, reciprocalRank } from '../domain/index.ts';
import { type SilverRef, eventSpans, snapshotFiles } from '../lake/index.ts';
import { Model } from '../native/index.ts';
import { type Artifact, ColFile } from '../platform/index.ts';
import { type Retrieval, prepareRetrieval, recipes, retrievalSpec } from '../retrieval/index.ts';
import { type ChainOptions, retrievalAt } from '../scoring/index.ts';
import { CoreTime } from './core-time.ts';
import { heldOutSessions } from './held-out-sessions.ts';
import { requireUnread } from './leak-check.ts';
import { inScratch } from './methods.ts';
import { nextTrackSources } from './next-track-sources.ts';
import { type EvaluationPoint, sessionPoints } from './points.ts';
import { type HistoryRows, type PrefixBucket, writePrefixBucket } from './prefix-bucket.ts';
import { type PrefixQuery, prefixQueries } from './prefix-queries.ts';
import { type RankingEvaluation, type Scored, rankingTable } from './ranking-table.ts';
import { recipeDigest } from './recipe.ts';
import { type PastSessions, SessionKnn } from './session-knn.ts';
import { type Split } from './test-look.ts';

export interface NextTrackRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly split: Split;
  readonly chain: ChainOptions;
  readonly onStage?: (stage: string) => void;
}

const k = 20;

/** Which tracks may be named and which targets count. */
interface Variant {
  readonly name: string;
  readonly heard: (query: PrefixQuery, recording: ArrayLike<number>) => Iterable<number>;
  readonly counts: (query: PrefixQuery, recording: ArrayLike<number>) => boolean;
}

const variants: readonly Variant[] = [
  { name: 'all tracks', heard: () => [], counts: () => true },
  {
    name: 'tracks of the prefix removed',
    heard: ({ prefix }, recording) => prefix.map((track) => recording[track] as number),
    counts: () => true,
  },
  {
    name: 'new to the listener',
    heard: ({ heard }) => heard,
    counts: ({ heard, target }, recording) => !heard.has(recording[target] as number),
  },
];

/**
 * Protocol D: for each prefix of a held-out session the next track is predicted, by models of what was
 * played before the held-out day. Hit rate and MRR at 20, in three variants: every track may be named;
 * those of the prefix may not (a repeat is then a miss); and only targets the listener had never played
 * count, nothing heard being named. Every method but session kNN runs in the crate on a bucket of
 * prefixes.
 */
export async function evaluateNextTrack(request: NextTrackRequest): Promise<RankingEvaluation> {
  const { silver, split, chain } = request;
  const points = sessionPoints(split, eventSpans(silver), chain.labelDays);
  const coreTimes = variants.map(() => new CoreTime());
  const boards = variants.map(() => new Map<string, Scored & { values: number[][] }>());
  const users: string[][] = variants.map(() => []);
  let sessions = 0;
  for (const point of points) {
    const found = await openPoint(request, point);
    sessions += found.sessions;
    for (const [v, variant] of variants.entries()) {
      const { recording } = found;
      const queries = found.queries.filter((query) => variant.counts(query, recording));
      request.onStage?.(`${variant.name}: ${queries.length} prefixes of the ${point.name}`);
      users[v]?.push(...queries.map((query) => query.user));
      const lists = await methodLists(found, queries, variant, coreTimes[v] as CoreTime);
      for (const { name, isOurs, tracks } of lists) {
        const scored = boards[v]?.get(name) ?? { name, isOurs, values: [[], []] };
        boards[v]?.set(name, scored);
        for (const [i, { target }] of queries.entries()) {
          const list = (tracks[i] ?? []).map((track) => recording[track] as number);
          const truth = new Set([recording[target] as number]);
          const judged = { list, truth, truthSize: 1 };
          scored.values[0]?.push(hitRate(judged, k));
          scored.values[1]?.push(reciprocalRank(judged, k));
        }
      }
    }
  }
  return {
    protocol: 'next-track',
    test: split !== 'tuning',
    about: `${points.map((point) => point.name).join(', ')}; ${sessions} sessions`,
    recipe: recipeDigest(chain),
    variants: variants.map(({ name }, v) =>
      rankingTable(
        name,
        [`P@${k}`, `MRR@${k}`],
        `MRR@${k}`,
        [...(boards[v]?.values() ?? [])],
        users[v] ?? [],
        coreTimes[v] as CoreTime,
      ),
    ),
  };
}

/** Everything of one point that lists are made from. */
interface OpenPoint {
  readonly at: number;
  readonly sessions: number;
  readonly queries: readonly PrefixQuery[];
  readonly recording: Uint32Array;
  readonly history: ReadonlyMap<string, HistoryRows>;
  readonly knn: SessionKnn;
  readonly singles: Retrieval;
  readonly fused: Retrieval;
}

async function openPoint(
  { dataDir, silver, chain, onStage }: NextTrackRequest,
  point: EvaluationPoint,
): Promise<OpenPoint> {
  const options = onStage === undefined ? chain : { ...chain, onStage };
  const { snapshot, retrieval } = await retrievalAt(dataDir, silver, point.at, options);
  const { item2vec, vectorSources } = recipes.item2vec;
  const compile = (sources: typeof nextTrackSources): Promise<Retrieval> =>
    prepareRetrieval(
      dataDir,
      snapshot,
      { sources, item2vec, towers: null, vectorSources },
      chain.limits,
    );
  const singles = await compile(nextTrackSources);
  for (const models of [retrieval, singles])
    requireUnread({ retrieval: models, ranker: null }, point.at);
  const catalogue = ColFile.open(snapshotFiles(snapshot).catalogue);
  const recording = catalogue.u32('recording');
  const { heard, history } = readListeners(snapshot);
  const track = new Map(catalogue.strings('track_id').map((id, i) => [id, i]));
  const held = await heldOutSessions(silver, point.at, point.until, chain.lake);
  const { queries, sessions } = prefixQueries(held, { track, recording, heard });
  const knn = new SessionKnn(readPast(snapshot));
  return { at: point.at, sessions, queries, recording, history, knn, singles, fused: retrieval };
}

interface MethodLists {
  readonly name: string;
  readonly isOurs: boolean;
  /** A list per query. */
  readonly tracks: readonly (readonly number[])[];
}

async function methodLists(
  point: OpenPoint,
  queries: readonly PrefixQuery[],
  variant: Variant,
  { measure }: CoreTime,
): Promise<MethodLists[]> {
  const { recording, knn, singles, fused } = point;
  return inScratch(async (dir) => {
    const bucket = async (name: string, history: PrefixBucket['history']): Promise<string> => {
      const path = join(dir, `${name}.col`);
      const heard = (query: PrefixQuery) => variant.heard(query, recording);
      await writePrefixBucket(path, queries, {
        at: Math.floor(point.at / 1000),
        heard,
        history,
      });
      return path;
    };
    const prefix = await bucket('prefix', null);
    const behind = await bucket('history', ({ user }) => point.history.get(user));
    const found: MethodLists[] = [];
    const add = async (name: string, isOurs: boolean, run: (out: string) => Promise<void>) => {
      const out = join(dir, 'lists.col');
      await measure(name, () => run(out));
      found.push({ name, isOurs, tracks: readLists(out) });
    };
    const alone = new Model(retrievalSpec(singles, point.at));
    const { sources, vectorSources } = singles;
    for (const [i, { definition }] of [...sources, ...vectorSources].entries())
      await add(titleOf(definition.name), false, (out) =>
        alone.baselineBucket(i, k, prefix, out, 'all'),
      );
    const ranked = await measure(knnName, async () =>
      queries.map((query) => {
        const heard = new Set(variant.heard(query, recording));
        return knn.rank(query.prefix, k, (track) => !heard.has(recording[track] as number));
      }),
    );
    found.push({ name: knnName, isOurs: false, tracks: ranked });
    const merged = fused.sources.length + fused.vectorSources.length;
    const together = new Model(retrievalSpec(fused, point.at));
    await add('fusion of the sources, prefix and history', true, (out) =>
      together.baselineBucket(merged, k, behind, out, 'all'),
    );
    await add('fusion of the sources, prefix alone', true, (out) =>
      together.baselineBucket(merged, k, prefix, out, 'all'),
    );
    return found;
  });
}

const knnName = 'session kNN (V-SKNN)';

function titleOf(name: string): string {
  return name === 'item2vec' ? 'item2vec of the prefix' : name;
}

function readLists(path: string): number[][] {
  const col = ColFile.open(path);
  const [offsets, tracks] = [col.u32('list.off'), col.u32('list.track')];
  return Array.from({ length: offsets.length - 1 }, (_, i) =>
    Array.from(tracks.subarray(offsets[i], offsets[i + 1])),
  );
}

function readListeners(snapshot: Artifact) {
  const heard = new Map<string, ReadonlySet<number>>();
  const history = new Map<string, HistoryRows>();
  for (const path of snapshotFiles(snapshot).listeners) {
    const file = ColFile.open(path);
    const [off, rows] = [file.u32('heard.off'), file.u32('heard.recording')];
    const from = file.u32('hist.off');
    const columns = {
      track: file.u32('hist.track'),
      last: file.u32('hist.last'),
      positives: file.u16('hist.positives'),
      positives28: file.u16('hist.positives28'),
      positives7: file.u16('hist.positives7'),
      skips: file.u16('hist.skips'),
      weight: file.i32('hist.weight'),
    };
    for (const [i, user] of file.strings('user_id').entries()) {
      heard.set(user, new Set(rows.subarray(off[i], off[i + 1])));
      const slice = <T extends { subarray(a?: number, b?: number): T }>(column: T): T =>
        column.subarray(from[i], from[i + 1]);
      history.set(user, {
        track: slice(columns.track),
        last: slice(columns.last),
        positives: slice(columns.positives),
        positives28: slice(columns.positives28),
        positives7: slice(columns.positives7),
        skips: slice(columns.skips),
        weight: slice(columns.weight),
      });
    }
  }
  return { heard, history };
}

function readPast(snapshot: Artifact): PastSessions {
  const tracks: number[][] = [];
  const begins: number[] = [];
  for (const path of snapshotFiles(snapshot).sessions) {
    const file = ColFile.open(path);
    const [off, track, ts] = [
      file.u32('session.off'),
      file.u32('session.track'),
      file.u32('session.ts'),
    ];
    for (let i = 0; i + 1 < off.length; i++) {
      tracks.push(Array.from(track.subarray(off[i], off[i + 1])));
      begins.push(ts[off[i] as number] ?? 0);
    }
  }
  return { tracks, begins };
}
