import { relative } from 'node:path';
import { DataError, EngineError, NotFoundError, deliveryWeek, weekStart } from '../domain/index.ts';
import { newestEvent, refine, snapshotFiles } from '../lake/index.ts';
import {
  type Artifact,
  type Pointer,
  type Store,
  inside,
  readManifest,
  runShards,
} from '../platform/index.ts';
import { type SettingName } from '../playlist/index.ts';
import { type ChainOptions, modelSetFor, chainAt, openModelSet } from '../scoring/index.ts';
import { Bill, type BillLine } from './bill.ts';
import { type GateLimits, type Live, type Verdict, gate } from './gate.ts';
import { countSelected } from './selection.ts';
import { sweepLeftovers } from './leftovers.ts';
import { withRunLock } from './lock.ts';
import { planShards } from './plan.ts';
import { type GenerationInfo, generationName, publish } from './publish.ts';
import { type Accepted, RunFolder } from './run-folder.ts';
import { brokenInSample, overlapWithLive } from './sample.ts';

export interface SundayRequest {
  readonly dataDir: string;
  readonly store: Store;
  /** Epoch ms; null: just after the newest event. Nothing at or after it is read. */
  readonly asOf: number | null;
  readonly setting: SettingName;
  readonly selection: 'all' | 'active' | readonly string[];
  /** Shards wanted; the lake's bucket count is the limit. */
  readonly shards: number;
  readonly workers: number;
  /** Command of a shard worker; the run folder is appended. */
  readonly workerCommand: readonly string[];
  readonly chain: ChainOptions;
  readonly gate?: GateLimits;
  /** Stop after the gate. */
  readonly dryRun: boolean;
  /** Where the bill begins: with the process, whose start is then a line, or with the run (default). */
  readonly billed?: 'process' | 'run';
  readonly onStage?: (stage: string) => void;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the run at the next stage, or between two shards. */
  readonly signal?: AbortSignal;
  /** The clock that tells whether the live generation has opened; default: the system's. */
  readonly now?: () => number;
}

export interface SundayReport {
  readonly week: string;
  readonly asOf: number;
  readonly setting: string;
  readonly listeners: number;
  readonly ready: number;
  readonly fallback: number;
  readonly exploratory: number;
  readonly listsDigest: string;
  readonly generation: string;
  readonly pointer: Pointer | null;
  readonly verdict: Verdict;
  readonly labelDays: number;
  readonly labelsShrunk: boolean;
  readonly cutPoints: number;
  readonly ranked: boolean;
  readonly bill: readonly BillLine[];
  readonly run: string;
}

const seed = 1;

/**
 * The weekly job: refine and train what is stale, plan, shards, gate, publish. Every step leaves an
 * artifact or an accepted shard, so a run that was killed anywhere and is repeated goes on where it
 * stopped and ends with the same digests. A failed gate publishes nothing.
 */
export async function sunday(request: SundayRequest): Promise<SundayReport> {
  return withRunLock(request.dataDir, () => run(request));
}

async function run(request: SundayRequest): Promise<SundayReport> {
  const { dataDir, setting, selection, store } = request;
  const bill = request.billed === 'process' ? Bill.ofProcess() : new Bill();
  const stage = (name: string): void => {
    if (request.signal?.aborted === true)
      throw new EngineError('The run was stopped.', {
        code: 'weekly.stopped',
        remedy: 'Continue it with --resume.',
      });
    bill.start(name.split(' ')[0] as string);
    request.onStage?.(name);
  };
  stage('refine');
  const silver = await refine({ dataDir, limits: request.chain.lake ?? {} });
  if ((silver.manifest.counts['plays'] ?? 0) === 0)
    throw new DataError('The lake holds no play that can be used.', {
      code: 'weekly.no_plays',
      remedy: 'Ingest plays; "deepcuts refine" prints why rows went to quarantine.',
    });
  const newest = newestEvent(silver);
  const asOf = request.asOf ?? newest + 1;
  const chain = await chainAt(dataDir, silver, asOf, { ...request.chain, onStage: stage });
  stage('model-set');
  const week = deliveryWeek(asOf);
  const modelSet = await modelSetFor(dataDir, chain, {
    setting,
    week,
    deliverAtMs: weekStart(week),
    seed,
  });
  stage('shards');
  const runFolder = RunFolder.open(dataDir, {
    week,
    asOf,
    setting,
    modelSet: relative(dataDir, modelSet.path),
    modelSetDigest: modelSet.manifest.contentDigest,
    selection,
    shards: planShards(snapshotFiles(chain.snapshot).listeners.length, request.shards),
  });
  runFolder.sweepAttempts();
  const planned = countSelected(chain.snapshot, selection);
  if (planned === 0)
    throw new DataError('No listener is selected: there is nobody to make a list for.', {
      code: 'weekly.nobody',
      remedy: 'Use --listeners all, or a later --as-of.',
    });
  const before = runFolder.buckets().reduce((sum, bucket) => sum + bucket.listeners, 0);
  let accepted = before;
  await runShards({
    command: [...request.workerCommand, runFolder.path],
    shards: runFolder.missing(),
    workers: request.workers,
    onOk: ({ manifest }) => {
      const shard = manifest as unknown as Accepted;
      runFolder.accept(shard);
      bill.charge(shard);
      accepted += shard.buckets.reduce((sum, bucket) => sum + bucket.listeners, 0);
      request.onProgress?.(accepted, planned);
    },
    onProgress: (done) => request.onProgress?.(accepted + done, planned),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  // workers that died, or outlived a killed driver, left attempts that do not count
  runFolder.sweepAttempts();
  stage('gate');
  await runFolder.verify();
  const verdict = gate(
    {
      buckets: runFolder.buckets(),
      planned,
      brokenInSample: brokenInSample(runFolder, chain.snapshot),
    },
    await liveOf(request, runFolder, chain.snapshot),
    request.gate,
  );
  runFolder.write('gate.json', verdict);
  let pointer: Pointer | null = null;
  if (verdict.verdict === 'publish' && !request.dryRun) {
    stage('publish');
    pointer = await publish(store, runFolder, infoOf(runFolder, chain.snapshot), {
      opensAt: weekStart(week),
      now: (request.now ?? Date.now)(),
      ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
    });
    await sweepLeftovers(dataDir, store);
  }
  bill.stop();
  const sum = (key: 'listeners' | 'ready' | 'fallback' | 'exploratory'): number =>
    runFolder.buckets().reduce((total, bucket) => total + bucket[key], 0);
  const report: SundayReport = {
    week,
    asOf,
    setting,
    listeners: sum('listeners'),
    ready: sum('ready'),
    fallback: sum('fallback'),
    exploratory: sum('exploratory'),
    listsDigest: runFolder.listsDigest(),
    generation: generationName(runFolder),
    pointer,
    verdict,
    labelDays: chain.cuts.labelDays,
    labelsShrunk: chain.cuts.shrunk,
    cutPoints: chain.cuts.cuts.length,
    ranked: chain.ranker !== null,
    bill: bill.lines,
    run: relative(dataDir, runFolder.path),
  };
  runFolder.write('report.json', report);
  return report;
}

function infoOf(runFolder: RunFolder, snapshot: Artifact): GenerationInfo {
  const buckets = runFolder.buckets();
  const total = (key: 'listeners' | 'ready' | 'scoreSum'): number =>
    buckets.reduce((sum, bucket) => sum + bucket[key], 0);
  const root = runFolder.dataDir;
  return {
    week: runFolder.plan.week,
    modelSet: runFolder.plan.modelSet,
    snapshot: relative(root, snapshot.path),
    setting: runFolder.plan.setting,
    listsDigest: runFolder.listsDigest(),
    run: relative(root, runFolder.path),
    listeners: total('listeners'),
    meanScore: total('scoreSum') / Math.max(1, total('ready') * 30),
  };
}

/**
 * The published generation of another week that the gate compares with: the live one, or the one
 * before it where the live one is of this week, so that a repeat judges as the first run did.
 */
async function liveOf(
  request: SundayRequest,
  runFolder: RunFolder,
  snapshot: Artifact,
): Promise<Live | null> {
  const { store, dataDir } = request;
  const { current, previous } = await store.pointer();
  const finished = await store.generations();
  for (const generation of [current, previous]) {
    const info = finished.get(generation ?? '') as unknown as GenerationInfo | undefined;
    if (generation === null || info === undefined || info.week === runFolder.plan.week) continue;
    const live = { generation, snapshot: readManifest(inside(dataDir, info.snapshot)) };
    const overlap = await overlapWithLive(runFolder, snapshot, store, live);
    return { listeners: info.listeners, meanScore: info.meanScore, overlap: overlap ?? 0 };
  }
  return null;
}

/** Publishes the finished run in a folder below `dataDir`; never beside a Sunday or another publish. */
export async function publishRun(
  dataDir: string,
  store: Store,
  runPath: string,
  now: number,
): Promise<Pointer> {
  return withRunLock(dataDir, () => publishFinished(dataDir, store, runPath, now));
}

async function publishFinished(
  dataDir: string,
  store: Store,
  runPath: string,
  now: number,
): Promise<Pointer> {
  const runFolder = RunFolder.reopen(dataDir, runPath);
  const verdict = runFolder.read('gate.json') as Verdict | null;
  if (verdict === null || runFolder.missing().length > 0)
    throw new NotFoundError(`The run ${runPath} is not finished.`, {
      code: 'publish.unfinished',
      remedy: 'Finish it with "deepcuts sunday --resume".',
    });
  if (verdict.verdict !== 'publish')
    throw new DataError(`The gate holds the run ${runPath}.`, {
      code: 'publish.held',
      remedy: 'Read gate.json in that folder.',
    });
  await runFolder.verify();
  const { snapshot } = await openModelSet(dataDir, inside(dataDir, runFolder.plan.modelSet));
  return publish(store, runFolder, infoOf(runFolder, snapshot), {
    opensAt: weekStart(runFolder.plan.week as ReturnType<typeof deliveryWeek>),
    now,
  });
}
