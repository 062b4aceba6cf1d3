import { hitRate, reciprocalRank } from '../domain/index.ts';
import { type SilverRef, eventSpans, snapshotFiles } from '../lake/index.ts';
import { ColFile } from '../platform/index.ts';
import { type Retrieval, type RetrievalRecipe, prepareRetrieval } from '../retrieval/index.ts';
import { type ChainOptions, retrievalAt } from '../scoring/index.ts';
import { CoreTime } from './core-time.ts';
import { heldOutSessions } from './held-out-sessions.ts';
import { requireUnread } from './leak-check.ts';
import { type Fusion, type OpenPoint, methodLists } from './next-track-methods.ts';
import { nextTrackFusion, nextTrackMethods } from './next-track-sources.ts';
import { type EvaluationPoint, sessionPoints } from './points.ts';
import { variants } from './next-track-variants.ts';
import { prefixQueries } from './prefix-queries.ts';
import { type RankingEvaluation, type Scored, rankingTable } from './ranking-table.ts';
import { recipeDigest } from './recipe.ts';
import { sampleQueries } from './sample.ts';
import { readListeners, readPast } from './session-history.ts';
import { SessionKnn } from './session-knn.ts';
import { type Split } from './test-look.ts';

export interface NextTrackRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly split: Split;
  readonly chain: ChainOptions;
  readonly onStage?: (stage: string) => void;
}

const k = 20;
/** Prefixes judged per point; of more, those of drawn listeners. */
const mostQueries = 5000;

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
      const lists = await methodLists(found, queries, variant, coreTimes[v] as CoreTime, k);
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

async function openPoint(
  { dataDir, silver, chain, onStage }: NextTrackRequest,
  point: EvaluationPoint,
): Promise<OpenPoint> {
  const options = onStage === undefined ? chain : { ...chain, onStage };
  const { snapshot, retrieval } = await retrievalAt(dataDir, silver, point.at, options);
  const compile = (recipe: RetrievalRecipe): Promise<Retrieval> =>
    prepareRetrieval(dataDir, snapshot, recipe, chain.limits);
  const singles = await compile(nextTrackMethods);
  const fusions: Fusion[] = [
    { name: 'fusion of session sources', retrieval: await compile(nextTrackFusion), behind: false },
    { name: "fusion of the chain's sources", retrieval, behind: false },
    { name: "fusion of the chain's sources, history behind", retrieval, behind: true },
  ];
  for (const models of [singles, ...fusions.map((fusion) => fusion.retrieval)])
    requireUnread({ retrieval: models, ranker: null }, point.at);
  const catalogue = ColFile.open(snapshotFiles(snapshot).catalogue);
  const recording = catalogue.u32('recording');
  const { heard, history } = readListeners(snapshot);
  const track = new Map(catalogue.strings('track_id').map((id, i) => [id, i]));
  const held = await heldOutSessions(silver, point.at, point.until, chain.lake);
  const { queries, sessions } = prefixQueries(held, { track, recording, heard });
  const judged = sampleQueries(queries, mostQueries);
  const knn = new SessionKnn(readPast(snapshot));
  return { at: point.at, sessions, queries: judged, recording, history, knn, singles, fusions };
}
