import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { open } from 'lmdb';
import {
  type Json,
  type Pointer,
  digestJson,
  filesBelow,
  listArtifacts,
  sha256OfFile,
} from '../../../src/platform/index.ts';
import { readBronzeManifests } from './bronze.ts';
import { RunFolder, type GenerationInfo } from '../../../src/weekly/index.ts';

/** What a data folder holds, by content: equal runs leave equal states. */
export type State = Readonly<Record<string, Json>>;

/** One generation of a store: how many lists, and a digest over all of them. */
export interface StoredGeneration {
  readonly lists: number;
  readonly digest: string;
  /** Null where the generation was begun and not finished. */
  readonly info: GenerationInfo | null;
}

export interface StoreState {
  readonly pointer: Pointer | null;
  readonly generations: Readonly<Record<string, StoredGeneration>>;
}

/** Everything in a store, read past the product: unfinished generations are seen too. */
export async function readStore(dataDir: string): Promise<StoreState> {
  const path = join(dataDir, 'store', 'lists.mdb');
  if (!existsSync(path)) return { pointer: null, generations: {} };
  const root = open({ path, maxDbs: 1024, compression: false });
  try {
    const names = [...root.getKeys()].map(String);
    const meta = names.includes('meta')
      ? root.openDB<unknown, string>({ name: 'meta', encoding: 'json' })
      : null;
    const generations: Record<string, StoredGeneration> = {};
    for (const name of names.filter((each) => each.startsWith('lists:'))) {
      const generation = name.slice('lists:'.length);
      const hash = createHash('sha256');
      let lists = 0;
      for (const { key, value } of root
        .openDB<Uint8Array, string>({ name, encoding: 'binary' })
        .getRange()) {
        hash.update(`${key}\n`).update(value);
        lists++;
      }
      const entry = meta?.get(`generation:${generation}`) as { info: GenerationInfo } | undefined;
      const digest = hash.digest('hex');
      generations[generation] = { lists, digest, info: entry?.info ?? null };
    }
    return { pointer: (meta?.get('pointer') as Pointer | undefined) ?? null, generations };
  } finally {
    await root.close();
  }
}

/** Content digests of all that a data folder holds; times, processes and durations are left out. */
export async function stateOf(dataDir: string): Promise<State> {
  const state: Record<string, Json> = {};
  const properties = join(dataDir, 'lake', 'lake.json');
  if (existsSync(properties)) state['lake.json'] = readFileSync(properties, 'utf8');
  for (const { ingestId, contentDigest } of readBronzeManifests(dataDir))
    state[`bronze/${ingestId}`] = contentDigest;
  for (const folder of artifactFolders(dataDir))
    for (const { manifest } of listArtifacts(join(dataDir, folder)))
      state[`${folder}/${manifest.version}`] = manifest.contentDigest;
  for (const run of runFolders(dataDir)) {
    const opened = RunFolder.reopen(dataDir, run);
    await opened.verify();
    state[run] = {
      missing: opened.missing(),
      lists: opened.listsDigest(),
      gate: digestJson(opened.read('gate.json') as Json),
      report: existsSync(join(opened.path, 'report.json')),
    };
  }
  for (const name of ['world', 'lists.parquet']) {
    const path = join(dataDir, name);
    if (existsSync(path)) state[name] = await digestBelow(path);
  }
  const { pointer, generations } = await readStore(dataDir);
  state['pointer'] = pointer as unknown as Json;
  for (const [name, generation] of Object.entries(generations))
    state[`generation/${name}`] = generation as unknown as Json;
  return state;
}

async function digestBelow(path: string): Promise<Json> {
  if (!statSync(path).isDirectory()) return sha256OfFile(path);
  const entries: [string, string][] = [];
  for (const name of filesBelow(path)) entries.push([name, await sha256OfFile(join(path, name))]);
  return digestJson(entries);
}

/** Keys whose values differ, with both values. */
export function differences(expected: State, found: State): string[] {
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...keys].toSorted().flatMap((key) => {
    const [a, b] = [JSON.stringify(expected[key]), JSON.stringify(found[key])];
    return a === b ? [] : [`${key}: ${b ?? 'is not there'} for ${a ?? 'nothing'}`];
  });
}

/** Every path of a data folder with the names of processes taken out: what litter shows in. */
export function namesBelow(dataDir: string): string[] {
  if (!existsSync(dataDir)) return [];
  return readdirSync(dataDir, { recursive: true })
    .map((name) => String(name).replace(/(attempts\/\d+)-\d+[^/]*/, '$1'))
    .map((name) => name.replace(/(receipt)-[0-9a-f]{16}/, '$1'))
    .filter((name) => !name.endsWith('lists.mdb-lock'))
    .toSorted();
}

/** Names that an undisturbed run does not leave; of a folder its own name alone. */
export function litterOf(undisturbed: readonly string[], dataDir: string): string[] {
  const found = namesBelow(dataDir);
  const expected = new Set(undisturbed);
  const twice = found.filter((name, i) => name === found[i - 1]);
  const more = found.filter((name) => !expected.has(name));
  const folders = new Set(more);
  return [...more.filter((name) => !folders.has(dirname(name))), ...twice];
}

function artifactFolders(dataDir: string): string[] {
  const kinds = existsSync(join(dataDir, 'artifacts'))
    ? readdirSync(join(dataDir, 'artifacts'))
    : [];
  return [
    ...['silver', 'gold', 'day'].map((kind) => join('lake', kind)),
    ...kinds.map((kind) => join('artifacts', kind)),
  ];
}

/** Folders of runs below a data folder, relative to it. */
function runFolders(dataDir: string): string[] {
  if (!existsSync(join(dataDir, 'runs'))) return [];
  return filesBelow(join(dataDir, 'runs'))
    .filter((name) => /^[^/]+\/[0-9a-f]{16}\/plan\.json$/.test(name))
    .map((name) => join('runs', name.slice(0, -'/plan.json'.length)));
}
