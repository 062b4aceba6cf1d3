import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, NotFoundError } from '../domain/index.ts';
import { type Limits } from '../lake/index.ts';
import { type Store, openLmdbStore } from '../platform/index.ts';
import { type ChainOptions } from '../scoring/index.ts';
import { type GateLimits, type GenerationInfo } from '../weekly/index.ts';
import { type Config, readConfig } from './config.ts';
import { readTuning } from '../evaluation/index.ts';

/** A data folder with its settings. */
export interface Workspace {
  readonly dataDir: string;
  readonly config: Config;
}

export async function openWorkspace(dataDir = 'data', configPath?: string): Promise<Workspace> {
  const path = resolve(dataDir);
  return { dataDir: path, config: await readConfig(path, configPath) };
}

/** Opens the store of a workspace for the time of `work`. */
export async function withStore<T>(
  workspace: Workspace,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openLmdbStore(join(workspace.dataDir, 'store'));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** As `withStore`, for commands that only read: a folder without a store is left without one. */
export async function withPublished<T>(
  workspace: Workspace,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  if (!existsSync(join(workspace.dataDir, 'store'))) throw nothingPublished();
  return withStore(workspace, work);
}

export function nothingPublished(): NotFoundError {
  return new NotFoundError('Nothing is published in this data folder.', {
    code: 'generation.none',
    remedy: 'Run "deepcuts sunday" first.',
  });
}

/** What the SQL engine may use by the workspace's settings. */
export function lakeLimits({ config }: Pick<Workspace, 'config'>): Limits {
  return { memoryMb: config.lake.memory_mb };
}

export function chainOptions({ dataDir, config }: Workspace): ChainOptions {
  return {
    trainingDays: config.lake.training_days,
    labelDays: config.ranking.label_days,
    historyTracks: config.features.history_tracks,
    minPlays: config.features.min_plays,
    negatives: config.ranking.negatives,
    maxExamples: config.ranking.max_examples,
    recipe: config.retrieval.recipe,
    ...(config.retrieval.tuned ? { tuning: readTuning(dataDir) } : {}),
    ranker: { engine: config.ranking.engine, artist: config.ranking.artist },
    limits: { words: config.features.item2vec_words, pairs: config.retrieval.tower_pairs },
    itemVectors: config.features.item_vectors,
    hygiene: { on: config.features.hygiene, keep: config.features.hygiene_keep },
    seed: config.seed,
    lake: lakeLimits({ config }),
  };
}

export function gateLimits({ config }: Workspace): GateLimits {
  const { gate } = config;
  return {
    minListsShare: gate.min_lists_share,
    maxShortShare: gate.max_short_share,
    minScoreRatio: gate.min_score_ratio,
    maxScoreRatio: gate.max_score_ratio,
    maxOverlap: gate.max_overlap,
    minCountRatio: gate.min_count_ratio,
  };
}

/** The command that starts a shard worker on this workspace; the run folder is appended. */
export function workerCommand({ dataDir, config }: Workspace): string[] {
  const program = fileURLToPath(new URL('../cli/shard-worker.ts', import.meta.url));
  return [
    process.execPath,
    program,
    dataDir,
    String(config.batch.threads),
    String(config.batch.block),
  ];
}

const timePattern =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

/** Parses an `--as-of`: an ISO date or time; a date alone is its midnight, UTC. */
export function parseTime(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, date, clock = '00:00', zone = 'Z'] = timePattern.exec(text) ?? [];
  const time = Date.parse(`${date}T${clock}${zone}`);
  // Date.parse takes 30 February for 2 March
  const midnight = Date.parse(`${date}T00:00Z`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(`${date}`);
  if (Number.isNaN(time) || !isDay)
    throw new ConfigError(`"${text}" is not a time.`, {
      code: 'cli.time',
      remedy: 'Write it as 2026-11-22 or 2026-11-22T18:00:00Z.',
    });
  return time;
}

/** The live generation's name and info, or an error that says how to get one. */
export async function liveGeneration(
  store: Store,
): Promise<{ name: string; info: GenerationInfo }> {
  const { current } = await store.pointer();
  const info = current === null ? undefined : (await store.generations()).get(current);
  if (current === null || info === undefined) throw nothingPublished();
  return { name: current, info: info as unknown as GenerationInfo };
}
