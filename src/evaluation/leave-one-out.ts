import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hitRate, ndcg, reciprocalRank, weekOf } from '../domain/index.ts';
import { type SilverRef, eventSpans, snapshotFiles } from '../lake/index.ts';
import { type Artifact, ColFile, sweepTemporaries, temporaryName } from '../platform/index.ts';
import { type ChainOptions, chainAt, modelSetFor, openModelSet } from '../scoring/index.ts';
import { CoreTime } from './core-time.ts';
import { settingNames } from './evaluate.ts';
import { Judge } from './judge.ts';
import { readCatalogue } from './judged-listeners.ts';
import { splitLeaveOneOut } from './leave-one-out-split.ts';
import { requireUnread } from './leak-check.ts';
import { type Lists, baselineLists, chainLists } from './methods.ts';
import { newestOf, tuningEnd } from './points.ts';
import { type RankingEvaluation, type Scored, rankingTable } from './ranking-table.ts';
import { recipeDigest } from './recipe.ts';
import { sampleOf } from './sample.ts';
import { type Split } from './test-look.ts';

export interface LeaveOneOutRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly split: Split;
  readonly chain: ChainOptions;
  readonly onStage?: (stage: string) => void;
}

const metrics = ['HR@10', 'NDCG@10', 'HR@30', 'NDCG@30', 'MRR@30'] as const;
const mostListeners = 10_000;

/**
 * Protocol C, leave one out: the recording that a listener took up last is the test, the one before it
 * the validation; everything else is read. So models have read plays later than what they are judged by,
 * of other listeners and in other windows, as in published tables: it is there to be compared with them,
 * not to say how a Sunday fares. For tuning nothing at or after the test weeks is read, and both held-out
 * recordings are left out. All unheard tracks are ranked; listeners whose track nobody else ever played
 * are left out and counted.
 */
export async function evaluateLeaveOneOut(request: LeaveOneOutRequest): Promise<RankingEvaluation> {
  const { dataDir, silver, split, chain: given, onStage } = request;
  const test = split !== 'tuning';
  const spans = eventSpans(silver);
  const to = test ? newestOf(spans).end + 1 : tuningEnd(spans, given.labelDays);
  if (split !== 'tuning') split.use();
  const scratch = join(dataDir, 'evaluation');
  mkdirSync(scratch, { recursive: true });
  sweepTemporaries(scratch);
  const lake = temporaryName(join(scratch, 'leave-one-out'));
  try {
    onStage?.('lake of the split');
    const { asOf, held, ...part } = await splitLeaveOneOut({
      silver,
      lake,
      to,
      places: test ? 1 : 2,
      ...(given.lake === undefined ? {} : { limits: given.lake }),
    });
    const chain = onStage === undefined ? given : { ...given, onStage };
    const models = await chainAt(lake, part.silver, asOf, chain);
    requireUnread(models, asOf);
    onStage?.('lists');
    const { snapshot } = models;
    const catalogue = readCatalogue(snapshot);
    const truth = truthOf(snapshot, held, catalogue.recording);
    const listeners = sampleOf(judgedListeners(snapshot, truth), mostListeners);
    const users = listeners.map(({ user }) => user);
    const judge = new Judge(catalogue, users.length);
    const coreTime = new CoreTime();
    const { measure } = coreTime;
    const methods: Scored[] = [];
    const add = (name: string, isOurs: boolean, lists: Lists): void => {
      const judged = listeners.map((listener) => {
        const ranked = lists.get(listener.user) ?? [];
        const list = isOurs ? ranked : judge.complete(listener, ranked);
        return {
          list: list.map((track) => catalogue.recording[track] as number),
          truth: new Set([truth.get(listener.user) as number]),
          truthSize: 1,
        };
      });
      const values = [
        judged.map((j) => hitRate(j, 10)),
        judged.map((j) => ndcg(j, 10)),
        judged.map((j) => hitRate(j, 30)),
        judged.map((j) => ndcg(j, 30)),
        judged.map((j) => reciprocalRank(j, 30)),
      ];
      methods.push({ name, isOurs, values });
    };
    for (const [name, lists] of await baselineLists(lake, snapshot, users, measure))
      add(name, false, lists);
    for (const setting of settingNames) {
      const delivery = { setting, week: weekOf(asOf), deliverAtMs: asOf, seed: chain.seed };
      const { path } = await modelSetFor(lake, models, delivery);
      const modelSet = await openModelSet(lake, path, { verify: false });
      add(
        setting,
        true,
        await chainLists(modelSet, users, { measure: (work) => measure(setting, work) }),
      );
    }
    return {
      protocol: 'leave-one-out',
      test,
      about: `${test ? 'last track' : 'last track but one'} of ${held.size} listeners, ${truth.size} of them known to others`,
      recipe: recipeDigest(given),
      variants: [rankingTable('', metrics, 'NDCG@10', methods, users, coreTime)],
    };
  } finally {
    rmSync(lake, { recursive: true, force: true });
  }
}

/** Recording of the held-out track by listener, where the snapshot knows it. */
function truthOf(
  snapshot: Artifact,
  held: ReadonlyMap<string, string>,
  recording: ArrayLike<number>,
): ReadonlyMap<string, number> {
  const index = new Map(
    ColFile.open(snapshotFiles(snapshot).catalogue)
      .strings('track_id')
      .map((id, i) => [id, i]),
  );
  return new Map(
    [...held].flatMap(([user, id]): [string, number][] => {
      const track = index.get(id);
      return track === undefined ? [] : [[user, recording[track] as number]];
    }),
  );
}

/** Listeners with truth and what they heard, by bucket, then id. */
function judgedListeners(snapshot: Artifact, truth: ReadonlyMap<string, number>) {
  return snapshotFiles(snapshot).listeners.flatMap((path) => {
    const file = ColFile.open(path);
    const [off, heard] = [file.u32('heard.off'), file.u32('heard.recording')];
    return file
      .strings('user_id')
      .map((user, i) => ({ user, heard: new Set(heard.subarray(off[i], off[i + 1])) }))
      .filter(({ user }) => truth.has(user));
  });
}
