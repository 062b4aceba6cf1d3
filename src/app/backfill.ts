import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../domain/index.ts';
import { type IngestFormat, type IngestReport, ingest, refine } from '../lake/index.ts';
import { type Artifact, listArtifacts } from '../platform/index.ts';
import { chainAt } from '../scoring/index.ts';
import { type GenerationInfo, withRunLock } from '../weekly/index.ts';
import { type Workspace, chainOptions, parseTime, withStore } from './workspace.ts';

export interface BackfillRequest {
  /** Files that hold all events of the days, as they should have been. */
  readonly paths: readonly string[];
  readonly format: IngestFormat;
  /** Epoch ms, `to` exclusive. */
  readonly range: { readonly from: number; readonly to: number };
  readonly now: number;
  readonly onStage?: (stage: string) => void;
}

export interface BackfillReport {
  readonly from: number;
  readonly to: number;
  readonly ingested: IngestReport;
  /** Version and plays of silver with the repair. */
  readonly silver: string;
  readonly plays: number;
  /** As-of times (epoch ms) of the models that were made anew, newest first. */
  readonly rebuilt: readonly number[];
  readonly seconds: number;
}

/**
 * Repairs days: the events of the given files take the place of all events of these days that came
 * before, and everything in use that was made from them is made anew, as if the days had never been
 * broken: silver, gold, snapshots, models. Lists already delivered stay; the next Sunday, or one with
 * `--as-of`, makes new ones. Repeating it changes nothing.
 */
export async function backfill(
  workspace: Workspace,
  request: BackfillRequest,
): Promise<BackfillReport> {
  const started = performance.now();
  const { dataDir, config } = workspace;
  const { range, paths, format, now, onStage } = request;
  return withRunLock(dataDir, async () => {
    onStage?.('ingest');
    const known = existsSync(join(dataDir, 'lake', 'lake.json'));
    const buckets = known ? {} : { buckets: config.lake.buckets };
    const ingested = await ingest({ dataDir, paths, format, now, replaces: range, ...buckets });
    onStage?.('refine');
    const silver = await refine({ dataDir });
    const rebuilt = await asOfTimes(workspace, range.from);
    const chain = { ...chainOptions(workspace), ...(onStage === undefined ? {} : { onStage }) };
    for (const asOf of rebuilt) await chainAt(dataDir, silver, asOf, chain);
    return {
      ...range,
      ingested,
      silver: silver.manifest.version,
      plays: silver.manifest.counts['plays'] ?? 0,
      rebuilt,
      seconds: (performance.now() - started) / 1000,
    };
  });
}

/** When the models in use, and the newest ones, were made as of: those that knew the repaired days. */
async function asOfTimes(workspace: Workspace, from: number): Promise<number[]> {
  const sets = listArtifacts(join(workspace.dataDir, 'artifacts', 'model-set'));
  const times = new Set<number>();
  const add = (set: Artifact | undefined): void => {
    if ((set?.manifest.asOf ?? 0) > from) times.add(set?.manifest.asOf as number);
  };
  add(sets.toSorted((a, b) => (b.manifest.asOf ?? 0) - (a.manifest.asOf ?? 0))[0]);
  if (existsSync(join(workspace.dataDir, 'store')))
    await withStore(workspace, async (store) => {
      for (const value of (await store.generations()).values()) {
        const { modelSet } = value as unknown as GenerationInfo;
        add(sets.find(({ path }) => path === join(workspace.dataDir, modelSet)));
      }
    });
  return [...times].toSorted((a, b) => b - a);
}

const dayMs = 86_400_000;

/** The time from the first to the last of two days, both included; either may be a time instead. */
export function daysBetween(
  from: string | undefined,
  to: string | undefined,
): { from: number; to: number } {
  const [start, last] = [parseTime(from), parseTime(to)];
  const missing = start === null || last === null;
  const end = missing ? 0 : to !== undefined && to.length > 10 ? last : last + dayMs;
  if (!missing && start < end) return { from: start, to: end };
  throw new ConfigError(missing ? '--from and --to are needed.' : `${to} is before ${from}.`, {
    code: 'backfill.days',
    remedy: 'Write --from 2026-11-20 --to 2026-11-21 for two days (UTC).',
  });
}

const number = (n: number): string => n.toLocaleString('en');
const time = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

/** A backfill in words. */
export function backfillText(report: BackfillReport): string {
  const { ingested, rebuilt } = report;
  const aside = ingested.quarantined.map(
    ({ table, reason, rows }) => `  ${number(rows).padStart(12)}  quarantine, ${table}: ${reason}`,
  );
  return [
    `${time(report.from)} to ${time(report.to)}: ${number(ingested.rows.events)} events stand in place of all before${ingested.repeated ? ' (since an earlier run)' : ''}.`,
    ...aside,
    `Silver ${report.silver} has ${number(report.plays)} plays.`,
    ...(rebuilt.length === 0
      ? ['No models know these days: none were made anew.']
      : rebuilt.map((asOf) => `Models as of ${time(asOf)} made anew.`)),
    ...(rebuilt.length === 0
      ? []
      : ['Lists already delivered stay; "deepcuts sunday" makes new ones.']),
    `${report.seconds.toFixed(1)} s`,
  ].join('\n');
}
