import { kernelVersion } from '../native/index.ts';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { ArtifactError } from '../domain/index.ts';
import {
  type Artifact,
  type Json,
  buildArtifact,
  digestJson,
  inside,
  openArtifact,
  readJson,
  readManifest,
  requireAsOf,
} from '../platform/index.ts';
import { rankerFile, readRanker, writeArtistColumns } from '../ranking/index.ts';
import {
  type Retrieval,
  candidateLimit,
  retrievalFiles,
  retrievalParts,
} from '../retrieval/index.ts';

/** Everything that lists depend on besides the listener. */
export interface ModelSetParts {
  readonly retrieval: Retrieval;
  /** Null where there was nothing to train on: candidates are then ordered by reciprocal-rank fusion. */
  readonly ranker: Artifact | null;
  readonly exploration: Artifact | null;
  /** `ListParams` of the chosen setting. */
  readonly list: Json;
  readonly setting: string;
  readonly seed: number;
  /** yyyyww */
  readonly week: number;
  readonly deliverAtMs: number;
}

/** A model set ready for the crate: `spec` has absolute paths. */
export interface OpenModelSet {
  readonly artifact: Artifact;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly snapshot: Artifact;
}

interface Pin {
  readonly path: string;
  readonly contentDigest: string;
}

type Spec = Readonly<Record<string, unknown>>;

const storedShape = z.object({
  spec: z.looseObject({
    sources: z.array(z.looseObject({ path: z.string() })),
    vectorSources: z.array(z.looseObject({ path: z.string() })),
    towers: z.looseObject({ towers: z.string(), tracks: z.string() }).nullable(),
    ranker: z.string().nullable(),
    exploration: z.string().nullable(),
  }),
  pins: z.record(z.string(), z.object({ path: z.string(), contentDigest: z.string() })),
});

function readStored(path: string): z.infer<typeof storedShape> {
  return readJson(
    join(path, 'model-set.json'),
    storedShape,
    (why, cause) =>
      new ArtifactError(`${path} holds no readable model set: ${why}.`, {
        code: 'artifact.model_set',
        remedy: 'Remove the folder and run the Sunday again.',
        cause,
      }),
  );
}

/** The artifacts that a model set was made of, by role; their paths are below the data folder. */
export function readPins(path: string): Readonly<Record<string, Pin>> {
  return readStored(path).pins;
}

/** Pins the parts as one artifact of kind `model-set`. Parts of different snapshots are refused. */
export async function buildModelSet(dataDir: string, parts: ModelSetParts): Promise<Artifact> {
  const { retrieval, ranker, exploration, list, setting, seed, week, deliverAtMs } = parts;
  const { snapshot } = retrieval;
  const digest = snapshot.manifest.contentDigest;
  const { asOf } = snapshot.manifest;
  const retrieving = retrievalParts(retrieval);
  for (const [role, artifact] of retrieving) sameSnapshot(role, artifact, digest);
  if (exploration !== null) sameSnapshot('exploration', exploration, digest);
  for (const part of [snapshot, ...retrieving.values(), ...(ranker ? [ranker] : [])])
    requireAsOf(part, asOf);
  const pinned: Record<string, Artifact> = { snapshot, ...Object.fromEntries(retrieving) };
  if (ranker !== null) pinned['ranker'] = ranker;
  if (exploration !== null) pinned['exploration'] = exploration;
  const below = (path: string): string => relative(dataDir, path);
  const pins: Record<string, Pin> = Object.fromEntries(
    Object.entries(pinned).map(([role, a]) => [
      role,
      { path: below(a.path), contentDigest: a.manifest.contentDigest },
    ]),
  );
  const files = mapPaths(retrievalFiles(retrieval), below);
  const spec = {
    ...files,
    ranker: ranker === null ? null : below(rankerFile(ranker)),
    rankerLink: ranker === null ? null : readRanker(ranker).link,
    exploration: exploration === null ? null : below(join(exploration.path, 'exploration.col')),
    deliverAt: Math.floor(deliverAtMs / 1000),
    candidates: candidateLimit,
    list,
    seed,
    week,
  };
  const config = {
    ...spec,
    ...mapPaths(files, () => null),
    setting,
    kernel: kernelVersion(),
    ranker: null,
    exploration: null,
  };
  const identity = {
    kind: 'model-set',
    schema: 3,
    asOf,
    inputs: Object.fromEntries(
      Object.entries(pins).map(([role, pin]) => [role, pin.contentDigest]),
    ),
    config: config as Json,
    seed,
  };
  return buildArtifact(join(dataDir, 'artifacts', 'model-set'), identity, async (dir) => {
    const rates =
      ranker === null
        ? null
        : await writeArtistColumns(ranker, snapshot, join(dir, 'artist-rates.col'));
    writeFileSync(join(dir, 'model-set.json'), `${JSON.stringify({ spec, pins }, null, 1)}\n`);
    return {
      maxEventTime: snapshot.manifest.maxEventTime,
      contentDigest: digestJson([config, identity.inputs, rates]),
    };
  });
}

function sameSnapshot(name: string, artifact: Artifact, digest: string): void {
  if (artifact.manifest.inputs['snapshot'] !== digest)
    throw new ArtifactError(
      `${name} (${artifact.manifest.version}) was made from another snapshot.`,
      {
        code: 'artifact.mixed',
        remedy: 'Build all parts of a model set from one snapshot.',
      },
    );
}

/** Opens a model set: its own files and those of every pinned part are checked against the pins. */
export async function openModelSet(
  dataDir: string,
  path: string,
  options: { readonly verify?: boolean } = {},
): Promise<OpenModelSet> {
  const open = options.verify === false ? readManifest : openArtifact;
  const artifact = await open(path);
  const { spec, pins } = readStored(path);
  const parts = new Map<string, Artifact>();
  for (const [role, pin] of Object.entries(pins)) {
    const part = await open(inside(dataDir, pin.path));
    if (part.manifest.contentDigest !== pin.contentDigest)
      throw new ArtifactError(
        `${role} of model set ${artifact.manifest.version} is not the pinned one.`,
        {
          code: 'artifact.mixed',
          remedy: 'Run the Sunday again.',
        },
      );
    parts.set(role, part);
  }
  const absolute = (name: string): string => inside(dataDir, name);
  const absoluteOrNull = (name: unknown): string | null =>
    typeof name === 'string' ? absolute(name) : null;
  const snapshot = parts.get('snapshot');
  if (snapshot === undefined)
    throw new ArtifactError(`Model set ${artifact.manifest.version} pins no snapshot.`, {
      code: 'artifact.model_set',
      remedy: 'Remove the folder and run the Sunday again.',
    });
  return {
    artifact,
    snapshot,
    spec: {
      ...spec,
      ...mapPaths(spec, absolute),
      ranker: absoluteOrNull(spec['ranker']),
      exploration: absoluteOrNull(spec['exploration']),
      artistRates: spec['ranker'] === null ? null : join(path, 'artist-rates.col'),
    },
  };
}

/** The files that retrieval names, with their paths changed. */
function mapPaths(
  files: {
    readonly [key: string]: unknown;
    readonly sources: readonly Spec[];
    readonly vectorSources: readonly Spec[];
    readonly towers: Spec | null;
  },
  change: (path: string) => string | null,
) {
  const of = (path: unknown): string | null => (typeof path === 'string' ? change(path) : null);
  const each = (sources: readonly Spec[]) =>
    sources.map((source) => ({ ...source, path: of(source['path']) }));
  const { towers } = files;
  return {
    catalogue: of(files['catalogue']),
    itemVectors: of(files['itemVectors']),
    sources: each(files.sources),
    vectorSources: each(files.vectorSources),
    towers: towers === null ? null : { towers: of(towers['towers']), tracks: of(towers['tracks']) },
  };
}
