import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ArtifactError, type Interval, bootstrapMean } from '../../domain/index.ts';
import { type SilverRef, eventSpans } from '../../lake/index.ts';
import { type Json, digestJson, readJson, writeFileAtomic } from '../../platform/index.ts';
import { type RetrievalTuning } from '../../retrieval/index.ts';
import { type ChainOptions } from '../../scoring/index.ts';
import { tuningPoints } from '../points.ts';
import { recipeDigest } from '../recipe.ts';
import { judgeSource, type SourceFigures } from './judge-retrieval.ts';
import { nextTrial } from './search.ts';
import { type TuneTarget, type Values, tuneTargets } from './targets.ts';

export interface TuneRequest {
  readonly dataDir: string;
  readonly silver: SilverRef;
  readonly chain: ChainOptions;
  readonly target: TuneTarget;
  /** Trials wanted in all, those of an earlier search of the same kind among them. */
  readonly trials: number;
  /** No trial begins after so many seconds. */
  readonly budgetSeconds: number;
  readonly seed: number;
  readonly onTrial?: (done: number, total: number) => void;
  /** Seconds since any fixed time. */
  readonly clock: () => number;
}

export interface Trial {
  readonly values: Values;
  readonly recall: Interval;
  readonly ndcg: Interval;
  /** Recall@500 above that of the first trial, paired. */
  readonly gain: Interval;
  readonly seconds: number;
}

/** A search as it is written to `tuning/TARGET.json`. */
export interface Tuned {
  readonly schema: 1;
  readonly target: string;
  /** Digest of data, options, space and seed: the same search goes on, another begins anew. */
  readonly search: string;
  readonly points: readonly string[];
  readonly judged: number;
  readonly seed: number;
  readonly trials: readonly Trial[];
  /** The trial with the highest recall whose gain has an interval above 0; else the first. */
  readonly chosen: Values;
  /** Whether that is other than the default. */
  readonly improved: boolean;
}

/** Where a search is written. */
export function tunedFile(dataDir: string, target: string): string {
  return join(dataDir, 'tuning', `${target}.json`);
}

interface Stored extends Tuned {
  readonly figures: readonly Pick<SourceFigures, 'recall'>[];
}

/**
 * A budgeted search on tuning points, by recall@500 of the source alone. Written after every trial, so
 * that a search which was stopped goes on. The default is kept unless a trial is surely better.
 */
export async function tune(request: TuneRequest): Promise<Tuned> {
  const { dataDir, silver, target, seed, clock } = request;
  const { [target.part]: _, ...others } = request.chain.tuning ?? {};
  const chain: ChainOptions = { ...request.chain, recipe: target.recipe, tuning: others };
  const points = tuningPoints(eventSpans(silver), chain.labelDays);
  const search = digestJson([
    silver.manifest.contentDigest,
    recipeDigest(chain),
    target.space,
    target.start,
    seed,
  ] as Json).slice(0, 16);
  const file = tunedFile(dataDir, target.name);
  const earlier = readStored(file, search);
  mkdirSync(dirname(file), { recursive: true });
  const trials = [...(earlier?.trials ?? [])];
  const figures = [...(earlier?.figures ?? [])];
  const began = clock();
  let tuned: Tuned | null = null;
  if (earlier !== null) {
    const { figures: _, ...found } = earlier;
    tuned = found;
  }
  while (
    trials.length < request.trials &&
    (trials.length === 0 || clock() - began < request.budgetSeconds)
  ) {
    const scored = trials.map(({ values, recall }) => ({ values, score: recall.mean }));
    const values = nextTrial(target, seed, scored);
    if (values === null) break;
    const started = clock();
    const options = { ...chain, tuning: { ...chain.tuning, ...target.tuning(values) } };
    const { users, recall, ndcg } = await judgeSource(
      dataDir,
      silver,
      points,
      options,
      target.source,
    );
    figures.push({ recall });
    const first = figures[0]?.recall ?? recall;
    trials.push({
      values,
      recall: bootstrapMean(recall, users),
      ndcg: bootstrapMean(ndcg, users),
      gain: bootstrapMean(
        recall.map((x, i) => x - (first[i] as number)),
        users,
      ),
      seconds: clock() - started,
    });
    const chosen = bestOf(trials);
    tuned = {
      schema: 1,
      target: target.name,
      search,
      points: points.map(({ name }) => name),
      judged: users.length,
      seed,
      trials,
      chosen: chosen.values,
      improved: chosen !== trials[0],
    };
    writeFileAtomic(file, `${JSON.stringify({ ...tuned, figures })}\n`);
    request.onTrial?.(trials.length, request.trials);
  }
  if (tuned === null) throw new RangeError('a search needs at least one trial');
  return tuned;
}

/** What earlier searches chose for the sources of a data folder. */
export function readTuning(dataDir: string): RetrievalTuning {
  return Object.assign(
    {},
    ...tuneTargets.map((target) => {
      const file = tunedFile(dataDir, target.name);
      if (!existsSync(file)) return {};
      const tuned = readStoredFile(file);
      return tuned.improved ? target.tuning(tuned.chosen) : {};
    }),
  ) as RetrievalTuning;
}

function bestOf(trials: readonly Trial[]): Trial {
  return trials.reduce((best, trial) =>
    trial.gain.low > 0 && trial.recall.mean > best.recall.mean ? trial : best,
  );
}

function readStored(file: string, search: string): Stored | null {
  if (!existsSync(file)) return null;
  const stored = readStoredFile(file);
  return stored.search === search ? stored : null;
}

const values = z.record(z.string(), z.union([z.string(), z.number()]));
const interval = z.object({ mean: z.number(), low: z.number(), high: z.number(), n: z.number() });
const storedShape = z.object({
  schema: z.literal(1),
  target: z.string(),
  search: z.string(),
  points: z.array(z.string()),
  judged: z.number(),
  seed: z.number(),
  trials: z.array(
    z.object({ values, recall: interval, ndcg: interval, gain: interval, seconds: z.number() }),
  ),
  chosen: values,
  improved: z.boolean(),
  figures: z.array(z.object({ recall: z.array(z.number()) })),
});

function readStoredFile(file: string): Stored {
  return readJson(
    file,
    storedShape,
    (why, cause) =>
      new ArtifactError(`${file} is no result of a search: ${why}.`, {
        code: 'tune.result',
        remedy: 'Remove it, or run "deepcuts tune" again.',
        cause,
      }),
  );
}
