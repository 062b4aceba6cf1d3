import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestLake, table } from '../test-lake.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

const at = (text: string) => `2025-02-${text}`;

describe('sessions', () => {
  it('are the given ones, else end with half an hour of silence', async () => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts,session_id
a,t1,${at('01 10:00:00')},
a,t2,${at('01 10:30:00')},
a,t3,${at('01 11:00:01')},
a,t4,${at('01 11:00:02')},mine
b,t1,${at('01 10:10:00')},
`,
    });
    const rows = await table(
      silver,
      'plays',
      'SELECT user_id, track_id, session_id FROM t ORDER BY user_id, ts',
    );
    const start = String(Date.UTC(2025, 1, 1, 10) / 1000);
    expect(rows.map((row) => row['session_id'])).toEqual([
      start,
      start,
      String(Date.UTC(2025, 1, 1, 11, 0, 1) / 1000),
      'mine',
      String(Date.UTC(2025, 1, 1, 10, 10) / 1000),
    ]);
  });
});

describe('weights', () => {
  it('follow kind and time played', async () => {
    const cases = [
      ['play', '', 1000, true],
      ['play', '30001', 1000, true],
      ['play', '30000', 1000, false],
      ['play', '15000', 500, false],
      ['play', '2000', 66, false],
      ['play', '1999', -1000, false],
      ['skip', '1999', -1000, false],
      ['skip', '60000', 0, false],
      ['skip', '120001', 300, false],
      ['skip', '', 0, false],
    ] as const;
    const rows = cases.map(([kind, ms], i) => `a,t,${1738404000 + i},${kind},${ms}\n`);
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts,kind,ms_played\n${rows.join('')}`,
      tracks: 'track_id,duration_ms\nt,200000\n',
    });
    const found = await table(
      silver,
      'plays',
      'SELECT kind, weight, is_positive FROM t ORDER BY ts',
    );
    expect(found).toEqual(
      cases.map(([kind, , weight, is_positive]) => ({ kind, weight, is_positive })),
    );
  });

  it('a short track counts when it is played to its end', async () => {
    const silver = await lake.silverOf({
      events: 'user_id,track_id,ts,ms_played\na,t,1738404000,19000\na,t,1738404100,18999\n',
      tracks: 'track_id,duration_ms\nt,20000\n',
    });
    const rows = await table(
      silver,
      'plays',
      'SELECT is_positive, played_ratio, weight FROM t ORDER BY ts',
    );
    expect(rows).toEqual([
      { is_positive: true, played_ratio: 0.95, weight: 1000 },
      { is_positive: false, played_ratio: 0.94995, weight: 633 },
    ]);
  });
});
