import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLmdbStore, readManifest, requireAsOf } from '../src/platform/index.ts';
import { openModelSet } from '../src/scoring/index.ts';
import { presets } from '../src/simulation/index.ts';
import {
  type Plan,
  RunFolder,
  type SundayReport,
  readLists,
  valueAt,
} from '../src/weekly/index.ts';
import { removeFolder, runSunday, temporaryFolder, worldLake } from './support/workspaces.ts';

const dataDir = temporaryFolder('sunday');
const cli = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
let first: SundayReport;
let digest = '';
let generation = '';

beforeAll(async () => {
  await worldLake(dataDir, presets.tiny);
  first = await runSunday(dataDir);
  digest = first.listsDigest;
  generation = first.generation;
});
afterAll(() => removeFolder(dataDir));

/** Forgets runs and store, keeps lake and artifacts: the next Sunday makes all lists again. */
function forgetLists(): void {
  rmSync(join(dataDir, 'runs'), { recursive: true, force: true });
  rmSync(join(dataDir, 'store'), { recursive: true, force: true });
}

it('a Sunday publishes lists of a ranker', () => {
  expect(first.verdict.verdict).toBe('publish');
  expect(first.ranked).toBe(true);
});

describe('the same Sunday', () => {
  it.each([
    { block: 1, shards: 1, workers: 1 },
    { block: 7, shards: 3, workers: 2 },
    { block: 1000, shards: 8, workers: 2 },
  ])('has the same digest with %o', async (how) => {
    forgetLists();
    expect((await runSunday(dataDir, how)).listsDigest).toBe(digest);
  });

  it('repeated does nothing again and stays published', async () => {
    const before = await runSunday(dataDir);
    const accepted = readdirSync(join(dataDir, before.run, 'attempts'));
    const again = await runSunday(dataDir);
    expect(again.generation).toBe(generation);
    expect(again.pointer?.epoch).toBe(before.pointer?.epoch);
    expect(readdirSync(join(dataDir, again.run, 'attempts'))).toEqual(accepted);
  });

  it('gives one listener alone the same bytes', async () => {
    const whole = RunFolder.reopen(dataDir, (await runSunday(dataDir)).run);
    const bucket = whole.buckets().find((b) => b.ready > 3);
    const lists = readLists(whole.listsPath(bucket as NonNullable<typeof bucket>));
    for (const i of [0, Math.floor(lists.users.length / 2), lists.users.length - 1]) {
      const user = lists.users[i] as string;
      const alone = RunFolder.reopen(
        dataDir,
        (await runSunday(dataDir, { selection: [user], dryRun: true })).run,
      );
      const only = alone.buckets().flatMap((b) => {
        const found = readLists(alone.listsPath(b));
        return found.users.map((name, at) => [
          name,
          Buffer.from(valueAt(found, at)).toString('hex'),
        ]);
      });
      expect(only).toEqual([[user, Buffer.from(valueAt(lists, i)).toString('hex')]]);
    }
  });
});

/** Starts the command line and kills it with SIGKILL as soon as `when` holds. */
async function killedSunday(when: () => boolean): Promise<'killed' | 'ended'> {
  const child = spawn(
    process.execPath,
    [cli, 'sunday', '--data', dataDir, '--listeners', 'all', '--shards', '8', '--quiet'],
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  while (!ended() && !when()) await new Promise((resolve) => setTimeout(resolve, 1));
  if (ended()) return 'ended';
  child.kill('SIGKILL');
  await exited;
  return 'killed';
}

function runFolders(): string[] {
  const weeks = join(dataDir, 'runs');
  if (!existsSync(weeks)) return [];
  return readdirSync(weeks).flatMap((week) =>
    week.startsWith('.')
      ? []
      : readdirSync(join(weeks, week)).map((name) => join(weeks, week, name)),
  );
}

function acceptedShards(): number {
  return runFolders().reduce(
    (sum, path) =>
      sum +
      (existsSync(join(path, 'accepted'))
        ? readdirSync(join(path, 'accepted')).filter((name) => name.startsWith('shard-')).length
        : 0),
    0,
  );
}

describe('a Sunday killed with SIGKILL', () => {
  it('while it makes shards ends the same after --resume, ten times', async () => {
    let killed = 0;
    for (let i = 0; i < 10; i++) {
      forgetLists();
      const wanted = i % 8;
      if (
        (await killedSunday(() =>
          wanted === 0 ? runFolders().length > 0 : acceptedShards() >= wanted,
        )) === 'killed'
      )
        killed++;
      const report = await runSunday(dataDir, { shards: 8 });
      expect(report.listsDigest).toBe(digest);
      expect(report.pointer?.current).toBe(generation);
      const attempts = readdirSync(join(dataDir, report.run, 'attempts'));
      expect(attempts).toHaveLength(8);
    }
    expect(killed).toBeGreaterThanOrEqual(8);
  });

  it('while it publishes shows one whole generation before and after, ten times', async () => {
    let killed = 0;
    for (let i = 0; i < 10; i++) {
      rmSync(join(dataDir, 'store'), { recursive: true, force: true });
      const gates = (): boolean => runFolders().some((path) => existsSync(join(path, 'gate.json')));
      for (const path of runFolders()) rmSync(join(path, 'gate.json'), { force: true });
      let seen = 0;
      const when = (): boolean => {
        if (seen === 0 && gates()) seen = Date.now();
        return seen > 0 && Date.now() - seen >= i * 3;
      };
      if ((await killedSunday(when)) === 'killed') killed++;
      const store = await openLmdbStore(join(dataDir, 'store'));
      const { current } = await store.pointer();
      const counted = current === null ? first.listeners : await store.count(current);
      expect(counted).toBe(first.listeners);
      await store.close();
      const report = await runSunday(dataDir, { shards: 8 });
      expect(report.listsDigest).toBe(digest);
      expect(report.pointer).toMatchObject({ current: generation, epoch: 1 });
    }
    expect(killed).toBeGreaterThanOrEqual(5);
  });
});

describe('what is refused', () => {
  it('a flipped byte in an artifact of the model set', async () => {
    const { run } = await runSunday(dataDir);
    const plan = JSON.parse(readFileSync(join(dataDir, run, 'plan.json'), 'utf8')) as Plan;
    const modelSet = join(dataDir, plan.modelSet);
    const { pins } = JSON.parse(readFileSync(join(modelSet, 'model-set.json'), 'utf8')) as {
      pins: Record<string, { path: string }>;
    };
    for (const [role, file] of [
      ['source:rp3beta', 'source.col'],
      ['ranker', 'model.txt'],
      ['snapshot', 'catalogue.col'],
    ] as const) {
      const path = join(dataDir, pins[role]?.path ?? '', file);
      const bytes = readFileSync(path);
      const flipped = Buffer.from(bytes);
      const at = Math.floor(bytes.length / 2);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      writeFileSync(path, flipped);
      await expect(openModelSet(dataDir, modelSet)).rejects.toThrow(
        expect.objectContaining({ code: 'artifact.damaged' }),
      );
      writeFileSync(path, bytes);
    }
    await expect(openModelSet(dataDir, modelSet)).resolves.toBeDefined();
  });

  it('a snapshot that read events after the as-of time it is used at', () => {
    const snapshots = join(dataDir, 'artifacts', 'snapshot');
    const [newest] = readdirSync(snapshots)
      .map((name) => readManifest(join(snapshots, name)))
      .toSorted((a, b) => (b.manifest.maxEventTime ?? 0) - (a.manifest.maxEventTime ?? 0));
    const limit = newest?.manifest.maxEventTime ?? 0;
    expect(() => requireAsOf(newest as NonNullable<typeof newest>, limit)).toThrow(
      expect.objectContaining({ code: 'artifact.from_the_future' }),
    );
  });

  it('a run whose lists were changed after they were made', async () => {
    const report = await runSunday(dataDir);
    const copy = temporaryFolder('changed');
    cpSync(dataDir, copy, { recursive: true });
    const folder = RunFolder.reopen(copy, report.run);
    const path = folder.listsPath(
      folder.buckets()[0] as NonNullable<ReturnType<RunFolder['buckets']>[0]>,
    );
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1000) ^ 1, bytes.length - 1000);
    writeFileSync(path, bytes);
    await expect(folder.verify()).rejects.toThrow(
      expect.objectContaining({ code: 'weekly.lists_damaged' }),
    );
    removeFolder(copy);
  });

  it('a week whose lists nobody would want: the gate holds it and the live one stays', async () => {
    forgetLists();
    const strict = {
      minListsShare: 0.99,
      maxShortShare: 0.01,
      minScoreRatio: 0.4,
      maxScoreRatio: 2.5,
      maxOverlap: 0.9,
      minCountRatio: 0.5,
    };
    const first = await runSunday(dataDir, { asOf: presets.tiny.endsAt - 7 * 86_400_000 });
    const second = await runSunday(dataDir, { gate: { ...strict, minScoreRatio: 1000 } });
    expect(second.verdict.verdict).toBe('hold');
    expect(second.verdict.checks.filter((check) => !check.ok).map((check) => check.name)).toEqual([
      'mean score / live mean score',
    ]);
    const store = await openLmdbStore(join(dataDir, 'store'));
    expect((await store.pointer()).current).toBe(first.generation);
    await store.close();
  });
});
