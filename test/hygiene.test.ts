import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../src/domain/index.ts';
import { hygieneAt } from '../src/features/index.ts';
import { type SilverRef, gold } from '../src/lake/index.ts';
import { TestLake, table } from '../src/lake/test-lake.ts';

const T = Date.UTC(2025, 1, 20);
const day = 86_400;
const limits = { threads: 1, memoryMb: 512 };
const header = 'user_id,track_id,ts,kind,ms_played,session_id\n';

/** Two circles of 15 listeners, each with artists of its own; one listener has a guest of the other. */
function people(): string[] {
  const rng = new Rng(5);
  const lines: string[] = [];
  const sit = (user: string, session: string, start: number, circle: number): void => {
    for (let i = 0; i < 6; i++) {
      const track = `t${circle * 60 + rng.below(60)}`;
      const skip = i === 3;
      lines.push(
        [
          user,
          track,
          start + i * 210,
          skip ? 'skip' : 'play',
          skip ? 9000 : 200_000,
          session,
        ].join(),
      );
    }
  };
  for (let listener = 0; listener < 30; listener++)
    for (let n = 0; n < 14; n++) {
      const guest = listener === 3 && n === 6;
      const name = guest ? 'guest' : `${listener}-${n}`;
      const start = T / 1000 - (44 - 3 * n) * day + rng.below(40_000);
      sit(`u${listener}`, name, start, guest || listener >= 15 ? 1 : 0);
    }
  return lines;
}

/** Six accounts that play the same five tracks for 31 seconds, 90 a day; a worker who listens 11 hours. */
function machines(): string[] {
  const rng = new Rng(6);
  const lines: string[] = [];
  for (let bot = 0; bot < 6; bot++)
    for (let n = 0; n < 90 * 10; n++) {
      const at = T / 1000 - 12 * day + n * 960 + rng.below(600);
      lines.push([`bot${bot}`, `t${200 + rng.below(5)}`, at, 'play', 31_000, `b${n}`].join());
    }
  for (let d = 30; d > 0; d--)
    for (let n = 0; n < 180; n++) {
      const at = T / 1000 - d * day + 8 * 3600 + n * 215;
      lines.push(['worker', `t${(n * 7 + d) % 60}`, at, 'play', 200_000, `w${d}`].join());
    }
  return lines;
}

const tracks = `track_id,title,artist_id,duration_ms\n${Array.from(
  { length: 205 },
  (_, t) => `t${t},Title ${t},a${t < 200 ? Math.floor(t / 3) : 99},210000`,
).join('\n')}\n`;

const lake = new TestLake();
let silver: SilverRef;
const events = [...people(), ...machines()];

beforeAll(async () => {
  silver = await lake.silverOf({ events: `${header}${events.join('\n')}\n`, tracks });
});
afterAll(() => lake.remove());

const at = (asOf = T, more: object = {}) =>
  hygieneAt({ dataDir: lake.dataDir, silver, asOf, limits, ...more });

describe('hygiene', () => {
  it('finds the farm, and not the worker who listens eleven hours a day', async () => {
    const flags = await at();
    const listeners = await table(flags, 'listeners', 'SELECT * FROM t ORDER BY user_id');
    const bots = listeners.filter((row) => row['is_bot'] === true);
    expect(bots.map((row) => row['user_id'])).toEqual([
      'bot0',
      'bot1',
      'bot2',
      'bot3',
      'bot4',
      'bot5',
    ]);
    expect(String(bots[0]?.['reasons']).split(' ')).toEqual(
      expect.arrayContaining(['regular', 'short', 'farm']),
    );
    const worker = listeners.find((row) => row['user_id'] === 'worker');
    expect(worker).toMatchObject({ day_plays: 180, is_bot: false });
    expect(flags.manifest.counts).toMatchObject({ listeners: 37, bots: 6 });
  });

  it("sets a guest's session aside and leaves the listener's own", async () => {
    const sessions = await table(await at(), 'sessions', 'SELECT * FROM t WHERE is_off_taste');
    expect(sessions).toMatchObject([{ user_id: 'u3', session_id: 'guest', reasons: 'stranger' }]);
  });

  it('reads nothing at or after its time', async () => {
    const cut = T - 6 * day * 1000;
    const before = events.filter((line) => Number(line.split(',')[2]) * 1000 < cut);
    const other = new TestLake();
    const earlier = await other.silverOf({ events: `${header}${before.join('\n')}\n`, tracks });
    const alone = await hygieneAt({ dataDir: other.dataDir, silver: earlier, asOf: cut, limits });
    const flags = await at(cut);
    expect(await table(flags, 'sessions')).toEqual(await table(alone, 'sessions'));
    expect(flags.manifest.contentDigest).toBe(alone.manifest.contentDigest);
    expect(flags.manifest.maxEventTime).toBeLessThan(cut);
    other.remove();
  });

  it('has the same content with two threads as with one', async () => {
    const two = await at(T, { limits: { threads: 2, memoryMb: 512 }, force: true });
    expect(two.manifest.contentDigest).toBe((await at(T, { force: true })).manifest.contentDigest);
  });

  it('never flags who is to be kept, and says so in its identity', async () => {
    const kept = await at(T, { keep: ['u3', 'bot2'] });
    const rows = await table(
      kept,
      'sessions',
      "SELECT DISTINCT user_id FROM t WHERE reasons <> '' ORDER BY user_id",
    );
    expect(rows.map((row) => row['user_id'])).toEqual(['bot0', 'bot1', 'bot3', 'bot4', 'bot5']);
    expect(kept.manifest.version).not.toBe((await at()).manifest.version);
    await expect(at(T, { keep: ['a\nb'] })).rejects.toMatchObject({ code: 'hygiene.keep' });
  });
});

describe('gold with flags', () => {
  const goldOf = (flags: Awaited<ReturnType<typeof at>> | null) =>
    gold({ dataDir: lake.dataDir, silver, asOf: T, limits, flags });

  it('counts set-aside sessions as heard and as nothing else; without flags they are back', async () => {
    const [on, off] = [await goldOf(await at()), await goldOf(null)];
    const query = `SELECT CAST(sum(events) AS INTEGER) AS events, CAST(sum(positives) AS INTEGER) AS positives
      FROM t WHERE user_id = 'u3'`;
    expect(await table(off, 'listener_tracks', query)).toEqual([{ events: 84, positives: 70 }]);
    expect(await table(on, 'listener_tracks', query)).toEqual([{ events: 84, positives: 65 }]);
    const responses =
      "SELECT count(*) AS n FROM t WHERE session_id = 'guest' OR user_id LIKE 'bot%'";
    expect(await table(on, 'responses', responses)).toEqual([{ n: 0 }]);
    const again = await gold({ dataDir: lake.dataDir, silver, asOf: T, limits });
    expect(again.manifest.version).toBe(off.manifest.version);
    const bought = "SELECT plays_28d, listeners_28d FROM t WHERE track_id = 't200'";
    expect(await table(on, 'track_stats', bought)).toEqual([{ plays_28d: 0, listeners_28d: 0 }]);
  });

  it('refuses flags of other plays, and flags that know what comes after', async () => {
    const later = await at(T + day * 1000);
    const flags = await at(T - 20 * day * 1000);
    const early = gold({ dataDir: lake.dataDir, silver, asOf: T - 30 * day * 1000, limits, flags });
    await expect(early).rejects.toMatchObject({ code: 'artifact.from_the_future' });
    const other = new TestLake();
    const one = await other.silverOf({ events: `${header}${events[0]}\n`, tracks });
    const mixed = gold({
      dataDir: other.dataDir,
      silver: one,
      asOf: T + day * 1000,
      limits,
      flags: later,
    });
    await expect(mixed).rejects.toMatchObject({ code: 'gold.flags' });
    other.remove();
  });
});
