import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { weekStart } from '../domain/index.ts';
import { type Evaluation, evaluateWeekly, lookAtTest, recipeDigest } from '../evaluation/index.ts';
import { ingest, refine } from '../lake/index.ts';
import { presets } from '../simulation/index.ts';
import { type Playlist, Playlists } from '../serving/index.ts';
import { type SundayReport, sunday } from '../weekly/index.ts';
import { weeklyLedger } from './ledger.ts';
import { newWorld } from './new-world.ts';
import {
  type Workspace,
  chainOptions,
  gateLimits,
  lakeLimits,
  withStore,
  workerCommand,
} from './workspace.ts';

export interface DemoResult {
  readonly report: SundayReport;
  readonly evaluation: Evaluation;
  readonly playlist: Playlist;
  /** An hour after the generation opens: the time the demo's API answers for. */
  readonly now: number;
}

export interface DemoOptions {
  readonly onStage?: (stage: string) => void;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Ten thousand listeners fill no more. */
const demoBuckets = 4;
/** Half the usual rows, few passes: a minute is short. */
const demoExamples = 120_000;
const demoLimits = { words: 5_000_000, pairs: 80_000 };

/**
 * Builds the demo world in the workspace and runs the whole machine on it. The world's last week is
 * held out: the Sunday before it makes the lists, and the evaluation says how they would have fared.
 */
export async function runDemo(
  workspace: Workspace,
  options: DemoOptions = {},
): Promise<DemoResult> {
  const { dataDir, config } = workspace;
  const { onStage } = options;
  const chain = { ...chainOptions(workspace), maxExamples: demoExamples, limits: demoLimits };
  const worldDir = join(dataDir, 'world');
  onStage?.('world: 10,000 listeners, 50,000 recordings, 8 weeks');
  if (!existsSync(join(worldDir, 'world.json'))) {
    rmSync(worldDir, { recursive: true, force: true });
    await newWorld(presets.demo, worldDir);
  }
  onStage?.('ingest');
  await ingest({
    dataDir,
    paths: [worldDir],
    format: 'generic',
    now: presets.demo.endsAt,
    buckets: Math.min(demoBuckets, config.lake.buckets),
    limits: lakeLimits(workspace),
  });
  onStage?.('refine');
  const silver = await refine({ dataDir, limits: lakeLimits(workspace) });
  const stages = onStage === undefined ? {} : { onStage };
  const look = {
    ledger: join(dataDir, 'ledger.md'),
    protocol: 'weekly',
    recipe: recipeDigest(chain),
    now: new Date(),
  };
  const evaluation = await lookAtTest(
    look,
    (split) => evaluateWeekly({ dataDir, silver, split, maxListeners: 600, chain, ...stages }),
    weeklyLedger,
  );
  return withStore(workspace, async (store) => {
    const report = await sunday({
      dataDir,
      store,
      asOf: evaluation.points[0]?.at ?? null,
      setting: config.playlist.setting,
      selection: 'active',
      shards: config.batch.shards,
      workers: config.batch.workers,
      workerCommand: workerCommand(workspace),
      chain,
      gate: gateLimits(workspace),
      dryRun: false,
      ...options,
    });
    const now = weekStart(report.week as Parameters<typeof weekStart>[0]) + 3_600_000;
    const playlist = await somePlaylist(new Playlists(dataDir, store), now);
    return { report, evaluation, playlist, now };
  });
}

/** The first listener, by id, whose list is personal. */
async function somePlaylist(playlists: Playlists, now: number): Promise<Playlist> {
  const query = { explain: true, country: null, explicit: true, blockedArtists: [] };
  let found: Playlist | null = null;
  for (let i = 0; i < 200 && found?.status !== 'ready'; i++)
    found = await playlists.get(`u${String(i * 7 + 42).padStart(7, '0')}`, query, now);
  if (found === null) throw new Error('the demo published nothing');
  return found;
}
