import { join } from 'node:path';
import { compileSource, kernelVersion } from '../native/index.ts';
import { type Artifact, buildArtifact } from '../platform/index.ts';
import { snapshotFiles } from '../lake/index.ts';
import { type SourceDefinition } from './sources.ts';

/** A source compiled from one snapshot. */
export interface CompiledSource {
  readonly definition: SourceDefinition;
  readonly artifact: Artifact;
}

/** Compiles each source from a snapshot, or finds it compiled; one artifact per source. */
export async function compileSources(
  dataDir: string,
  snapshot: Artifact,
  definitions: readonly SourceDefinition[],
): Promise<CompiledSource[]> {
  const compiled: CompiledSource[] = [];
  for (const definition of definitions)
    compiled.push({ definition, artifact: await compileOne(dataDir, snapshot, definition) });
  return compiled;
}

async function compileOne(
  dataDir: string,
  snapshot: Artifact,
  { recipe, name }: SourceDefinition,
): Promise<Artifact> {
  const identity = {
    kind: 'source',
    schema: 1,
    asOf: snapshot.manifest.asOf,
    inputs: { snapshot: snapshot.manifest.contentDigest },
    config: { ...recipe, kernel: kernelVersion() },
    seed: 0,
  };
  return buildArtifact(join(dataDir, 'artifacts', 'source'), identity, async (dir) => {
    const contentDigest = await compileSource({
      recipe,
      name,
      ...snapshotFiles(snapshot),
      out: join(dir, 'source.col'),
    });
    return { maxEventTime: snapshot.manifest.maxEventTime, contentDigest };
  });
}

/** How the crate reads a compiled source (`SourceParams` of the crate). */
export function sourceSpec({
  definition,
  artifact,
}: CompiledSource): Record<string, string | number | boolean> {
  const { id, name, topK, history, halfLifeDays, power, newArtistsOnly, weight } = definition;
  return {
    id,
    name,
    topK,
    history,
    halfLifeDays,
    power,
    newArtistsOnly,
    weight,
    path: join(artifact.path, 'source.col'),
  };
}
