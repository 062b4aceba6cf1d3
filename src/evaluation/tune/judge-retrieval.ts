import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type SilverRef } from '../../lake/index.ts';
import { type ChainOptions, retrievalAt } from '../../scoring/index.ts';
import { candidateLists } from '../compare-recipes.ts';
import { Judge } from '../judge.ts';
import { judgedAt } from '../judged-point.ts';
import { type TuningPoint } from '../points.ts';

/** A source judged by itself: one entry per listener and point, in one order. */
export interface SourceFigures {
  readonly users: readonly string[];
  /** Share of the truth that the snapshot knows among the source's 500 best. */
  readonly recall: readonly number[];
  readonly ndcg: readonly number[];
}

const trained = ['item2vec', 'two-tower', 'tower-examples', 'index'] as const;

/**
 * Trains what the options say as of each point and judges one vector source. What was trained for it
 * alone is removed again: a search leaves nothing behind but its result.
 */
export async function judgeSource(
  dataDir: string,
  silver: SilverRef,
  points: readonly TuningPoint[],
  options: ChainOptions,
  source: string,
): Promise<SourceFigures> {
  const users: string[] = [];
  const recall: number[] = [];
  const ndcg: number[] = [];
  for (const point of points) {
    const before = new Set(trainedIn(dataDir));
    try {
      const found = await retrievalAt(dataDir, silver, point.at, options);
      const { snapshot, retrieval } = found;
      const { catalogue, listeners } = await judgedAt(dataDir, silver, point, found);
      const names = listeners.map(({ user }) => user);
      const lists = (await candidateLists(retrieval, names)).get(source);
      const judge = new Judge(catalogue, snapshot.manifest.counts['listeners'] ?? names.length);
      for (const listener of listeners) {
        const ranked = lists?.get(listener.user) ?? [];
        const among = new Set(ranked.map((t) => catalogue.recording[t] as number));
        const known = [...listener.truth];
        users.push(listener.user);
        recall.push(known.filter((track) => among.has(track)).length / known.length);
        ndcg.push(judge.judge(listener, judge.complete(listener, ranked)).ndcg);
      }
    } finally {
      for (const path of trainedIn(dataDir))
        if (!before.has(path)) rmSync(path, { recursive: true, force: true });
    }
  }
  return { users, recall, ndcg };
}

function trainedIn(dataDir: string): string[] {
  return trained.flatMap((kind) => {
    const folder = join(dataDir, 'artifacts', kind);
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  });
}
