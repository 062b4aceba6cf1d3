import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../domain/index.ts';
import {
  type VectorBase,
  dayVectorsDir,
  defaultDaily,
  refusedDay,
  updateItemVectors,
  vectorBases,
} from '../features/index.ts';
import { type IngestFormat, dayChain, ingest, refineDay } from '../lake/index.ts';
import { type Artifact, listArtifacts } from '../platform/index.ts';
import { type RetrievalRecipe, recipeFor } from '../retrieval/index.ts';
import { withRunLock } from '../weekly/index.ts';
import { type Workspace, lakeLimits } from './workspace.ts';
import { readTuning } from '../evaluation/index.ts';

export interface DailyRequest {
  /** Files and folders to ingest first; none: what was ingested before. */
  readonly paths: readonly string[];
  readonly format: IngestFormat;
  /** Epoch ms: ingests with an event at or after it are left to a later run; null: none is. */
  readonly asOf: number | null;
  /** Epoch ms of the ingest. */
  readonly now: number;
  readonly onStage?: (stage: string) => void;
}

/** What a daily run did. `day` is null where nothing was new; figures of vectors are of the last day. */
export interface DailyReport {
  readonly base: { readonly version: string; readonly asOf: number };
  readonly ingested: string | null;
  readonly day: {
    readonly version: string;
    readonly newestEvent: number;
    readonly events: number;
    readonly late: number;
    readonly repeated: number;
    readonly quarantined: number;
    readonly tracksTouched: number;
    readonly tracksNew: number;
    readonly listeners: number;
  } | null;
  /** Ingests left to a later run because of `asOf`. */
  readonly heldBack: number;
  readonly vectors: {
    readonly version: string;
    /** Days learned by this run: more than one where an earlier run was stopped, 0 where nothing was new. */
    readonly learned: number;
    readonly moved: number;
    readonly fresh: number;
    readonly anchors: number;
    /** Mean cosine of the anchors to the base; null without anchors. */
    readonly anchorCosine: number | null;
    readonly leastCosine: number;
    readonly refused: boolean;
  } | null;
  readonly seconds: number;
}

/**
 * The day's plays in: ingest, statistics of the day, item vectors moved by it. What it reads follows the
 * day, and silver's catalogue is looked up in. Repeating it changes nothing.
 */
export async function runDaily(workspace: Workspace, request: DailyRequest): Promise<DailyReport> {
  const started = performance.now();
  const { dataDir, config } = workspace;
  const base = baseOf(workspace);
  return withRunLock(dataDir, async () => {
    const { paths, format, now, asOf, onStage } = request;
    const limits = lakeLimits(workspace);
    let ingested: string | null = null;
    if (paths.length > 0) {
      onStage?.('ingest');
      const known = existsSync(join(dataDir, 'lake', 'lake.json'));
      const buckets = known ? {} : { buckets: config.lake.buckets };
      const files = { dataDir, paths, format, now, limits, ...buckets };
      ingested = (await ingest(files)).ingestId;
    }
    onStage?.('day');
    const { day, heldBack } = await refineDay({
      dataDir,
      silver: base.silver,
      asOf,
      limits,
    });
    onStage?.('item2vec');
    const days = dayChain(dataDir, base.silver);
    const before = new Set(listArtifacts(dayVectorsDir(dataDir)).map(({ path }) => path));
    const learned = await updateItemVectors(dataDir, base, base.params, days);
    const { version, asOf: baseAsOf } = base.vectors.manifest;
    return {
      base: { version, asOf: baseAsOf ?? 0 },
      ingested,
      day: day === null ? null : dayFigures(day),
      heldBack,
      vectors: vectorFigures(
        learned.at(-1),
        learned.filter(({ path }) => !before.has(path)).length,
      ),
      seconds: (performance.now() - started) / 1000,
    };
  });
}

function baseOf({ dataDir, config }: Workspace): VectorBase & {
  readonly params: NonNullable<RetrievalRecipe['item2vec']>;
} {
  const tuning = config.retrieval.tuned ? readTuning(dataDir) : {};
  const { item2vec: params } = recipeFor(config.retrieval.recipe, tuning);
  if (params === null)
    throw new ConfigError(`The recipe "${config.retrieval.recipe}" has no item vectors.`, {
      code: 'daily.recipe',
      remedy: 'Set [retrieval] recipe to item2vec or towers.',
    });
  const [base] = vectorBases(dataDir, params);
  if (base !== undefined) return { ...base, params };
  throw new ConfigError(
    `No item vectors are trained in ${dataDir}: a day has nothing to stand on.`,
    {
      code: 'daily.no_base',
      remedy: 'Run "deepcuts train" first.',
    },
  );
}

function dayFigures({ manifest }: Artifact): NonNullable<DailyReport['day']> {
  const count = (name: string): number => manifest.counts[name] ?? 0;
  return {
    version: manifest.version,
    newestEvent: manifest.maxEventTime ?? 0,
    events: count('events'),
    late: count('late'),
    repeated: count('repeated'),
    quarantined: count('quarantined'),
    tracksTouched: count('track_stats'),
    tracksNew: count('tracks'),
    listeners: count('listeners'),
  };
}

function vectorFigures(last: Artifact | undefined, learned: number): DailyReport['vectors'] {
  if (last === undefined) return null;
  const { version, counts } = last.manifest;
  return {
    version,
    learned,
    moved: counts['moved'] ?? 0,
    fresh: counts['fresh'] ?? 0,
    anchors: counts['anchors'] ?? 0,
    anchorCosine: counts['cosine'] ?? null,
    leastCosine: defaultDaily.leastCosine,
    refused: refusedDay(last),
  };
}

const number = (n: number): string => n.toLocaleString('en');

/** A daily report in words. */
export function dailyText(report: DailyReport): string {
  const { day, vectors, heldBack, base } = report;
  const moved = vectors === null ? [] : [vectorText(vectors)];
  const held =
    heldBack === 0 ? [] : [`Left to a later run by --as-of: ${number(heldBack)} ingests.`];
  if (day === null && (vectors === null || vectors.learned === 0))
    return ['Nothing new since the last run: nothing changed.', ...held].join('\n');
  if (day === null)
    return ['No new plays; days were learned that a stopped run had left.', ...moved, ...held].join(
      '\n',
    );
  const until = new Date(day.newestEvent).toISOString();
  return [
    `Day ${day.version}, until ${until}, on vectors as of ${new Date(base.asOf).toISOString()}:`,
    ...(
      [
        [day.events, 'events taken'],
        [day.late, 'late: left to the next refine'],
        [day.repeated, 'repeated: dropped'],
        [day.quarantined, 'in quarantine'],
        [day.listeners, 'listeners'],
        [day.tracksTouched, 'tracks touched'],
        [day.tracksNew, 'tracks new'],
      ] as const
    ).map(([n, name]) => `  ${number(n).padStart(12)}  ${name}`),
    ...moved,
    ...held,
    `${report.seconds.toFixed(1)} s`,
  ].join('\n');
}

function vectorText(vectors: NonNullable<DailyReport['vectors']>): string {
  const { anchors, anchorCosine, leastCosine, moved, fresh } = vectors;
  const drift =
    anchorCosine === null
      ? 'no anchors'
      : `mean cosine of ${number(anchors)} anchors to the base ${anchorCosine.toFixed(4)}`;
  return vectors.refused
    ? `Vectors REFUSED, they stay as they were: ${drift}, at least ${leastCosine} is asked.`
    : `Vectors moved: ${number(moved)}, of these new: ${number(fresh)}; ${drift}.`;
}
