import { rmSync } from 'node:fs';
import { type Interval, bootstrapMean, cappedRecall, ndcg } from '../domain/index.ts';
import { type SilverRef, snapshotFiles } from '../lake/index.ts';
import { type Artifact, ColFile, type Json } from '../platform/index.ts';
import { settings } from '../playlist/index.ts';
import { type SourceDefinition } from '../retrieval/index.ts';
import { type ChainOptions, buildModelSet, chainAt, openModelSet } from '../scoring/index.ts';
import { unmeasured } from './core-time.ts';
import { foldInChain, foldInLake } from './fold-in-lake.ts';
import { type Lists, baselineLists, chainLists } from './methods.ts';
import { recipeDigest } from './recipe.ts';
import { type Split } from './test-look.ts';

export interface FoldInRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly split: Split;
  readonly chain: ChainOptions;
  readonly seed: number;
  readonly onStage?: (stage: string) => void;
}

export interface FoldInRow {
  readonly name: string;
  readonly isSetting: boolean;
  readonly ndcg10: Interval;
  readonly recall10: Interval;
  readonly recall50: Interval;
}

export interface FoldInEvaluation {
  readonly protocol: 'fold-in';
  readonly test: boolean;
  readonly seed: number;
  readonly judged: number;
  readonly recipe: string;
  readonly rows: readonly FoldInRow[];
}

/**
 * Protocol B (strong generalisation, no clock). The judged listeners' remaining rows are folded in
 * beside the training listeners; lists come from the product's own chain. Its ranker learns from an
 * inner hold-out: a fifth of every training listener's tracks is put a day later than the rest, so
 * that the chain's own cut point lies before it. The judged listeners' rows are as old when their
 * lists are made as those of the training listeners are at the cut.
 */
export async function evaluateFoldIn(request: FoldInRequest): Promise<FoldInEvaluation> {
  const { seed, split, chain, onStage } = request;
  const test = split !== 'tuning';
  if (split !== 'tuning') split.use();
  const made = await foldInLake({ ...request, test });
  const { held, lake, asOf } = made;
  try {
    const { snapshot, retrieval, ranker } = await chainAt(
      lake,
      made.silver,
      asOf,
      foldInChain(chain, onStage),
    );
    onStage?.('lists');
    const users = [...held.keys()];
    const rows: FoldInRow[] = [];
    const truth = truthOf(snapshot, held);
    const add = (name: string, lists: Lists, isSetting: boolean): void => {
      rows.push(judge(name, lists, truth, users, isSetting));
    };
    for (const [name, lists] of await baselineLists(
      lake,
      snapshot,
      users,
      unmeasured,
      withoutClock,
    ))
      add(name, lists, false);
    const list = { ...settings.accurate, length: 30, reserve: 60 } as unknown as Json;
    const methods = [
      ['reciprocal-rank fusion of the sources', null],
      ...(ranker === null ? [] : [['the chain: its sources, ranked by LightGBM', ranker] as const]),
    ] as const;
    for (const [name, by] of methods) {
      const modelSet = await buildModelSet(lake, {
        retrieval,
        ranker: by,
        exploration: null,
        list,
        setting: 'accurate',
        seed: 1,
        week: 200_001,
        deliverAtMs: asOf,
      });
      const opened = await openModelSet(lake, modelSet.path);
      add(name, await chainLists(opened, users, { reserve: true }), true);
    }
    return {
      protocol: 'fold-in',
      test,
      seed,
      judged: users.length,
      recipe: recipeDigest(foldInChain(chain)),
      rows,
    };
  } finally {
    rmSync(lake, { recursive: true, force: true });
  }
}

/** Methods that order and times mean nothing to. */
function withoutClock({ recipe }: SourceDefinition): boolean {
  return !['cooccurrence', 'session-neighbours', 'country-popularity'].includes(recipe.kind);
}

function truthOf(
  snapshot: Artifact,
  held: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, ReadonlySet<number>> {
  const index = new Map(
    ColFile.open(snapshotFiles(snapshot).catalogue)
      .strings('track_id')
      .map((id, i) => [id, i]),
  );
  return new Map(
    [...held].map(([user, tracks]) => [user, new Set(tracks.map((id) => index.get(id) ?? -1))]),
  );
}

function judge(
  name: string,
  lists: Lists,
  truth: ReadonlyMap<string, ReadonlySet<number>>,
  users: readonly string[],
  isSetting: boolean,
): FoldInRow {
  const judged = users.map((user) => {
    const relevant = truth.get(user) ?? new Set<number>();
    return { list: lists.get(user) ?? [], truth: relevant, truthSize: relevant.size };
  });
  return {
    name,
    isSetting,
    ndcg10: bootstrapMean(
      judged.map((j) => ndcg(j, 10)),
      users,
    ),
    recall10: bootstrapMean(
      judged.map((j) => cappedRecall(j, 10)),
      users,
    ),
    recall50: bootstrapMean(
      judged.map((j) => cappedRecall(j, 50)),
      users,
    ),
  };
}
