import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets } from './config.ts';
import { LiveWorld } from './live.ts';
import { type TestWorld, temporaryWorld } from './test-worlds.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await temporaryWorld({ ...presets.tiny, weeks: 3, ahead: 2, playsTarget: 8000 });
});
afterAll(() => world[Symbol.dispose]());

/** Two tracks for each of the first hundred listeners. */
async function lists(week: string): Promise<string> {
  const out = join(world.folder, `${week}.parquet`);
  await world.ask(`COPY (SELECT printf('u%07d', i) AS user_id, '${week}' AS week, r AS rank,
    printf('t%07d', (i * 7 + r * 13) % 500) AS track_id FROM range(100) AS l(i), range(1, 3) AS p(r))
    TO '${out}' (FORMAT parquet)`);
  return out;
}

describe('a world that goes on', () => {
  it('hears what is delivered, keeps what came of it, and is the same when opened again', async () => {
    const live = await LiveWorld.open(world.folder);
    expect(live.nextWeek).toBe('2026-W48');
    const week = await live.next(await lists('2026-W48'));
    expect(week).toMatchObject({ week: '2026-W48', delivered: 200 });
    expect(week.plays).toBeGreaterThan(1000);
    const counts = await world.ask(`SELECT count(*) FILTER (opened), count(*) FILTER (played),
      count(*) FILTER (saved), (SELECT count(*) FROM '${week.folder}/events/*.parquet'
      WHERE kind = 'impression') FROM '${week.folder}/delivered/*.parquet'`);
    expect(counts).toEqual([[week.opened, week.played, week.saved, week.opened]]);
    expect(week.played).toBeGreaterThan(5);
    const [[first]] = (await world.ask(`SELECT min(ts) >= TIMESTAMP '2026-11-22 18:00:00'
      FROM '${week.folder}/events/*.parquet'`)) as [[string]];
    expect(first).toBe('true');

    const second = await live.next(null);
    expect(second).toMatchObject({ delivered: 0, opened: 0 });
    rmSync(second.folder, { recursive: true });
    const again = await (await LiveWorld.open(world.folder)).next(null);
    expect(again).toEqual(second);
    expect(readdirSync(join(world.folder, 'live'))).toEqual(['2026-W48', '2026-W49']);
  });

  it('ends, and takes lists of its next week alone', async () => {
    const over = await LiveWorld.open(world.folder);
    expect(over.nextWeek).toBeNull();
    await expect(over.next(null)).rejects.toMatchObject({ code: 'world.over' });
    rmSync(join(world.folder, 'live', '2026-W49'), { recursive: true });
    const [first, second] = ['2026-W48', '2026-W50'].map((name) =>
      join(world.folder, 'live', name),
    );
    renameSync(first as string, second as string);
    await expect(LiveWorld.open(world.folder)).rejects.toMatchObject({ code: 'world.gap' });
    renameSync(second as string, first as string);
    const live = await LiveWorld.open(world.folder);
    const late = await lists('2026-W48');
    await expect(live.next(late)).rejects.toMatchObject({ code: 'world.lists' });
    await expect(
      live.next(new Map([['u0000001', Array.from({ length: 101 }, () => 't0000001')]])),
    ).rejects.toMatchObject({ code: 'world.lists' });
    const broken = join(world.folder, 'broken.parquet');
    writeFileSync(broken, 'no');
    await expect(live.next(broken)).rejects.toThrow(/broken/);
  });
});
