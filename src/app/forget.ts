import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ConfigError, EngineError } from '../domain/index.ts';
import {
  affectedArtifacts,
  closeJournal,
  eraseBronze,
  erasureDir,
  markListeners,
  markOf,
  openJournal,
  pendingErasure,
  rowsNamingErased,
  takeFromSnapshot,
} from '../lake/index.ts';
import { type Store, filesBelow, inside, writeFileAtomic } from '../platform/index.ts';
import {
  generationsInUse,
  leaveOver,
  runPaths,
  sweepLeftovers,
  takeFromRuns,
  withRunLock,
} from '../weekly/index.ts';
import { type Workspace, withStore } from './workspace.ts';

export interface ForgetRequest {
  readonly users: readonly string[];
  /** Epoch ms, for the receipt. */
  readonly now: number;
  readonly onStage?: (stage: string) => void;
}

/** What an erasure did. It names nobody: `marks` are the listeners' tombstones. */
export interface ErasureReceipt {
  readonly receipt: string;
  readonly at: string;
  readonly listeners: number;
  readonly marks: readonly string[];
  /** Rows taken out of bronze. */
  readonly bronzeRows: number;
  /** Artifacts that held something of theirs, removed: the next run makes them anew. */
  readonly artifactsRemoved: number;
  /** Artifacts made with their plays, without a row of theirs, that lists in use still need. */
  readonly artifactsInUse: number;
  readonly runsRemoved: number;
  /** Lists taken out of runs and out of the store. */
  readonly runLists: number;
  readonly storeLists: number;
  /** Rows taken out of snapshots that lists in use need. */
  readonly snapshotRows: number;
  /** What was decoded and searched afterwards; nothing was found. */
  readonly searched: { readonly files: number; readonly lists: number };
}

/**
 * Forgets listeners: bronze without their rows, everything made from these rows gone, their lists out of
 * runs and store, a tombstone against files that bring them back; then all is searched. Models that lists
 * in use were made with stay until newer ones are published. Stopped anywhere, it goes on from its
 * journal; asking for the same listener twice is harmless.
 */
export async function forget(
  workspace: Workspace,
  request: ForgetRequest,
): Promise<ErasureReceipt> {
  const { dataDir } = workspace;
  const pending = pendingErasure(dataDir)?.users ?? [];
  if (!existsSync(join(dataDir, 'lake', 'lake.json')))
    throw new ConfigError(`There is no lake in ${dataDir}.`, {
      code: 'lake.empty',
      remedy: 'Name the data folder with --data.',
    });
  if (request.users.length === 0 && pending.length === 0)
    throw new ConfigError('There is no erasure to resume.', {
      code: 'erasure.none',
      remedy: 'Name the listeners to forget.',
    });
  return withRunLock(dataDir, () =>
    withStore(workspace, async (store) => {
      const finished = pending.length > 0 ? await erase(workspace, store, pending, request) : null;
      const rest = request.users.filter((user) => !pending.includes(user));
      return rest.length === 0 && finished !== null
        ? finished
        : erase(workspace, store, rest, request);
    }),
  );
}

async function erase(
  { dataDir, config }: Workspace,
  store: Store,
  listed: readonly string[],
  { now, onStage }: ForgetRequest,
): Promise<ErasureReceipt> {
  const limits = { memoryMb: config.lake.memory_mb };
  const { users, receipt: name } = openJournal(dataDir, listed);
  const file = join(erasureDir(dataDir), `receipt-${name}.json`);
  if (existsSync(file)) {
    closeJournal(dataDir);
    return JSON.parse(readFileSync(file, 'utf8')) as ErasureReceipt;
  }
  const marks = markListeners(dataDir, users);
  const known = new Set(users);
  onStage?.('search');
  const affected = await affectedArtifacts(dataDir, { limits });
  const paths = affected.map(({ path }) => relative(dataDir, path));
  leaveOver(dataDir, paths);
  onStage?.('bronze');
  const bronzeRows = await eraseBronze(dataDir, { limits });
  // lakes that evaluations which were killed left behind
  rmSync(join(dataDir, 'evaluation'), { recursive: true, force: true });
  onStage?.('lists');
  const inUse = await generationsInUse(dataDir, store);
  let snapshotRows = 0;
  for (const path of inUse.snapshots)
    snapshotRows += await takeFromSnapshot(inside(dataDir, path), known);
  const { lists: runLists, runsRemoved } = await takeFromRuns(dataDir, known, inUse.runs);
  const storeLists = await store.remove(users);
  const artifactsInUse = await sweepLeftovers(dataDir, store);
  onStage?.('verify');
  const searched = await search(dataDir, store, users, limits);
  const receipt: ErasureReceipt = {
    receipt: name,
    at: new Date(now).toISOString(),
    listeners: users.length,
    marks: users.map((user) => markOf(marks.key, user)).toSorted(),
    bronzeRows,
    artifactsRemoved: paths.filter((path) => !existsSync(join(dataDir, path))).length,
    artifactsInUse,
    runsRemoved,
    runLists,
    storeLists,
    snapshotRows,
    searched,
  };
  writeFileAtomic(file, `${JSON.stringify(receipt, null, 1)}\n`);
  closeJournal(dataDir);
  return receipt;
}

/** Decodes everything below the data folder that a listener could be in; finding one is an EngineError. */
async function search(
  dataDir: string,
  store: Store,
  users: readonly string[],
  limits: { readonly memoryMb: number },
): Promise<ErasureReceipt['searched']> {
  const folders = ['lake/bronze', 'lake/silver', 'lake/gold', 'lake/day', 'artifacts', 'runs'];
  let files = 0;
  let found = 0;
  for (const folder of folders.map((name) => join(dataDir, name)).filter(existsSync)) {
    files += filesBelow(folder).length;
    found += await rowsNamingErased(dataDir, folder, limits);
  }
  for (const run of runPaths(dataDir)) {
    const plan = readFileSync(join(dataDir, run, 'plan.json'), 'utf8');
    found += users.filter((user) => plan.includes(JSON.stringify(user))).length;
  }
  let lists = 0;
  for (const generation of (await store.generations()).keys()) {
    lists += await store.count(generation);
    for (const user of users) if ((await store.get(generation, user)) !== null) found++;
  }
  if (found === 0) return { files, lists };
  throw new EngineError(`Something of these listeners is still there (${found} places).`, {
    code: 'erasure.found',
    remedy: 'Finish it with "deepcuts forget --resume".',
  });
}

const number = (n: number): string => n.toLocaleString('en');

/** A receipt in words. */
export function receiptText(receipt: ErasureReceipt): string {
  const rows = [
    [receipt.bronzeRows, 'rows taken out of bronze'],
    [receipt.artifactsRemoved, 'artifacts removed: the next run makes them anew'],
    [receipt.runsRemoved, 'runs removed'],
    [receipt.runLists, 'lists taken out of runs in use'],
    [receipt.storeLists, 'lists taken out of the store'],
    [receipt.snapshotRows, 'rows taken out of snapshots in use'],
  ] as const;
  return [
    `Receipt ${receipt.receipt}, ${receipt.at}: ${number(receipt.listeners)} forgotten.`,
    ...rows.map(([n, text]) => `  ${number(n).padStart(12)}  ${text}`),
    `Searched afterwards: ${number(receipt.searched.files)} files and ${number(receipt.searched.lists)} lists; nothing of theirs is there.`,
    ...(receipt.artifactsInUse === 0
      ? []
      : [
          `${number(receipt.artifactsInUse)} models made with their plays stay until lists made without them are published twice.`,
        ]),
    'A tombstone keeps files that still name them from bringing them back.',
    'Input files of your own were not touched.',
  ].join('\n');
}
