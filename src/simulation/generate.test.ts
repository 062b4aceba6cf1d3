import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullConfig, presets } from './config.ts';
import { generateWorld } from './generate.ts';
import { type TestWorld, temporaryWorld } from './test-worlds.ts';

const digest = (table: string) =>
  `SELECT count(*), CAST(bit_xor(hash(one)) AS VARCHAR) FROM ${table} AS one`;

describe('a generated world', () => {
  let world: TestWorld;

  beforeAll(async () => {
    world = await temporaryWorld(presets.test);
  });
  afterAll(() => world[Symbol.dispose]());

  it('has the size of its preset', async () => {
    expect(await world.number('SELECT count(*) FROM listeners')).toBe(1500 + 4);
    expect(world.summary.recordings).toBe(5000);
    const starts = await world.number('SELECT count(*) FROM starts');
    expect(starts).toBe(world.summary.plays);
    expect(starts).toBeGreaterThan(190_000);
    expect(starts).toBeLessThan(250_000);
    expect(await world.number("SELECT count(*) FROM events WHERE kind = 'impression'")).toBe(
      world.summary.impressions,
    );
    expect(await world.number('SELECT count(*) FROM tracks')).toBe(world.summary.tracks);
  });

  it('keeps every event within its period, of known tracks and listeners', async () => {
    const end = presets.test.endsAt;
    const outside = `epoch_ms(ts) < ${end - 8 * 7 * 86_400_000} OR epoch_ms(ts) >= ${end}`;
    expect(await world.number(`SELECT count(*) FROM events WHERE ${outside}`)).toBe(0);
    expect(
      await world.number('SELECT count(*) FROM events ANTI JOIN tracks USING (track_id)'),
    ).toBe(0);
    expect(
      await world.number('SELECT count(*) FROM events ANTI JOIN listeners USING (user_id)'),
    ).toBe(0);
    expect(
      await world.number('SELECT count(*) FROM playlists ANTI JOIN tracks USING (track_id)'),
    ).toBe(0);
  });

  it('never plays a track before it is out or before its listener joined', async () => {
    const sql = (join: string, early: string) =>
      `SELECT count(*) FROM events JOIN ${join} WHERE ${early}`;
    expect(await world.number(sql('tracks USING (track_id)', 'ts::DATE < released_on'))).toBe(0);
    expect(await world.number(sql('listeners USING (user_id)', 'ts::DATE < joined_on'))).toBe(0);
  });

  it('skips half within five seconds, some after two minutes, and plays what is liked to its end', async () => {
    const share = (what: string) =>
      world.number(`SELECT avg((${what})::INT) FROM starts WHERE kind = 'skip'`);
    expect(await share('ms_played < 2200')).toBeGreaterThan(0.4);
    expect(await share('ms_played < 5000')).toBeGreaterThan(0.45);
    expect(await share('ms_played < 5000')).toBeLessThan(0.6);
    expect(await share('ms_played > 120000')).toBeGreaterThan(0.05);
    const played = `SELECT min(ms_played / duration_ms) FROM starts JOIN tracks USING (track_id)
      JOIN listeners USING (user_id) WHERE kind = 'play' AND user_id < 'u0001500'`;
    expect(await world.number(played)).toBeGreaterThan(0.96);
  });

  it('replays much, the more the more it is played', async () => {
    const replays = 1 - world.summary.pairs / world.summary.plays;
    expect(replays).toBeGreaterThan(0.3);
    expect(replays).toBeLessThan(0.5);
    const shares = await world.ask(`SELECT 1 - sum(recordings) / sum(n) FROM (
      SELECT count(*) AS n, count(DISTINCT track_id) AS recordings FROM starts
      WHERE user_id < 'u0001500' GROUP BY user_id) GROUP BY n > 100 ORDER BY n > 100`);
    expect(Number(shares[0]?.[0])).toBeLessThan(Number(shares[1]?.[0]) - 0.1);
  });

  it('is skewed towards few recordings and few listeners', async () => {
    expect(world.summary.topShare).toBeGreaterThan(0.1);
    const most = `SELECT sum(n) FILTER (rank <= 150) / sum(n) FROM
      (SELECT count(*) AS n, row_number() OVER (ORDER BY count(*) DESC) AS rank FROM starts GROUP BY user_id)`;
    expect(await world.number(most)).toBeGreaterThan(0.25);
  });

  it('lets clicks fall with the slot of a shown list', async () => {
    const rates = (
      await world.ask(`SELECT slot // 5, count(*) FILTER (kind <> 'impression' AND ms_played IS NOT NULL)
        / count(*) FILTER (kind = 'impression') FROM events WHERE slot IS NOT NULL GROUP BY 1 ORDER BY 1`)
    ).map(([, rate]) => Number(rate));
    expect(rates).toHaveLength(4);
    expect(rates.every((rate, i) => i === 0 || rate < (rates[i - 1] ?? 0) * 0.8)).toBe(true);
  });

  it('has recordings with several releases, some under the same ISRC', async () => {
    const copies = `SELECT count(*) FROM (SELECT isrc FROM tracks WHERE isrc IS NOT NULL
      GROUP BY isrc HAVING count(*) > 1 AND count(DISTINCT album_id) > 1)`;
    expect(await world.number(copies)).toBeGreaterThan(300);
    const isrcs = `SELECT count(*) FROM (SELECT isrc FROM tracks GROUP BY isrc HAVING count(DISTINCT artist_id) > 1
      AND isrc IS NOT NULL)`;
    expect(await world.number(isrcs)).toBe(0);
    expect(
      await world.number("SELECT count(*) FROM tracks WHERE title LIKE '%Remaster%'"),
    ).toBeGreaterThan(50);
  });

  it('releases new music in every week', async () => {
    const start = presets.test.endsAt - 8 * 7 * 86_400_000;
    const weeks = `SELECT count(DISTINCT (epoch_ms(released_on::TIMESTAMP) - ${start}) // 604800000) FROM tracks
      WHERE epoch_ms(released_on::TIMESTAMP) >= ${start}`;
    expect(await world.number(weeks)).toBe(8);
  });

  it('labels most tracks well, some not at all', async () => {
    const [row] = await world.ask(
      `SELECT avg((genres IS NULL)::INT), max(len(genres)), min(len(genres)) FROM tracks`,
    );
    expect(Number(row?.[0])).toBeGreaterThan(0.01);
    expect(Number(row?.[0])).toBeLessThan(0.05);
    expect(row?.slice(1)).toEqual([3, 1]);
  });

  it('lets bots play bought tracks for 31 seconds round the clock', async () => {
    const [row] =
      await world.ask(`SELECT count(*), count(DISTINCT hour(ts)), avg((ms_played BETWEEN 30000 AND 32000)::INT)
      FROM starts WHERE user_id >= 'u0001500'`);
    expect(row?.[0]).toBe(world.summary.botPlays);
    expect(row?.[1]).toBe(24);
    expect(Number(row?.[2])).toBeGreaterThan(0.97);
  });
});

describe('generateWorld', () => {
  it('gives the same rows for the same config and others for another seed', async () => {
    using first = await temporaryWorld(presets.tiny);
    using again = await temporaryWorld(presets.tiny);
    using other = await temporaryWorld({ ...presets.tiny, seed: 2 });
    for (const table of ['events', 'tracks', 'listeners', 'playlists', 'known', 'off_taste']) {
      const [[a], [b], [c]] = [
        await first.ask(digest(table)),
        await again.ask(digest(table)),
        await other.ask(digest(table)),
      ];
      expect(a).toEqual(b);
      expect(a).not.toEqual(c);
    }
    expect(first.summary).toEqual(again.summary);
  });

  it('refuses a folder that exists and leaves nothing behind when it fails', async () => {
    using world = await temporaryWorld(presets.tiny);
    await expect(generateWorld(presets.tiny, world.folder)).rejects.toMatchObject({
      code: 'world.exists',
    });
    const target = `${world.folder}-2`;
    const stop = () => {
      throw new Error('stopped');
    };
    await expect(generateWorld(presets.tiny, target, { onProgress: stop })).rejects.toThrow(
      'stopped',
    );
    expect(existsSync(target)).toBe(false);
    expect(existsSync(`${target}.building-${process.pid}`)).toBe(false);
  });
});

describe('presets', () => {
  it('promise ten thousand listeners, fifty thousand recordings and two million plays for the demo', () => {
    const demo = fullConfig(presets.demo);
    expect(demo).toMatchObject({ listeners: 10_000, tracks: 50_000, weeks: 8 });
    expect(demo.playsTarget).toBeGreaterThan(2_200_000);
  });

  it('are refused with the name of the setting that is out of range', () => {
    expect(() => fullConfig({ ...presets.tiny, weeks: 0 })).toThrow(/weeks = 0/);
  });
});
