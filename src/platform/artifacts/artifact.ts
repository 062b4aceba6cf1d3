import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { ArtifactError } from '../../domain/index.ts';
import { type Json, digestJson } from './canonical-json.ts';
import { inside } from './inside.ts';
import { manifestShape } from './manifest-shape.ts';
import { readJson } from './read-json.ts';
import { fileSize, filesBelow, sha256OfFile, syncPath } from './files.ts';
import { sweepTemporaries, temporaryName } from './temporaries.ts';

/** What an artifact is made from. Equal identities name the same artifact. */
export interface ArtifactIdentity {
  readonly kind: string;
  readonly schema: number;
  /** Nothing at or after this instant (epoch ms) was read; null where time has no meaning. */
  readonly asOf: number | null;
  /** Role -> content digest of an input. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly config: Json;
  readonly seed: number;
}

export interface Manifest extends ArtifactIdentity {
  readonly version: string;
  readonly configDigest: string;
  /** Newest event read, epoch ms; null where no events were read. */
  readonly maxEventTime: number | null;
  readonly contentDigest: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export interface Artifact {
  readonly path: string;
  readonly manifest: Manifest;
}

interface Built {
  readonly maxEventTime: number | null;
  readonly contentDigest: string;
  readonly counts?: Readonly<Record<string, number>>;
}

/** The name of the artifact that an identity leads to: 16 hex digits. */
export function artifactVersion(identity: ArtifactIdentity): string {
  const { kind, schema, asOf, inputs, config, seed } = identity;
  return digestJson({ kind, schema, asOf, inputs, configDigest: digestJson(config), seed }).slice(
    0,
    16,
  );
}

/**
 * Runs `build` in a temporary folder and renames it to `parentDir/version`, with its manifest: the
 * artifact is there whole or not at all. One that exists already is returned unless `force`; of two
 * processes that build the same, the first one's stands.
 */
export async function buildArtifact(
  parentDir: string,
  identity: ArtifactIdentity,
  build: (dir: string) => Promise<Built>,
  options: { readonly force?: boolean } = {},
): Promise<Artifact> {
  const version = artifactVersion(identity);
  const path = join(parentDir, version);
  if (!options.force && existsSync(join(path, 'manifest.json'))) return openArtifact(path);
  mkdirSync(parentDir, { recursive: true });
  sweepTemporaries(parentDir);
  const temporary = temporaryName(path);
  mkdirSync(temporary);
  try {
    const started = Date.now();
    const built = await build(temporary);
    if (!/^[0-9a-f]{64}$/.test(built.contentDigest))
      throw new ArtifactError(`${identity.kind} was built without a content digest.`, {
        code: 'artifact.digest',
      });
    const files: Record<string, { bytes: number; sha256: string }> = {};
    for (const name of filesBelow(temporary)) {
      const file = join(temporary, name);
      syncPath(file);
      files[name] = { bytes: fileSize(file), sha256: await sha256OfFile(file) };
    }
    const { kind, schema, asOf, inputs, config, seed } = identity;
    const manifest: Manifest = {
      kind,
      version,
      schema,
      asOf,
      inputs,
      config,
      configDigest: digestJson(config),
      seed,
      maxEventTime: built.maxEventTime,
      contentDigest: built.contentDigest,
      counts: built.counts ?? {},
      files,
    };
    requireAsOf({ path, manifest }, asOf);
    writeJson(join(temporary, 'manifest.json'), manifest);
    writeJson(join(temporary, 'run.json'), {
      startedAt: new Date(started).toISOString(),
      finishedAt: new Date().toISOString(),
      wallMs: Date.now() - started,
      host: hostname(),
      pid: process.pid,
    });
    const theirs = options.force ? null : await madeMeanwhile(path);
    if (theirs !== null) {
      rmSync(temporary, { recursive: true });
      return theirs;
    }
    putInPlace(temporary, path);
    return { path, manifest };
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function madeMeanwhile(path: string): Promise<Artifact | null> {
  return existsSync(join(path, 'manifest.json')) ? openArtifact(path) : null;
}

/** What stands under the name goes aside whole first: a killed removal must not leave half of it. */
function putInPlace(temporary: string, path: string): void {
  const aside = temporaryName(path);
  if (existsSync(path)) renameSync(path, aside);
  renameSync(temporary, path);
  syncPath(dirname(path));
  rmSync(aside, { recursive: true, force: true });
}

/** Opens an artifact and compares every file with its manifest; a flipped byte is an ArtifactError. */
export async function openArtifact(path: string): Promise<Artifact> {
  const artifact = readManifest(path);
  for (const [name, expected] of Object.entries(artifact.manifest.files)) {
    const file = inside(path, name);
    const damage = !isFile(file)
      ? 'is missing'
      : fileSize(file) !== expected.bytes
        ? 'has another size'
        : (await sha256OfFile(file)) !== expected.sha256
          ? 'has other bytes'
          : null;
    if (damage !== null)
      throw new ArtifactError(`${file} ${damage} than its manifest says.`, {
        code: 'artifact.damaged',
        remedy: `Remove ${path} and run the command again: it is rebuilt from its inputs.`,
      });
  }
  return artifact;
}

/** Reads only the manifest: for listing and lineage, not for use as an input. */
export function readManifest(path: string): Artifact {
  const manifest: Manifest = readJson(
    join(path, 'manifest.json'),
    manifestShape,
    (why, cause) =>
      new ArtifactError(`${path} holds no readable manifest: ${why}.`, {
        code: 'artifact.manifest',
        remedy: 'Remove the folder and run the command again.',
        cause,
      }),
  );
  return { path, manifest };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The leak check: refuses an artifact that read an event later than `limit` (epoch ms). */
export function requireAsOf(artifact: Artifact, limit: number | null): void {
  const { maxEventTime, kind, version } = artifact.manifest;
  if (limit === null || maxEventTime === null || maxEventTime < limit) return;
  throw new ArtifactError(
    `${kind} ${version} read an event of ${new Date(maxEventTime).toISOString()}, which is not before ${new Date(limit).toISOString()}.`,
    { code: 'artifact.from_the_future', remedy: 'Use the artifact built as of that time.' },
  );
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 1)}\n`);
  syncPath(path);
}
