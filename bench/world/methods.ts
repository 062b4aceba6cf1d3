import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { chainOptions, openWorkspace } from '../../src/app/index.ts';
import { weekOf } from '../../src/domain/index.ts';
import {
  type Lists,
  type Split,
  baselineLists,
  candidateLists,
  chainLists,
  pointsOf,
  recipeDigest,
  settingNames,
  judgedPoint,
  type EvaluationPoint,
} from '../../src/evaluation/index.ts';
import { type SilverRef, eventSpans, refine } from '../../src/lake/index.ts';
import { modelSetFor, openModelSet } from '../../src/scoring/index.ts';

/** NDCG@30 of every method on the same listeners, in one order. */
export interface Scores {
  /** One entry per listener and evaluation point. */
  readonly users: readonly string[];
  readonly ndcg: Readonly<Record<string, readonly number[]>>;
}

/** Methods by the name that `candidateLists` gives them. */
const titles: Readonly<Record<string, string>> = {
  candidates: 'merged candidates',
  two_tower: 'two-tower',
  item2vec: 'item2vec',
};

/** Digest of what decides a data folder's lists besides its data. */
export async function recipeOf(dataDir: string): Promise<string> {
  return recipeDigest(chainOptions(await openWorkspace(dataDir)));
}

/**
 * Every method that stands on a data folder: the baselines, vector sources and merged candidates as
 * rankings (cut to 30 unheard recordings), the settings as lists; at the tuning or the test points.
 */
export async function scoreMethods(dataDir: string, split: Split): Promise<Scores> {
  const silver = await refine({ dataDir });
  const options = chainOptions(await openWorkspace(dataDir));
  const users: string[] = [];
  const ndcg: Record<string, number[]> = {};
  for (const at of pointsOf(split, eventSpans(silver), options.labelDays)) {
    const point = await scorePoint(dataDir, silver, at);
    users.push(...point.users);
    for (const [name, values] of Object.entries(point.ndcg)) (ndcg[name] ??= []).push(...values);
  }
  return { users, ndcg };
}

async function scorePoint(
  dataDir: string,
  silver: SilverRef,
  point: EvaluationPoint,
): Promise<Scores> {
  const options = chainOptions(await openWorkspace(dataDir));
  const { chain, listeners, judge } = await judgedPoint(dataDir, silver, point, options);
  const { snapshot, retrieval } = chain;
  const users = listeners.map(({ user }) => user);
  const ndcg: Record<string, number[]> = {};
  const score = (name: string, lists: Lists, complete: boolean): void => {
    ndcg[name] = listeners.map((listener) => {
      const ranked = lists.get(listener.user) ?? [];
      return judge.judge(listener, complete ? judge.complete(listener, ranked) : ranked).ndcg;
    });
  };
  for (const [name, lists] of await baselineLists(dataDir, snapshot, users))
    score(name, lists, true);
  for (const [name, lists] of await candidateLists(retrieval, users))
    if (titles[name] !== undefined) score(titles[name], lists, true);
  for (const setting of settingNames) {
    const delivery = {
      setting,
      week: weekOf(point.at),
      deliverAtMs: point.at,
      seed: options.seed,
    };
    const { path } = await modelSetFor(dataDir, chain, delivery);
    const modelSet = await openModelSet(dataDir, path, { verify: false });
    score(setting, await chainLists(modelSet, users), false);
  }
  return { users, ndcg };
}

/** The scores that a file keeps, or those that `compute` gives, kept there. */
export async function keptScores(file: string, compute: () => Promise<Scores>): Promise<Scores> {
  // written below
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Scores;
  const scores = await compute();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(scores));
  renameSync(`${file}.${process.pid}`, file);
  return scores;
}
