import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DailyReport } from '../src/app/index.ts';
import { Rng } from '../src/domain/index.ts';
import {
  dailyVectorsAt,
  defaultItem2vec,
  itemVectorsFile,
  trainItemVectors,
  vectorBases,
} from '../src/features/index.ts';
import { dayChain, gold, ingest, newestEvent, refine, snapshot } from '../src/lake/index.ts';
import { type Artifact, ColFile, openDuckDb } from '../src/platform/index.ts';
import { generateWorld, presets } from '../src/simulation/index.ts';
import { deepcuts } from './support/command-line.ts';
import { splitWorld } from './support/split-world.ts';
import { removeFolder, temporaryFolder } from './support/workspaces.ts';

const dayMs = 86_400_000;
const config = presets.tiny;
/** Midnights: a machine's day is judged as a whole. */
const cut = Math.floor(config.endsAt / dayMs) * dayMs - 7 * dayMs;
const folder = temporaryFolder('daily');
const dataDir = join(folder, 'data');
let parts: string[] = [];
let base: Artifact;

async function columnsAt(asOf: number): Promise<{ tables: Artifact; columns: Artifact }> {
  const silver = await refine({ dataDir });
  const tables = await gold({ dataDir, silver, asOf });
  return { tables, columns: await snapshot({ dataDir, gold: tables }) };
}

async function runDaily(...args: string[]): Promise<{ code: number | null; report: DailyReport }> {
  const { code, stdout, stderr } = await deepcuts('daily', ...args, '--data', dataDir, '--json');
  expect(stderr).not.toContain('[');
  return { code, report: JSON.parse(stdout) as DailyReport };
}

beforeAll(async () => {
  const world = join(folder, 'world');
  await generateWorld(config, world, {});
  parts = await splitWorld(
    world,
    join(folder, 'parts'),
    [0, 1, 2, 3].map((d) => cut + d * dayMs),
  );
  const paths = [parts[0] as string];
  await ingest({ dataDir, paths, format: 'generic', now: config.endsAt, buckets: 4 });
});
afterAll(() => removeFolder(folder));

it('asks for a training before the first day, and then takes nothing in', async () => {
  const { code, stderr } = await deepcuts('daily', parts[1] as string, '--data', dataDir);
  expect(code).toBe(2);
  expect(stderr).toMatch(/deepcuts train[^]*\[daily.no_base\]/);
  const silver = await refine({ dataDir });
  const { columns } = await columnsAt(newestEvent(silver) + 1);
  base = await trainItemVectors(dataDir, columns, defaultItem2vec);
});

it('takes day after day in, and a day repeated changes nothing', async () => {
  const events: number[] = [];
  for (const part of parts.slice(1)) {
    const { code, report } = await runDaily(part);
    expect([code, report.day?.late, report.vectors?.refused]).toEqual([0, 0, false]);
    expect(report.vectors?.anchorCosine).toBeGreaterThan(0.95);
    events.push(report.day?.events ?? 0);
  }
  expect(Math.min(...events)).toBeGreaterThan(50);
  const again = await runDaily(parts[2] as string);
  expect([again.code, again.report.day, again.report.vectors?.learned]).toEqual([0, null, 0]);
  const { code, stdout } = await deepcuts('daily', '--data', dataDir);
  expect([code, stdout]).toEqual([0, 'Nothing new since the last run: nothing changed.\n']);
});

it('sums of the days are what gold counts of the same days', async () => {
  const silver = await refine({ dataDir });
  const [before, after] = [
    await gold({ dataDir, silver, asOf: cut }),
    await gold({ dataDir, silver, asOf: cut + 3 * dayMs }),
  ];
  // gold of a later silver as of the base's time is the same, and yet the days stand on the base's own
  await columnsAt(base.manifest.asOf as number);
  const days = dayChain(dataDir, await baseSilver());
  expect((await baseSilver()).manifest.maxEventTime).toBeLessThan(cut);
  expect(days).toHaveLength(3);
  await using sql = await openDuckDb({ threads: 1, memoryMb: 512, scratchDir: folder });
  await sql.parquet(
    'days',
    days.map(({ path }) => join(path, 'track_stats.parquet')),
  );
  await sql.parquet('before_tracks', [join(before.path, 'track_stats.parquet')]);
  await sql.parquet('after_tracks', [join(after.path, 'track_stats.parquet')]);
  const rows = (name: string, text: string) => sql.rows({ name, text });
  const counted = await rows(
    'counted',
    `SELECT track_id, CAST(sum(plays) AS BIGINT) AS plays, CAST(sum(skips) AS BIGINT) AS skips,
  CAST(sum(saves) AS BIGINT) AS saves FROM days GROUP BY track_id
HAVING sum(plays) + sum(skips) + sum(saves) > 0 ORDER BY track_id`,
  );
  const expected = await rows(
    'expected',
    `SELECT * FROM (SELECT a.track_id, a.plays_90d - coalesce(b.plays_90d, 0) AS plays,
  a.skips_90d - coalesce(b.skips_90d, 0) AS skips, a.saves_90d - coalesce(b.saves_90d, 0) AS saves
FROM after_tracks AS a LEFT JOIN before_tracks AS b ON a.track_id = b.track_id) AS grown
WHERE plays + skips + saves > 0 ORDER BY track_id`,
  );
  expect(counted.length).toBeGreaterThan(100);
  expect(counted).toEqual(expected);
  await sql.parquet(
    'responses',
    [0, 1, 2, 3].map((b) => join(after.path, 'responses', `bucket=0${b}`, 'part.parquet')),
  );
  for (const [d, day] of days.entries()) {
    const from = cut + d * dayMs;
    await sql.parquet('one', [join(day.path, 'track_stats.parquet')]);
    const found = await rows(
      'found',
      'SELECT track_id, listeners FROM one WHERE listeners > 0 ORDER BY track_id',
    );
    const wanted = await rows(
      'wanted',
      `SELECT track_id, count(DISTINCT user_id) AS listeners FROM responses WHERE liked
  AND ts >= time_of_micros(${from * 1000}) AND ts < time_of_micros(${(from + dayMs) * 1000})
GROUP BY track_id ORDER BY track_id`,
    );
    expect(found).toEqual(wanted);
  }
});

it('vectors of a later time are carried over from days that reach it, and are trained where none do', async () => {
  const { columns } = await columnsAt(cut + 3 * dayMs);
  const carried = await dailyVectorsAt(dataDir, columns, defaultItem2vec);
  const inputs = Object.keys(carried?.manifest.inputs ?? {}).toSorted();
  expect(inputs).toEqual(['base', 'day:0000', 'day:0001', 'day:0002', 'snapshot']);
  expect(carried?.manifest.inputs['base']).toBe(base.manifest.contentDigest);
  const [old, moved] = [rowsByTrack(base), rowsByTrack(carried as Artifact)];
  const same = [...old].filter(([id, row]) => moved.get(id)?.every((x, k) => x === row[k]));
  expect(same.length).toBeGreaterThan(0);
  expect(same.length).toBeLessThan(old.size);
  const { columns: between } = await columnsAt(cut + dayMs);
  const first = await dailyVectorsAt(dataDir, between, defaultItem2vec);
  expect(Object.keys(first?.manifest.inputs ?? {}).toSorted()).toEqual([
    'base',
    'day:0000',
    'snapshot',
  ]);
  const rest = await splitWorld(join(folder, 'world'), join(folder, 'rest'), [
    cut + 3 * dayMs,
    config.endsAt,
  ]);
  await ingest({ dataDir, paths: [rest[1] as string], format: 'generic', now: config.endsAt });
  const { columns: later } = await columnsAt(config.endsAt);
  expect(await dailyVectorsAt(dataDir, later, defaultItem2vec)).toBeNull();
  expect(await dailyVectorsAt(dataDir, columns, { ...defaultItem2vec, window: 4 })).toBeNull();
});

it('a day of shuffled plays is refused with an alarm, and the vectors stay', async () => {
  const ids = ColFile.open(itemVectorsFile(base)).strings('track_id');
  const rng = new Rng(5);
  const at = config.endsAt + dayMs;
  const rows = Array.from({ length: 60_000 }, (_, i) => {
    const user = i % 150;
    const time = new Date(at + Math.floor(i / 150) * 60_000).toISOString();
    return `h${i},v${user},${ids[rng.below(ids.length)]},${time},play,60000`;
  });
  const path = join(folder, 'events.csv');
  writeFileSync(path, `event_id,user_id,track_id,ts,kind,ms_played\n${rows.join('\n')}\n`);
  const { code, report } = await runDaily(path);
  const { refused, anchorCosine, leastCosine, moved } = report.vectors as NonNullable<
    DailyReport['vectors']
  >;
  expect(code).toBe(4);
  expect([refused, moved]).toEqual([true, 0]);
  expect(anchorCosine).toBeLessThan(leastCosine);
  const { code: again } = await runDaily();
  expect(again).toBe(0);
});

async function baseSilver(): Promise<Artifact> {
  const [found] = vectorBases(dataDir, defaultItem2vec);
  return (found as NonNullable<typeof found>).silver;
}

function rowsByTrack(vectors: Artifact): Map<string, Float32Array> {
  const file = ColFile.open(itemVectorsFile(vectors));
  const input = file.f32('input');
  return new Map(
    file.strings('track_id').map((id, i) => [id, input.subarray(i * 64, i * 64 + 64)]),
  );
}
