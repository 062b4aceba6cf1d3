import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Interval, bootstrapMean } from '../src/domain/index.ts';
import { type SilverRef, refine, snapshotFiles } from '../src/lake/index.ts';
import { ColFile } from '../src/platform/index.ts';
import { type DecodedList } from '../src/playlist/index.ts';
import { plantedRegion, presets } from '../src/simulation/index.ts';
import { type TruthRow, judgeByTruth, truthTable } from './support/oracle.ts';
import { SimulatedWeek } from './support/simulated-week.ts';
import { removeFolder, temporaryFolder, worldLake } from './support/workspaces.ts';

const weekMs = 7 * 86_400_000;

function meanOver(users: readonly string[], value: (user: string) => number): Interval {
  return bootstrapMean(users.map(value), users);
}

describe('a world whose truth is known', () => {
  const config = presets.test;
  const asOf = config.endsAt - weekMs;
  let dataDir = '';
  let rows: readonly TruthRow[] = [];
  let stages: readonly TruthRow[] = [];
  let listeners = 0;

  beforeAll(async () => {
    dataDir = temporaryFolder('truth');
    await worldLake(dataDir, config);
    const silver = await refine({ dataDir });
    const simulated = await SimulatedWeek.at(dataDir, silver, asOf);
    ({ rows, stages, listeners } = await judgeByTruth(simulated, silver, asOf, config.endsAt));
    process.stdout.write(`${listeners} listeners\n${truthTable(rows)}\n\n${truthTable(stages)}\n`);
  });
  afterAll(() => removeFolder(dataDir));

  it('has the accurate setting above every baseline, by truth and by plays', () => {
    const of = (name: string): TruthRow => rows.find((row) => row.name === name) as TruthRow;
    const baselines = rows.filter(
      ({ name }) => !['accurate', 'balanced', 'adventurous'].includes(name),
    );
    expect(listeners).toBeGreaterThan(500);
    expect(baselines.length).toBeGreaterThanOrEqual(8);
    const unbeaten = baselines.filter(
      ({ behind, heldOut }) => behind.low <= 0 || heldOut.mean >= of('accurate').heldOut.mean,
    );
    expect(unbeaten.map(({ name }) => name)).toEqual([]);
    expect(of('accurate').way).toBeGreaterThan(0.15);
    expect(of('balanced').way).toBeGreaterThan(0.1);
    expect(of('adventurous').truth.low).toBeGreaterThan(0);
  });

  it('comes nearer to the oracle by fusion and then by the ranker, whose candidates hold more', () => {
    const [popularity, single = 1, fused, accurate = 0, balanced, ceiling] = stages.map(
      ({ way }) => way,
    );
    const ascending = [popularity, fused, accurate, ceiling];
    expect(ascending).toEqual(ascending.toSorted((a = 0, b = 0) => a - b));
    expect(single).toBeLessThan(accurate);
    expect(balanced).toBeLessThan(accurate);
    expect(ceiling).toBeLessThan(1);
  });
});

describe('a world with planted cases', () => {
  const config = { ...presets.test, listeners: 1000, tracks: 3000, playsTarget: 110_000 };
  let dataDir = '';
  let simulated: SimulatedWeek;

  beforeAll(async () => {
    dataDir = temporaryFolder('planted');
    await worldLake(dataDir, { ...config, planted: true });
    simulated = await SimulatedWeek.at(dataDir, await refine({ dataDir }), config.endsAt);
  });
  afterAll(() => removeFolder(dataDir));

  it('gives 80/20 listeners of rock and jazz 24 and 6 tracks, two more or less, all but one', async () => {
    const lists = await simulated.listed('balanced', { explorationSlots: 0 });
    const planted = [...lists].filter(([user]) => user.startsWith('planted-8020-'));
    expect(planted).toHaveLength(20);
    const tracks = planted.map(([user, list]) => ({
      user,
      rock: Math.round(30 * simulated.share(list, 'rock')),
      jazz: Math.round(30 * simulated.share(list, 'jazz')),
    }));
    const off = tracks.filter(
      ({ rock, jazz }) => Math.abs(rock - 24) > 2 || Math.abs(jazz - 6) > 2,
    );
    expect(off.length).toBeLessThan(2);
    expect(off.every(({ rock, jazz }) => rock >= 20 && jazz >= 4)).toBe(true);
  });

  it('finds that a genre and a country tell together what neither tells alone', async () => {
    const lists = await simulated.listed('accurate');
    const played = genresPlayed(simulated);
    for (const [i, { country, genre }] of plantedRegion.loves.entries()) {
      const other = plantedRegion.loves[1 - i]?.country ?? '';
      const people = (code: string): string[] =>
        [...lists.keys()].filter(
          (user) => user.startsWith('u') && simulated.country(user) === code,
        );
      const share = (users: readonly string[]): Interval =>
        meanOver(users, (user) => simulated.share(lists.get(user) ?? [], genre));
      expect(share(people(country)).low).toBeGreaterThan(share(people(other)).high + 0.3);
      // even those who never played the genre: their own history says nothing of it
      const strangers = (code: string): string[] =>
        people(code).filter((user) => played.get(user)?.has(genre) !== true);
      expect(strangers(country).length).toBeGreaterThan(4);
      expect(share(strangers(country)).low).toBeGreaterThan(share(strangers(other)).high + 0.05);
    }
  });

  it('logs for exploratory slots the probability with which they are drawn', async () => {
    const modelSet = await simulated.modelSet('balanced');
    const listeners = simulated.listeners.slice(0, 40);
    const draws = new Map<string, Draws>();
    const weeks = [2026, 2027].flatMap((year) =>
      Array.from({ length: 40 }, (_, i) => 100 * year + i + 1),
    );
    for (const week of weeks) {
      const lists = await simulated.lists(
        { ...modelSet, spec: { ...modelSet.spec, week } },
        listeners,
      );
      for (const [user, list] of lists) countDraws(draws, user, list);
    }
    const drawn = [...draws.values()].flatMap(({ times, tracks }) =>
      [...tracks.values()].map(({ count, propensity }) => {
        const expected = times * propensity;
        return { count, expected, sigma: Math.sqrt(expected * (1 - propensity)) };
      }),
    );
    const often = drawn.filter(({ expected }) => expected >= 5);
    expect(often.length).toBeGreaterThan(50);
    expect(
      often.filter(({ count, expected, sigma }) => Math.abs(count - expected) > 4 * sigma),
    ).toEqual([]);
    const sums = [...draws.values()].map(({ tracks }) =>
      [...tracks.values()].reduce((sum, { propensity }) => sum + propensity, 0),
    );
    expect(Math.max(...sums)).toBeLessThanOrEqual(1);
  });
});

interface Draws {
  /** Weeks with the same places before. */
  times: number;
  readonly tracks: Map<number, { count: number; readonly propensity: number }>;
}

/** Counts the exploratory tracks of a list, by listener and exploratory tracks before. */
function countDraws(draws: Map<string, Draws>, user: string, list: DecodedList): void {
  let before = user;
  for (const { track, source, propensity } of list.tracks) {
    if (source !== 'exploration') continue;
    const here = draws.get(before) ?? { times: 0, tracks: new Map() };
    draws.set(before, here);
    here.times++;
    const drawn = here.tracks.get(track) ?? { count: 0, propensity };
    expect(propensity).toBe(drawn.propensity);
    drawn.count++;
    here.tracks.set(track, drawn);
    before += `,${track}`;
  }
}

/** True genres of each listener's history. */
function genresPlayed(simulated: SimulatedWeek): Map<string, Set<string>> {
  const played = new Map<string, Set<string>>();
  for (const path of snapshotFiles(simulated.chain.snapshot).listeners) {
    const file = ColFile.open(path);
    const [offsets, tracks] = [file.u32('hist.off'), file.u32('hist.track')];
    for (const [i, user] of file.strings('user_id').entries())
      played.set(
        user,
        new Set(Array.from(tracks.subarray(offsets[i], offsets[i + 1]), (t) => simulated.genre(t))),
      );
  }
  return played;
}

describe('sixty weeks that end after Christmas', () => {
  const config = {
    seed: 3,
    listeners: 400,
    tracks: 1500,
    weeks: 60,
    endsAt: Date.UTC(2027, 0, 10, 18),
    bots: 0,
  };
  let dataDir = '';
  let silver: SilverRef;

  beforeAll(async () => {
    dataDir = temporaryFolder('season');
    await worldLake(dataDir, config);
    silver = await refine({ dataDir });
  });
  afterAll(() => removeFolder(dataDir));

  async function holidayShare(asOf: number): Promise<{ listed: Interval; expected: number }> {
    const simulated = await SimulatedWeek.at(dataDir, silver, asOf);
    const lists = await simulated.listed('balanced');
    const listed = meanOver([...lists.keys()], (user) =>
      simulated.share(lists.get(user) ?? [], 'holiday'),
    );
    return { listed, expected: simulated.truth.expectedHolidayShare(simulated.monday) };
  }

  it('bring as much holiday music in mid December as is played then', async () => {
    const { listed, expected } = await holidayShare(Date.UTC(2026, 11, 13, 18));
    expect(expected).toBeGreaterThan(0.08);
    expect(Math.abs(listed.mean - expected)).toBeLessThan(0.02);
  });

  it('bring no more of it two weeks after the season than in autumn', async () => {
    const autumn = await holidayShare(Date.UTC(2026, 9, 18, 18));
    const january = await holidayShare(Date.UTC(2027, 0, 8, 18));
    expect(january.expected).toBe(0);
    expect(january.listed.mean).toBeLessThanOrEqual(1.5 * autumn.listed.mean);
  });
});
