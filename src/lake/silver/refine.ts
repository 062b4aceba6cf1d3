import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactError, DataError, EngineError } from '../../domain/index.ts';
import {
  type Artifact,
  type Sql,
  buildArtifact,
  readJson,
  statementsOf,
} from '../../platform/index.ts';
import { type Bronze, listBronze } from '../bronze.ts';
import { writeBuckets } from '../buckets.ts';
import { requireNoErasure } from '../erasure/journal.ts';
import { type TableDigest, combineDigests, tableDigest } from '../digest.ts';
import { lakeProperties, silverDir } from '../layout.ts';
import { type Limits, type OnProgress, withSql } from '../session.ts';
import { type Quality, type Span, qualityOf } from './quality.ts';
import { qualityShape } from './quality-shape.ts';
import { groupRecordings } from './recordings.ts';
import { spansOf } from './spans.ts';
import {
  botRules,
  everything,
  flagBots,
  openBronze,
  playsSql,
  uniqueEvents,
  uniquePlays,
} from './stages.ts';

/** A silver artifact. */
export type SilverRef = Artifact;

export interface RefineOptions {
  readonly dataDir: string;
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
  readonly limits?: Limits;
}

const schema = 1;
const catalogue = statementsOf(new URL('catalogue.sql', import.meta.url));
const tablesSql = statementsOf(new URL('tables.sql', import.meta.url));
const digests = statementsOf(new URL('digests.sql', import.meta.url));

/** Tables of silver that are one file, in the order they are written. */
const singleFiles = [
  'library',
  'impressions',
  'banners',
  'playlist_tracks',
  'listeners',
  'blocks',
  'quarantine',
] as const;

/** Bronze into silver: see docs/formats.md. Skipped when silver exists for these ingests. */
export async function refine(options: RefineOptions): Promise<SilverRef> {
  const { dataDir, onProgress, limits = {}, force = false } = options;
  requireNoErasure(dataDir);
  const ingests = listBronze(dataDir);
  if (ingests.length === 0)
    throw new DataError(`The lake in ${dataDir} is empty.`, {
      code: 'lake.empty',
      remedy: 'Run deepcuts ingest first.',
    });
  const { buckets } = lakeProperties(dataDir);
  const inputs = Object.fromEntries(
    ingests.map(({ manifest }, i) => [
      `bronze:${String(i).padStart(6, '0')}`,
      manifest.contentDigest,
    ]),
  );
  const identity = {
    kind: 'silver',
    schema,
    asOf: null,
    inputs,
    config: { buckets, ...botRules },
    seed: 0,
  };
  return buildArtifact(
    silverDir(dataDir),
    identity,
    async (dir) => {
      const built = await withSql(dir, limits, (sql) =>
        build(sql, dir, ingests, buckets, onProgress),
      );
      requireStanding(dataDir, ingests);
      return built;
    },
    { force },
  );
}

async function build(
  sql: Sql,
  dir: string,
  ingests: readonly Bronze[],
  buckets: number,
  onProgress?: OnProgress,
) {
  const steps = ['catalogue', 'plays', 'bots', 'tables', 'write', 'digest'];
  const step = (name: string) => onProgress?.(`refine ${name}`, steps.indexOf(name), steps.length);
  step('catalogue');
  await openBronze(sql, ingests);
  const repeatedIds = await uniqueEvents(sql);
  await buildCatalogue(sql, buckets);
  step('plays');
  const repeatedPlays = await uniquePlays(sql);
  step('bots');
  await flagBots(sql);
  step('tables');
  await sql.table('unknown_tracks', tablesSql('unknown_tracks'));
  const rows: Record<string, number> = {};
  for (const name of singleFiles) rows[name] = await sql.table(name, tablesSql(name));
  step('write');
  rows['tracks'] = await sql.writeParquet(join(dir, 'tracks.parquet'), tablesSql('tracks_table'));
  for (const name of singleFiles)
    await sql.writeParquet(join(dir, `${name}.parquet`), everything(name));
  rows['plays'] = await writeBuckets(sql, join(dir, 'plays'), buckets, playsSql('plays_of_bucket'));
  step('digest');
  const spans = spansOf(await sql.rows(playsSql('hours')));
  const quality = await qualityOf(sql, {
    clock: ingests.some(({ manifest }) => manifest.clock),
    newestIngest: Math.max(...ingests.map(({ manifest }) => manifest.ingestedAt)),
    spans,
    repeatedEvents: repeatedIds + repeatedPlays,
  });
  writeFileSync(join(dir, 'quality.json'), `${JSON.stringify(quality, null, 1)}\n`);
  const parts: TableDigest[] = [];
  for (const name of ['plays', 'tracks', ...singleFiles])
    if (name !== 'quarantine') parts.push(await tableDigest(sql, name, digests(name)));
  return {
    maxEventTime: spans.at(-1)?.end ?? null,
    contentDigest: combineDigests(parts),
    counts: rows,
  };
}

/** Somebody forgotten while the ingests were read may be in what was made of them. */
function requireStanding(dataDir: string, ingests: readonly Bronze[]): void {
  requireNoErasure(dataDir);
  const now = new Set(listBronze(dataDir).map(({ manifest }) => manifest.contentDigest));
  if (ingests.every(({ manifest }) => now.has(manifest.contentDigest))) return;
  throw new EngineError('The ingests changed while they were read.', {
    code: 'lake.changed',
    remedy: 'Run the command again.',
  });
}

async function buildCatalogue(sql: Sql, buckets: number): Promise<void> {
  await sql.table('event_tracks', catalogue('event_tracks'));
  const [listed] = await sql.rows({
    name: 'has_catalogue',
    text: 'SELECT count(*) AS n FROM bronze_tracks',
  });
  await sql.table('catalogue', catalogue('catalogue'), { derive_all: listed?.['n'] === 0 });
  await groupRecordings(sql, catalogue);
  await sql.table('tracks', catalogue('tracks'));
  await sql.table('users', catalogue('users'), { buckets });
}

/** The quality report of a silver artifact. */
export function readQuality(silver: SilverRef): Quality {
  return readJson(
    join(silver.path, 'quality.json'),
    qualityShape,
    (why, cause) =>
      new ArtifactError(`${silver.path} holds no readable quality report: ${why}.`, {
        code: 'artifact.quality',
        remedy: 'Run "deepcuts refine --force".',
        cause,
      }),
  );
}

/** Epoch ms of the newest event that is not in quarantine; 0 where there is none or no clock. */
export function newestEvent(silver: SilverRef): number {
  return silver.manifest.maxEventTime ?? 0;
}

/** Maximal runs of events without a gap of more than two days, in time order. */
export function eventSpans(silver: SilverRef): readonly Span[] {
  return readQuality(silver).spans;
}
