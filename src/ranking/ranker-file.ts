import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ArtifactError } from '../domain/index.ts';
import { type Artifact, readJson } from '../platform/index.ts';
import { importanceShape } from './importance.ts';

/** `ranker.json`. */
const rankerShape = z.object({
  engine: z.enum(['lightgbm', 'lambdarank', 'xgboost']),
  artist: z.enum(['target', 'hash', 'none']),
  /** From raw scores to probabilities, where the model itself has none. */
  link: z.object({ scale: z.number().positive(), shift: z.number() }).nullable(),
  /** By gain, largest first. */
  importance: z.array(importanceShape),
});

export type RankerDescription = z.infer<typeof rankerShape>;

/** What a ranker is, besides its trees. */
export function readRanker(ranker: Artifact): RankerDescription {
  return readJson(
    join(ranker.path, 'ranker.json'),
    rankerShape,
    (why, cause) =>
      new ArtifactError(`${ranker.path} holds no readable ranker: ${why}.`, {
        code: 'artifact.ranker',
        remedy: 'Remove the folder and train again.',
        cause,
      }),
  );
}

/** Path of a ranker's trees, as the crate and their library read them. */
export function rankerFile(ranker: Artifact): string {
  const isJson = ranker.manifest.files['model.json'] !== undefined;
  return join(ranker.path, isJson ? 'model.json' : 'model.txt');
}

export function readRankerText(ranker: Artifact): string {
  return readFileSync(rankerFile(ranker), 'utf8');
}
