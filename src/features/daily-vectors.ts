import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDaySequences } from '../lake/index.ts';
import {
  type DayLimits,
  type Item2vecParams,
  kernelVersion,
  updateItem2vec,
} from '../native/index.ts';
import { type Artifact, type Json, buildArtifact } from '../platform/index.ts';
import { itemVectorsFile } from './item2vec.ts';
import { type VectorBase } from './vector-base.ts';

/** How a day is learned: what differs from the base's training, and when its rows are taken. */
export interface DailyOptions extends DayLimits {
  readonly epochs: number;
  readonly learningRate: number;
  readonly minLearningRate: number;
}

/** Chosen on a world of another seed than the judged one; see docs/daily.md. */
export const defaultDaily: DailyOptions = {
  epochs: 5,
  learningRate: 0.01,
  minLearningRate: 0.001,
  negativeSample: 20_000,
  anchorPlays: 20,
  leastCosine: 0.95,
};

export const dayVectorsDir = (dataDir: string): string =>
  join(dataDir, 'artifacts', 'item2vec-day');

/** The overlay of an `item2vec-day` artifact. */
export function dayVectorsFile(day: Artifact): string {
  return join(day.path, 'item2vec-day.col');
}

/** Whether a day's rows were too far from the base to be taken. */
export function refusedDay(day: Artifact): boolean {
  return day.manifest.counts['refused'] === 1;
}

/**
 * One artifact `item2vec-day` per day (oldest first, days of the base's silver): the day's sessions
 * trained on the newest rows of the base and the days before. What exists is found, so a day that was
 * refined but not learned is caught up with. `counts.cosine` is left out where there were no anchors.
 */
export async function updateItemVectors(
  dataDir: string,
  base: VectorBase,
  params: Item2vecParams,
  days: readonly Artifact[],
  options: DailyOptions = defaultDaily,
): Promise<Artifact[]> {
  const learned: Artifact[] = [];
  for (const day of days) learned.push(await learn(dataDir, base, params, learned, day, options));
  return learned;
}

async function learn(
  dataDir: string,
  base: VectorBase,
  baseParams: Item2vecParams,
  before: readonly Artifact[],
  day: Artifact,
  options: DailyOptions,
): Promise<Artifact> {
  const { epochs, learningRate, minLearningRate, ...limits } = options;
  const seed = (baseParams.seed ?? 1) + before.length + 1;
  const params = { ...baseParams, epochs, learningRate, minLearningRate, seed };
  const last = before.at(-1);
  const { asOf, contentDigest, maxEventTime } = day.manifest;
  const identity = {
    kind: 'item2vec-day',
    schema: 1,
    asOf,
    inputs: {
      base: base.vectors.manifest.contentDigest,
      ...(last === undefined ? {} : { previous: last.manifest.contentDigest }),
      day: contentDigest,
    },
    config: { ...params, ...limits, kernel: kernelVersion() } as Json,
    seed,
  };
  return buildArtifact(dayVectorsDir(dataDir), identity, async (dir) => {
    const sequences = join(dir, 'sequences.col');
    await writeDaySequences(day, sequences);
    const { digest, cosine, refused, ...counts } = await updateItem2vec({
      params,
      limits,
      base: itemVectorsFile(base.vectors),
      overlays: before.map(dayVectorsFile),
      day: sequences,
      out: join(dir, 'item2vec-day.col'),
    });
    rmSync(sequences);
    return {
      maxEventTime,
      contentDigest: digest,
      counts: {
        ...counts,
        refused: refused ? 1 : 0,
        ...(typeof cosine === 'number' ? { cosine } : {}),
      },
    };
  });
}
