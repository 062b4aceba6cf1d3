import { rmSync } from 'node:fs';
import { type Interval, bootstrapMean, cappedRecall, ndcg } from '../domain/index.ts';
import { type SilverRef, snapshotFiles } from '../lake/index.ts';
import { type Artifact, ColFile, type Json } from '../platform/index.ts';
import { settings } from '../playlist/index.ts';
import { type SourceDefinition } from '../retrieval/index.ts';
import { type ChainOptions, buildModelSet, chainAt, openModelSet } from '../scoring/index.ts';
import { unmeasured } from './core-time.ts';
import { foldInChain, foldInLake } from './fold-in-lake.ts';
import { type Pair } from './fold-in-split.ts';
import { type Lists, baselineLists, chainLists } from './methods.ts';
import { recipeDigest } from './recipe.ts';
import { type Split } from './test-look.ts';

export interface FoldInRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly split: Split;
  readonly chain: ChainOptions;
  readonly seed: number;
  /** Other methods to judge beside ours, from the same known pairs. */
  readonly others?: OtherMethods;
  readonly onStage?: (stage: string) => void;
}

/** Rankings of track ids, best first, by method and then by user. */
export type OtherMethods = (
  known: readonly Pair[],
  users: readonly string[],
) => Promise<ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>>;

export interface FoldInRow {
  readonly name: string;
  readonly isSetting: boolean;
  readonly ndcg10: Interval;
  readonly recall10: Interval;
  readonly recall50: Interval;
}

/** The chain (without a ranker: the fusion) minus another method, paired. */
export interface FoldInDifference {
  readonly against: string;
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
  readonly differences: readonly FoldInDifference[];
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
  const made = await foldInLake(request);
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
    const scored: Scored[] = [];
    const index = trackIndex(snapshot);
    const truth = truthOf(index, held);
    const add = (name: string, lists: Lists, isSetting: boolean): void => {
      scored.push({ name, isSetting, ...score(lists, truth, users) });
    };
    const others = (await request.others?.(made.known, users)) ?? new Map<string, never>();
    for (const [name, lists] of others) add(name, indexed(index, lists, -2), false);
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
      [fusion, null],
      ...(ranker === null ? [] : [[chainName, ranker] as const]),
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
      test: split !== 'tuning',
      seed,
      judged: users.length,
      recipe: recipeDigest(foldInChain(chain)),
      rows: scored.map((method) => ({
        name: method.name,
        isSetting: method.isSetting,
        ...intervals(method, users),
      })),
      differences: differencesOf(scored, users),
    };
  } finally {
    rmSync(lake, { recursive: true, force: true });
  }
}

/** Methods that order and times mean nothing to. */
function withoutClock({ recipe }: SourceDefinition): boolean {
  return !['cooccurrence', 'session-neighbours', 'country-popularity'].includes(recipe.kind);
}

const fusion = 'reciprocal-rank fusion of the sources';
const chainName = 'the chain: its sources, ranked';

/** A value for each user, in one order. */
interface Scores {
  readonly ndcg10: readonly number[];
  readonly recall10: readonly number[];
  readonly recall50: readonly number[];
}

interface Scored extends Scores {
  readonly name: string;
  readonly isSetting: boolean;
}

function trackIndex(snapshot: Artifact): ReadonlyMap<string, number> {
  const ids = ColFile.open(snapshotFiles(snapshot).catalogue).strings('track_id');
  return new Map(ids.map((id, i) => [id, i]));
}

/** Track ids as indexes; `missing` stands for what the catalogue has not. */
function indexed(
  index: ReadonlyMap<string, number>,
  lists: ReadonlyMap<string, readonly string[]>,
  missing: number,
): Lists {
  return new Map(
    [...lists].map(([user, ids]) => [user, ids.map((id) => index.get(id) ?? missing)]),
  );
}

function truthOf(
  index: ReadonlyMap<string, number>,
  held: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, ReadonlySet<number>> {
  return new Map([...indexed(index, held, -1)].map(([user, tracks]) => [user, new Set(tracks)]));
}

function score(
  lists: Lists,
  truth: ReadonlyMap<string, ReadonlySet<number>>,
  users: readonly string[],
): Scores {
  const judged = users.map((user) => {
    const relevant = truth.get(user) ?? new Set<number>();
    return { list: lists.get(user) ?? [], truth: relevant, truthSize: relevant.size };
  });
  return {
    ndcg10: judged.map((j) => ndcg(j, 10)),
    recall10: judged.map((j) => cappedRecall(j, 10)),
    recall50: judged.map((j) => cappedRecall(j, 50)),
  };
}

function intervals({ ndcg10, recall10, recall50 }: Scores, users: readonly string[]) {
  return {
    ndcg10: bootstrapMean(ndcg10, users),
    recall10: bootstrapMean(recall10, users),
    recall50: bootstrapMean(recall50, users),
  };
}

function differencesOf(scored: readonly Scored[], users: readonly string[]): FoldInDifference[] {
  const ours =
    scored.find((method) => method.name === chainName) ??
    scored.find((method) => method.name === fusion);
  const less = (a: readonly number[] = [], b: readonly number[] = []): number[] =>
    a.map((value, i) => value - (b[i] as number));
  return scored
    .filter((method) => method !== ours)
    .map((other) => {
      const gaps = {
        ndcg10: less(ours?.ndcg10, other.ndcg10),
        recall10: less(ours?.recall10, other.recall10),
        recall50: less(ours?.recall50, other.recall50),
      };
      return { against: other.name, ...intervals(gaps, users) };
    });
}
