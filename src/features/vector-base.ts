import { join } from 'node:path';
import { type SilverRef, missesRepair, silverBehind } from '../lake/index.ts';
import { type Item2vecParams } from '../native/index.ts';
import { type Artifact, type Json, canonicalJson, listArtifacts } from '../platform/index.ts';

/** Track vectors that days may stand on, and the silver they were made from. */
export interface VectorBase {
  readonly vectors: Artifact;
  readonly silver: SilverRef;
}

export const itemVectorsDir = (dataDir: string): string => join(dataDir, 'artifacts', 'item2vec');

/**
 * The vectors of these parameters, trained or carried, whose silver is still there and knows every repair
 * of its days, newest first (ties by version); those as of a time after `asOf` are left out.
 */
export function* vectorBases(
  dataDir: string,
  params: Item2vecParams,
  asOf = Number.POSITIVE_INFINITY,
): Generator<VectorBase> {
  const wanted = canonicalJson(paramsOf(params as Json));
  const found = listArtifacts(itemVectorsDir(dataDir)).filter(
    ({ manifest }) =>
      manifest.asOf !== null &&
      manifest.asOf <= asOf &&
      canonicalJson(paramsOf(manifest.config)) === wanted,
  );
  for (const vectors of found.toSorted((a, b) => (b.manifest.asOf ?? 0) - (a.manifest.asOf ?? 0))) {
    const silver = silverBehind(dataDir, vectors.manifest.inputs['snapshot'] ?? '');
    if (silver !== null && !missesRepair(dataDir, silver)) yield { vectors, silver };
  }
}

/** The parameters in the configuration of vectors, whatever made them and however many epochs fit. */
function paramsOf(config: Json): Json {
  const {
    kernel: _kernel,
    carried: _carried,
    epochs: _epochs,
    ...params
  } = config as Readonly<Record<string, Json>>;
  return params;
}
