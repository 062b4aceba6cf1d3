import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holidayPull } from './season.ts';
import { type TestWorld, temporaryWorld } from './test-worlds.ts';
import { openTruth } from './truth.ts';

const weekMs = 604_800_000;
/** Sunday 10 January 2027, ten weeks after the beginning of November. */
const config = {
  seed: 3,
  listeners: 400,
  tracks: 1500,
  weeks: 10,
  endsAt: Date.UTC(2027, 0, 10, 18),
  playsTarget: 90_000,
  bots: 0,
};

describe('the holiday season', () => {
  let world: TestWorld;
  let shares: readonly number[];

  beforeAll(async () => {
    world = await temporaryWorld(config);
    shares = world.summary.holidayShareByWeek;
  });
  afterAll(() => world[Symbol.dispose]());

  it('begins four weeks before 25 December, rises to it and ends with it', () => {
    const at = (month: number, day: number) => holidayPull(Date.UTC(2026, month - 1, day, 12));
    expect(at(11, 26)).toBe(0);
    expect(at(11, 27)).toBeGreaterThan(0);
    expect(at(12, 20)).toBeGreaterThan(at(12, 6));
    expect(at(12, 25)).toBeCloseTo(0.45);
    expect(at(12, 26)).toBe(0);
  });

  it('shows in the plays and vanishes from them', () => {
    // weeks begin on Sundays: 1 Nov, 8, 15, 22 (season from the 27th), 29, 6 Dec, 13, 20, 27, 3 Jan
    expect(shares.slice(0, 3)).toEqual([0, 0, 0]);
    expect(shares[5]).toBeGreaterThan(shares[4] ?? 1);
    expect(shares[6]).toBeGreaterThan(shares[5] ?? 1);
    expect(Math.max(...shares)).toBeGreaterThan(0.08);
    expect(shares.slice(8)).toEqual([0, 0]);
  });

  it('has the share of plays that the truth expects', () => {
    const truth = openTruth(world.folder);
    shares.forEach((share, week) => {
      const expected = truth.expectedHolidayShare(config.endsAt - (config.weeks - week) * weekMs);
      expect(Math.abs(share - expected)).toBeLessThan(0.01 + 0.15 * expected);
    });
  });

  it('returns in the next year of a longer world', async () => {
    using long = await temporaryWorld({
      ...config,
      listeners: 50,
      tracks: 600,
      weeks: 60,
      playsTarget: 60_000,
    });
    // begins on 15 November 2025
    const byWeek = long.summary.holidayShareByWeek;
    expect(Math.max(...byWeek.slice(0, 7))).toBeGreaterThan(0.08);
    expect(byWeek.slice(7, 53).every((share) => share === 0)).toBe(true);
    expect(Math.max(...byWeek.slice(53))).toBeGreaterThan(0.08);
  });
});
