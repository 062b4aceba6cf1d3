import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets } from './config.ts';
import { plantedRegion } from './planted-region.ts';
import { type TestWorld, temporaryWorld } from './test-worlds.ts';
import { openTruth, type Truth } from './truth.ts';

const config = {
  ...presets.test,
  listeners: 800,
  tracks: 3000,
  playsTarget: 100_000,
  planted: true,
  bots: 2,
};

describe('the planted listeners', () => {
  let world: TestWorld;
  let truth: Truth;

  beforeAll(async () => {
    world = await temporaryWorld(config);
    truth = openTruth(world.folder);
  });
  afterAll(() => world[Symbol.dispose]());

  it('are twenty, known to the catalogue of listeners and to the truth', async () => {
    const ids = await world.ask(
      "SELECT user_id FROM listeners WHERE user_id LIKE 'planted-8020-%' ORDER BY 1",
    );
    expect(ids).toHaveLength(20);
    expect(ids.every(([id]) => truth.listenerId(truth.listenerIndex(String(id))) === id)).toBe(
      true,
    );
  });

  it('play exactly 80 % rock and 20 % jazz in each of the last weeks, all tracks different', async () => {
    const rows =
      await world.ask(`SELECT user_id, (epoch_ms(ts) - ${config.endsAt}) // 604800000 AS week,
        count(*) FILTER (list_contains(genres, 'rock')), count(*) FILTER (list_contains(genres, 'jazz')),
        count(*), count(DISTINCT track_id), count(*) FILTER (ms_played = duration_ms)
      FROM starts JOIN tracks USING (track_id) WHERE user_id LIKE 'planted-%' GROUP BY 1, 2`);
    expect(rows).toHaveLength(20 * 4);
    for (const row of rows) expect(row.slice(2)).toEqual([20, 5, 25, 25, 25]);
  });

  it('leave genre and country popularity blind and only their pair telling', async () => {
    const plays = async (genre: string, where = 'TRUE') =>
      world.number(`SELECT count(*) FROM starts JOIN tracks USING (track_id)
        WHERE genres[1] = '${genre}' AND user_id LIKE 'u%' AND ${where}`);
    const ratio = (await plays('folk')) / (await plays('country'));
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
    for (const [i, { country, genre }] of plantedRegion.loves.entries()) {
      const shunned = plantedRegion.shuns[i]?.genre ?? '';
      expect(await plays(genre, `country = '${country}'`)).toBeGreaterThan(
        3 * (await plays(shunned, `country = '${country}'`)),
      );
    }
  });

  it('differ in truth by country for the same tracks', () => {
    const mean = (country: string, genre: string) => {
      let [sum, n] = [0, 0];
      for (let l = 0; l < 600; l++) {
        if (truth.countryOf(l) !== country) continue;
        for (let t = 0; t < truth.trackCount; t += 5) {
          if (truth.genreOf(t) !== genre) continue;
          sum += truth.affinity(l, t, config.endsAt);
          n++;
        }
      }
      return sum / n;
    };
    expect(mean('DE', 'folk')).toBeGreaterThan(3 * mean('GB', 'folk'));
    expect(mean('GB', 'country')).toBeGreaterThan(3 * mean('DE', 'country'));
  });
});
