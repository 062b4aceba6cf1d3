import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets } from './config.ts';
import { energyOutsideRank } from './low-rank.ts';
import { type TestWorld, temporaryWorld } from './test-worlds.ts';
import { openTruth, type Truth } from './truth.ts';

const config = { ...presets.test, listeners: 600, tracks: 3000, playsTarget: 120_000, bots: 0 };
const { endsAt } = config;

describe('the truth', () => {
  let world: TestWorld;
  let truth: Truth;

  beforeAll(async () => {
    world = await temporaryWorld(config);
    truth = openTruth(world.folder);
  });
  afterAll(() => world[Symbol.dispose]());

  it('is the same from the folder and from the config, in any order of asking', () => {
    const other = openTruth(config);
    const asked = Array.from(
      { length: 200 },
      (_, i) => [(i * 37) % 600, (i * 7919) % truth.trackCount] as const,
    );
    const forward = asked.map(([l, t]) => truth.affinity(l, t, endsAt));
    const backward = asked
      .toReversed()
      .map(([l, t]) => other.affinity(l, t, endsAt))
      .toReversed();
    expect(backward).toEqual(forward);
  });

  it('is what first plays follow: liked as often as it says, in every range', async () => {
    const rows = await world.ask(`SELECT user_id, track_id, epoch_ms(ts), kind FROM starts
      WHERE (user_id, session_id) NOT IN (SELECT (user_id, session_id) FROM off_taste)
      QUALIFY row_number() OVER (PARTITION BY user_id, track_id ORDER BY ts) = 1`);
    const known = new Set(
      (await world.ask('SELECT user_id, track_id FROM known')).map(([u, t]) => `${u} ${t}`),
    );
    const bins = Array.from({ length: 5 }, () => ({ n: 0, liked: 0, expected: 0 }));
    for (const [user, id, ms, kind] of rows) {
      const track = truth.trackIndex(String(id));
      // a second release of a recording is no first play
      if (truth.releasesOf(track).length > 1 || known.has(`${user} ${id}`)) continue;
      // listeners' ears move by the weeks of the period, which begin on its weekday
      const week = Math.floor((Number(ms) - endsAt) / 604_800_000) * 604_800_000 + endsAt;
      const affinity = truth.affinity(truth.listenerIndex(String(user)), track, week);
      const bin = bins[Math.min(4, Math.floor(affinity * 5))];
      if (!bin) continue;
      bin.n++;
      bin.liked += kind === 'play' ? 1 : 0;
      bin.expected += affinity;
    }
    for (const { n, liked, expected } of bins) {
      expect(n).toBeGreaterThan(300);
      const slack = 4 * Math.sqrt(((expected / n) * (1 - expected / n)) / n) + 0.01;
      expect(Math.abs(liked - expected) / n).toBeLessThan(slack);
    }
  });

  it('is equal in all slots of the shown lists, so that clicks differ by place alone', async () => {
    const rows = await world.ask(`SELECT user_id, track_id, slot FROM events
      WHERE kind = 'impression' AND epoch_ms(ts) >= ${endsAt - 3 * 604_800_000}`);
    const sums = [0, 0, 0, 0];
    const counts = [0, 0, 0, 0];
    for (const [user, id, slot] of rows) {
      const part = Math.floor(Number(slot) / 5);
      sums[part] =
        (sums[part] ?? 0) +
        truth.affinity(truth.listenerIndex(String(user)), truth.trackIndex(String(id)), endsAt);
      counts[part] = (counts[part] ?? 0) + 1;
    }
    const means = sums.map((sum, part) => sum / (counts[part] ?? 1));
    expect(Math.max(...means) - Math.min(...means)).toBeLessThan(0.02);
  });

  it('is far from any table of rank 32', () => {
    const listeners = Array.from({ length: 400 }, (_, i) => i);
    const tracks = Array.from({ length: 800 }, (_, i) => i * 4);
    const table = listeners.map((l) =>
      Float64Array.from(tracks, (t) => truth.affinity(l, t, endsAt)),
    );
    const residual = energyOutsideRank(table, 32);
    expect(residual).toBeGreaterThan(0.3);
  });

  it('names the best unheard tracks, none of whose releases was heard', () => {
    const first = truth.bestUnheard(5, new Set(), 30, endsAt);
    expect(first).toHaveLength(30);
    const brute = Array.from({ length: truth.trackCount }, (_, t) =>
      truth.affinity(5, t, endsAt),
    ).toSorted((a, b) => b - a);
    expect(first[0]?.affinity).toBeLessThanOrEqual(brute[0] ?? 0);
    expect(first[0]?.affinity).toBeGreaterThan((brute[0] ?? 0) * 0.95);
    const heard = first.slice(0, 10).map(({ track }) => truth.releasesOf(track).at(-1) ?? track);
    const rest = truth.bestUnheard(5, new Set(heard), 30, endsAt);
    expect(rest.slice(0, 20)).toEqual(first.slice(10));
    expect(new Set(rest.map(({ track }) => truth.releasesOf(track)[0])).size).toBe(30);
  });

  it('moves slowly from week to week', () => {
    const mean = (weeks: number) => {
      let sum = 0;
      for (let l = 0; l < 50; l++) {
        for (const { track, affinity } of truth.bestUnheard(l, new Set(), 10, endsAt)) {
          sum += Math.abs(affinity - truth.affinity(l, track, endsAt + weeks * 604_800_000));
        }
      }
      return sum / 500;
    };
    expect(mean(1)).toBeGreaterThan(0);
    expect(mean(1)).toBeLessThan(mean(8));
    expect(mean(1)).toBeLessThan(0.1);
  });

  it('knows what listeners knew before the period', async () => {
    const rows = await world.ask(
      "SELECT track_id FROM known WHERE user_id = 'u0000007' ORDER BY 1",
    );
    expect(
      truth
        .knownBefore(7)
        .toSorted((a, b) => a - b)
        .map((t) => truth.trackId(t)),
    ).toEqual(rows.map(([id]) => id));
  });

  it('refuses what the world does not have', () => {
    expect(() => truth.trackIndex('t9999999')).toThrow(
      expect.objectContaining({ code: 'world.track' }),
    );
    expect(() => truth.listenerIndex('planted-8020-01')).toThrow(
      expect.objectContaining({ code: 'world.listener' }),
    );
    expect(() => openTruth('/nowhere')).toThrow(expect.objectContaining({ code: 'world.missing' }));
    expect(truth.listenerId(truth.listenerIndex('u0000123'))).toBe('u0000123');
  });
});
