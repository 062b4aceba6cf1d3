import { ArtifactError } from '../domain/index.ts';
import { type Artifact, requireAsOf } from '../platform/index.ts';
import { type Retrieval, retrievalParts } from '../retrieval/index.ts';

/**
 * The leak check of evaluation: refuses models that could know what happened at or after `at` (epoch ms).
 * Every part must be as of `at` or earlier and have read nothing later, and what retrieves must be made
 * from this very snapshot: vectors, towers, indexes and sources of a later one are refused even where
 * they were given an earlier time.
 */
export function requireUnread(
  models: { readonly retrieval: Retrieval; readonly ranker: Artifact | null },
  at: number,
): void {
  const { retrieval, ranker } = models;
  const { snapshot } = retrieval;
  const retrieving = retrievalParts(retrieval);
  for (const part of [snapshot, ...retrieving.values(), ...(ranker === null ? [] : [ranker])]) {
    requireAsOf(part, at);
    const { asOf, kind, version } = part.manifest;
    if (asOf !== null && asOf > at)
      throw new ArtifactError(
        `${kind} ${version} is as of ${new Date(asOf).toISOString()}, after ${new Date(at).toISOString()}.`,
        { code: 'artifact.from_the_future', remedy: 'Use the artifact built as of that time.' },
      );
  }
  for (const [role, { manifest }] of retrieving)
    if (manifest.inputs['snapshot'] !== snapshot.manifest.contentDigest)
      throw new ArtifactError(`${role} (${manifest.version}) was made from another snapshot.`, {
        code: 'artifact.mixed',
        remedy: 'Judge models of one snapshot.',
      });
}

/** Refuses truth that begins before `at` or is numbered by another snapshot: it would lie in the history. */
export function requireTruthAfter(labels: Artifact, snapshot: Artifact, at: number): void {
  const { config, inputs, version } = labels.manifest;
  const { from } = config as { readonly from?: unknown };
  if (typeof from !== 'number' || from < at)
    throw new ArtifactError(
      `labels ${version} begin before ${new Date(at).toISOString()}: the models have read them.`,
      { code: 'labels.from_the_past', remedy: 'Judge by what was first played after that time.' },
    );
  if (inputs['snapshot'] !== snapshot.manifest.contentDigest)
    throw new ArtifactError(`labels ${version} were not made for snapshot ${snapshot.path}.`, {
      code: 'labels.mixed',
      remedy: 'Use the labels of that snapshot.',
    });
}
