import { join } from 'node:path';
import { type ExamplesResult, Model, kernelVersion } from '../native/index.ts';
import { type Artifact, buildArtifact, digestJson } from '../platform/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import { type Retrieval, retrievalParts, retrievalSpec } from '../retrieval/index.ts';

/** One cut point with everything as of it, and the labels of the period behind it. */
export interface TrainingPoint {
  readonly retrieval: Retrieval;
  /** `truth.col` (first plays of the label period) and, where there were impressions, `shown.col`. */
  readonly labels: Artifact;
}

export interface ExampleOptions {
  /** Candidates without outcome kept per listener; each kept one weighs for all it stands for. */
  readonly negatives: number;
  /** Share of listeners with labels that are used. */
  readonly listenerShare: number;
  readonly saveWeight: number;
  readonly folds: number;
  readonly seed: number;
}

export const defaultExampleOptions: ExampleOptions = {
  negatives: 60,
  listenerShare: 1,
  saveWeight: 5,
  folds: 5,
  seed: 1,
};

/** Candidates of one cut point as labelled rows, one file per bucket of listeners. */
export async function buildExamples(
  dataDir: string,
  point: TrainingPoint,
  options: ExampleOptions,
): Promise<Artifact> {
  const { retrieval, labels } = point;
  const { snapshot, sources, vectorSources } = retrieval;
  const { asOf } = snapshot.manifest;
  const read = [
    ...sources.map((source) => ({ ...source.definition, recipe: null })),
    ...vectorSources.map(({ definition }) => ({ ...definition })),
  ];
  const identity = {
    kind: 'examples',
    schema: 2,
    asOf: labels.manifest.asOf,
    inputs: {
      snapshot: snapshot.manifest.contentDigest,
      labels: labels.manifest.contentDigest,
      ...Object.fromEntries(
        [...retrievalParts(retrieval)].map(([role, part]) => [role, part.manifest.contentDigest]),
      ),
    },
    config: { ...options, read, kernel: kernelVersion() },
    seed: options.seed,
  };
  return buildArtifact(join(dataDir, 'artifacts', 'examples'), identity, async (dir) => {
    const model = new Model(retrievalSpec(retrieval, asOf ?? 0));
    const counts: Record<string, number> = {
      listeners: 0,
      rows: 0,
      positives: 0,
      reachable: 0,
      truth: 0,
    };
    const digests: string[] = [];
    const shown =
      labels.manifest.files['shown.col'] === undefined ? null : join(labels.path, 'shown.col');
    for (const [i, bucket] of snapshotFiles(snapshot).listeners.entries()) {
      const out = join(dir, `examples-${String(i).padStart(4, '0')}.col`);
      const result = await model.examplesBucket(
        bucket,
        join(labels.path, 'truth.col'),
        shown,
        out,
        options,
      );
      for (const key of Object.keys(counts))
        counts[key] = (counts[key] as number) + Number(result[key as keyof ExamplesResult]);
      digests.push(result.digest);
    }
    return {
      maxEventTime: labels.manifest.maxEventTime,
      contentDigest: digestJson(digests),
      counts,
    };
  });
}
