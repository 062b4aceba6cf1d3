import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ArtifactError } from '../domain/index.ts';
import { type Artifact, ColFile, ColWriter, buildArtifact } from '../platform/index.ts';
import { buildExploration, explorationParams } from './exploration.ts';

const dir = mkdtempSync(join(tmpdir(), 'deepcuts-exploration-'));
afterAll(() => rmSync(dir, { recursive: true }));

const day = 86_400;
const asOf = 1_700_000_000 - (1_700_000_000 % day);
const unknownDate = -2_147_483_648;

interface Track {
  readonly artist: number;
  /** Days before the as-of time; null for unknown. */
  readonly releasedDays: number | null;
  readonly firstEventDays: number;
  readonly listeners: number;
  readonly skips?: number;
  readonly recording?: number;
}

/** Artist 0 is old; 1 appeared ten days ago. */
const tracks: readonly Track[] = [
  { artist: 0, releasedDays: 900, firstEventDays: 800, listeners: 50 },
  { artist: 0, releasedDays: 20, firstEventDays: 19, listeners: 8, skips: 1 },
  { artist: 0, releasedDays: 20, firstEventDays: 19, listeners: 500 },
  { artist: 0, releasedDays: null, firstEventDays: 30, listeners: 2, skips: 9 },
  { artist: 0, releasedDays: null, firstEventDays: 80, listeners: 2 },
  { artist: 1, releasedDays: 700, firstEventDays: 10, listeners: 1 },
  { artist: 0, releasedDays: 20, firstEventDays: 18, listeners: 3, skips: 3, recording: 1 },
];

async function snapshotOf(rows: readonly Track[]): Promise<Artifact> {
  const identity = { kind: 'snapshot', schema: 1, asOf: asOf * 1000, inputs: {}, seed: 0 };
  return buildArtifact(dir, { ...identity, config: rows.length }, async (path) => {
    const file = new ColWriter(join(path, 'catalogue.col'));
    const n = rows.length;
    const same = (value: number) => rows.map(() => value);
    const u32: Record<string, number[]> = {
      recording: rows.map((row, i) => row.recording ?? i),
      artist: rows.map((row) => row.artist),
      first_event: rows.map((row) => asOf - row.firstEventDays * day),
      skips_90d: rows.map((row) => row.skips ?? 0),
      saves_90d: same(0),
      from: same(0),
      until: same(4_294_967_295),
      duration: same(0),
      'genre.off': Array.from({ length: n + 1 }, (_, i) => i),
      'market.off': Array.from({ length: n + 1 }, () => 0),
      'genre.name.off': [0, 1],
      'country.name.off': [0, 0],
      'country_track.off': [0, 0],
      'country_track.track': [],
      'country_track.listeners': [],
    };
    for (const span of ['all', '90d', '28d', '7d']) {
      u32[`listeners_${span}`] = rows.map((row) => row.listeners);
      u32[`plays_${span}`] = rows.map((row) => row.listeners * 3);
      u32[`artist.plays_${span}`] = [0, 0];
      u32[`artist.listeners_${span}`] = [0, 0];
    }
    for (const [name, values] of Object.entries(u32)) file.column(name, 'u32').push(values);
    for (const name of ['tempo', 'energy']) file.column(name, 'f32').push(same(Number.NaN));
    file.column('genre.id', 'u16').push(same(0));
    file.column('market.country', 'u16').push([]);
    file.column('language', 'u16').push(same(0));
    file.column('explicit', 'u8').push(same(0));
    file.column('key', 'i8').push(same(-1));
    const released = ({ releasedDays }: Track) =>
      releasedDays === null ? unknownDate : asOf / day - releasedDays;
    file.column('released', 'i32').push(rows.map(released));
    const contentDigest = await file.close({ asOf, listeners: 3 });
    return { maxEventTime: null, contentDigest };
  });
}

describe('the exploration artifact', () => {
  it('has little-heard tracks that are new or by new artists, one per recording', async () => {
    const artifact = await buildExploration(dir, await snapshotOf(tracks), 7);
    const file = ColFile.open(join(artifact.path, 'exploration.col'));
    expect([...file.u32('arm.off')]).toEqual([0, 3]);
    expect([...file.u32('arm.track')]).toEqual([5, 1, 3]);
    expect(file.f32('draw')).toHaveLength(3 * 256);
    const [alpha, beta] = [file.f32('arm.alpha'), file.f32('arm.beta')];
    // The genre's rate: 566 listeners with a completed play against 13 skips.
    const rate = 567 / (566 + 13 + 2);
    expect(alpha[1]).toBeCloseTo(explorationParams.prior * rate + 8, 4);
    expect(beta[1]).toBeCloseTo(explorationParams.prior * (1 - rate) + 1, 4);
  });

  it('draws from the posterior of each arm', async () => {
    const artifact = await buildExploration(dir, await snapshotOf(tracks), 7);
    const file = ColFile.open(join(artifact.path, 'exploration.col'));
    const [alpha, beta, draws] = [file.f32('arm.alpha'), file.f32('arm.beta'), file.f32('draw')];
    for (let arm = 0; arm < 3; arm++) {
      const [a, b] = [alpha[arm] as number, beta[arm] as number];
      const own = draws.subarray(arm * 256, (arm + 1) * 256);
      const mean = own.reduce((sum, x) => sum + x, 0) / 256;
      const deviation = Math.sqrt((a * b) / ((a + b) ** 2 * (a + b + 1) * 256));
      expect(Math.abs(mean - a / (a + b))).toBeLessThan(4 * deviation);
    }
  });

  it('is the same for the same seed and another for another', async () => {
    const snapshot = await snapshotOf(tracks);
    const digest = async (seed: number) =>
      (await buildExploration(join(dir, 'again'), snapshot, seed)).manifest.contentDigest;
    const first = (await buildExploration(dir, snapshot, 7)).manifest.contentDigest;
    expect(await digest(7)).toBe(first);
    expect(await digest(8)).not.toBe(first);
  });

  it('has no arms where nothing is new, and refuses a prior of nothing', async () => {
    const snapshot = await snapshotOf(tracks.slice(0, 1));
    const artifact = await buildExploration(dir, snapshot, 7);
    const file = ColFile.open(join(artifact.path, 'exploration.col'));
    expect(file.u32('arm.track')).toHaveLength(0);
    const params = { ...explorationParams, prior: 0 };
    await expect(buildExploration(dir, snapshot, 7, params)).rejects.toThrow(ArtifactError);
  });
});
