import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestLake, table } from '../test-lake.ts';
import { readQuality } from './refine.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

describe('bots', () => {
  const plays = (user: string, n: number, cell: (i: number) => string) =>
    Array.from(
      { length: n },
      (_, i) => `${user},t${i % 50},${1738368000 + i * 60},${cell(i)}\n`,
    ).join('');
  const bots = async (rows: string) => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts,ms_played,country\n${rows}`,
    });
    const found = await table(
      silver,
      'plays',
      'SELECT DISTINCT user_id FROM t WHERE is_bot ORDER BY user_id',
    );
    return found.map((row) => row['user_id']);
  };

  it('are listener-days of more than 1,000 plays, more than 24 hours, or more than four countries', async () => {
    const rows =
      plays('many', 1001, () => '60000,') +
      plays('few', 1000, () => '60000,') +
      plays('long', 30, () => '3600000,') +
      plays('traveller', 4, (i) => `60000,C${i}`) +
      plays('everywhere', 5, (i) => `60000,C${i}`);
    expect(await bots(rows)).toEqual(['everywhere', 'long', 'many']);
  });

  it('are listener-days of many plays that stop just when they count', async () => {
    const rows =
      plays('farm', 100, (i) => (i < 96 ? '31000,' : '200000,')) +
      plays('impatient', 100, (i) => (i < 95 ? '31000,' : '200000,')) +
      plays('short', 99, () => '31000,');
    expect(await bots(rows)).toEqual(['farm']);
  });

  it('are judged a day at a time, their library too', async () => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts,kind,ms_played\n${Array.from(
        { length: 1001 },
        (_, i) => `a,t${i},${1738368000 + i},play,60000\n`,
      ).join(
        '',
      )}a,t1,${1738368000 + 86400},play,60000\na,t1,1738368001,save,\na,t2,${1738368000 + 86400},save,\n`,
    });
    expect(readQuality(silver).bots).toEqual({ listenerDays: 1, listeners: 1, plays: 1001 });
    expect(
      await table(silver, 'library', 'SELECT track_id, is_bot FROM t ORDER BY track_id'),
    ).toEqual([
      { track_id: 't1', is_bot: true },
      { track_id: 't2', is_bot: false },
    ]);
  });
});
