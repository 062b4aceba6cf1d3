import { type Artifact } from '../platform/index.ts';
import { type CompiledSource, sourceSpec } from './compile.ts';
import { snapshotFiles } from '../lake/index.ts';

/** Candidates per listener handed to the ranker. */
export const candidateLimit = 500;

/** The part of the crate's `ModelSpec` that retrieval needs; the rest is neutral. */
export function retrievalSpec(
  snapshot: Artifact,
  sources: readonly CompiledSource[],
  deliverAtMs: number,
) {
  return {
    catalogue: snapshotFiles(snapshot).catalogue,
    sources: sources.map(sourceSpec),
    ranker: null,
    artistRates: null,
    exploration: null,
    deliverAt: Math.floor(deliverAtMs / 1000),
    candidates: candidateLimit,
    list: { length: 30, reserve: 60 },
    seed: 0,
    week: 0,
  };
}
