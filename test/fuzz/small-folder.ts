import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { markListeners, openJournal } from '../../src/lake/index.ts';
import {
  type Artifact,
  ColWriter,
  type Store,
  buildArtifact,
  digestJson,
  openLmdbStore,
  sha256OfFile,
} from '../../src/platform/index.ts';
import {
  type GenerationInfo,
  type Plan,
  RunFolder,
  leaveOver,
  publish,
} from '../../src/weekly/index.ts';
import { smallList } from './small-list.ts';

/** A data folder with one of everything that is read back, of three tracks and two listeners. */
export interface SmallFolder {
  readonly snapshot: Artifact;
  readonly modelSet: Artifact;
  readonly run: RunFolder;
  readonly store: Store;
}

export const opensAt = Date.UTC(2026, 10, 16);
const users = ['u1', 'u2'];
const tracks = ['t1', 't2', 't3'];

export async function smallFolder(dataDir: string): Promise<SmallFolder> {
  const snapshot = await made(dataDir, 'snapshot', {}, async (dir) => {
    await writeCatalogue(join(dir, 'catalogue.col'));
    return writeListeners(join(dir, 'listeners-0000.col'));
  });
  const pin = { path: relative(dataDir, snapshot.path), contentDigest: digestOf(snapshot) };
  const modelSet = await made(dataDir, 'model-set', { snapshot: digestOf(snapshot) }, (dir) => {
    const spec = {
      catalogue: join(pin.path, 'catalogue.col'),
      itemVectors: null,
      sources: [{ name: 'x', path: join(pin.path, 'catalogue.col') }],
      vectorSources: [],
      towers: null,
      ranker: null,
      exploration: null,
      list: {},
    };
    const text = JSON.stringify({ spec, pins: { snapshot: pin } });
    writeFileSync(join(dir, 'model-set.json'), text);
    return Promise.resolve(digestJson(text));
  });
  const run = await smallRun(dataDir, modelSet);
  const store = await openLmdbStore(join(dataDir, 'store'));
  const info: GenerationInfo = {
    week: run.plan.week,
    modelSet: run.plan.modelSet,
    snapshot: pin.path,
    setting: 'balanced',
    listsDigest: run.listsDigest(),
    run: relative(dataDir, run.path),
    listeners: users.length,
    meanScore: 0.5,
  };
  await publish(store, run, info, { opensAt, now: opensAt });
  smallLake(dataDir);
  return { snapshot, modelSet, run, store };
}

const digestOf = ({ manifest }: Artifact): string => manifest.contentDigest;

function made(
  dataDir: string,
  kind: string,
  inputs: Readonly<Record<string, string>>,
  write: (dir: string) => Promise<string>,
): Promise<Artifact> {
  const identity = { kind, schema: 1, asOf: opensAt, inputs, config: { a: 1 }, seed: 1 };
  return buildArtifact(join(dataDir, 'artifacts', kind), identity, async (dir) => ({
    maxEventTime: opensAt - 1,
    contentDigest: await write(dir),
    counts: { rows: 3 },
  }));
}

function writeCatalogue(path: string): Promise<string> {
  const file = new ColWriter(path);
  const numbers = { artist: [0, 0, 1], recording: [0, 1, 2], duration: [1, 2, 0] };
  const more = { from: [0, 0, 0], until: [4e9, 4e9, 4e9], listeners_28d: [2, 1, 0] };
  for (const [name, values] of Object.entries({ ...numbers, ...more, listeners_all: [3, 2, 1] }))
    file.column(name, 'u32').push(values);
  file.column('explicit', 'u8').push([0, 1, 0]);
  file.column('released', 'i32').push([20_000, -2_147_483_648, 0]);
  file.column('market.off', 'u32').push([0, 1, 1, 1]);
  file.column('market.country', 'u16').push([1]);
  file.column('country_track.off', 'u32').push([0, 0, 2]);
  file.column('country_track.track', 'u32').push([0, 2]);
  file.column('country_track.listeners', 'u32').push([2, 1]);
  file.strings('track_id').append(tracks);
  file.strings('title').append(['One', '', 'Drei']);
  file.strings('artist.id').append(['a1', 'a2']);
  file.strings('artist.name').append(['A', 'B']);
  file.strings('country.name').append(['', 'SE']);
  return file.close({ asOf: opensAt / 1000 });
}

function writeListeners(path: string): Promise<string> {
  const file = new ColWriter(path);
  file.strings('user_id').append(users);
  file.column('hist.off', 'u32').push([0, 2, 3]);
  file.column('hist.track', 'u32').push([2, 1, 0]);
  return file.close({});
}

async function smallRun(dataDir: string, modelSet: Artifact): Promise<RunFolder> {
  const plan: Plan = {
    week: '2026-W47',
    asOf: opensAt,
    setting: 'balanced',
    modelSet: relative(dataDir, modelSet.path),
    modelSetDigest: digestOf(modelSet),
    selection: 'all',
    shards: [[0]],
  };
  const run = RunFolder.open(dataDir, plan);
  mkdirSync(join(run.path, 'attempts', '0-1-ab'), { recursive: true });
  const path = join(run.path, 'attempts', '0-1-ab', 'lists-0000.col');
  const file = new ColWriter(path);
  file.strings('user_id').append(users);
  file
    .column('value', 'u8')
    .append(new Uint8Array(Buffer.concat([smallList(3, 0), smallList(2, 1)])));
  file.column('status', 'u8').push([0, 0]);
  const digest = await file.close({});
  const counts = { listeners: 2, ready: 2, fallback: 0, short: 2, exploratory: 0, candidates: 9 };
  const sha256 = await sha256OfFile(path);
  const bucket = { bucket: 0, file: '0-1-ab/lists-0000.col', digest, sha256, ...counts };
  const buckets = [{ ...bucket, scoreSum: 1.5 }];
  run.accept({ shard: 0, attempt: '0-1-ab', cpuSeconds: 1, peakMb: 100, buckets });
  return run;
}

/** What stands in `lake/` beside the tables. */
function smallLake(dataDir: string): void {
  const lake = join(dataDir, 'lake');
  mkdirSync(join(lake, 'erasure'), { recursive: true });
  writeFileSync(join(lake, 'lake.json'), '{"schema":1,"buckets":2}\n');
  markListeners(dataDir, ['gone']);
  openJournal(dataDir, ['going']);
  leaveOver(dataDir, ['artifacts/gold/0123456789abcdef']);
  const manifest = {
    kind: 'bronze',
    schema: 2,
    ingestId: '0123456789abcdef',
    format: 'generic',
    ingestedAt: opensAt,
    clock: true,
    derivesTracks: false,
    rows: { events: 1, tracks: 0, listeners: 0, playlists: 0, blocks: 0 },
    quarantined: [{ table: 'events', reason: 'ts is not a time', rows: 1 }],
    sources: [{ name: 'events.csv', table: 'events', bytes: 9, sha256: 'a'.repeat(64) }],
    passedOver: ['readme.md'],
    replaces: { from: 0, to: 1 },
    erased: 0,
    newestEvent: opensAt - 1,
    contentDigest: 'b'.repeat(64),
  };
  const bronze = join(lake, 'bronze', 'ingest_id=0123456789abcdef');
  mkdirSync(bronze, { recursive: true });
  writeFileSync(join(bronze, 'manifest.json'), JSON.stringify(manifest));
  const quality = {
    schema: 1,
    clock: true,
    newestIngest: opensAt,
    spans: [{ start: 1, end: 2 }],
    expectations: [
      {
        table: 'plays',
        name: 'ts',
        kind: 'range',
        rows: 1,
        failed: 0,
        passed: true,
        action: 'kept',
      },
    ],
    quarantine: [{ table: 'events', reason: 'x', rows: 1 }],
    bots: { listenerDays: 0, listeners: 0, plays: 0 },
    repeatedEvents: 0,
  };
  writeFileSync(join(lake, 'quality.json'), JSON.stringify(quality));
}
