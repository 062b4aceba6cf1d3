import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestLake, table } from '../test-lake.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

describe('recordings', () => {
  const groups = async (rows: string) => {
    const silver = await lake.silverOf({
      tracks: `track_id,title,artist,duration_ms,isrc\n${rows}`,
    });
    const found = await table(
      silver,
      'tracks',
      'SELECT track_id, recording_id FROM t ORDER BY track_id',
    );
    return Object.fromEntries(found.map((row) => [row['track_id'], row['recording_id']]));
  };

  it('are one where the ISRC is one', async () => {
    expect(
      await groups('b,One,X,1000,us-aaa-01-00001\na,Two,Y,9000,USAAA0100001\nc,One,Z,1000,\n'),
    ).toEqual({
      a: 'a',
      b: 'a',
      c: 'c',
    });
  });

  it('ignore what releases add to a title, where the length is within 2 s', async () => {
    const same = [
      'Hello (Remastered 2011)',
      'Hello - Remastered 2011',
      'Hello - Live',
      'HELLO [feat. Someone]',
      'Hello feat. Someone',
      'Hello (Radio Edit)',
      'Hello!',
    ];
    const other = ['Hello (Acoustic)', 'Hello (Someone Remix)', 'Hello Again', 'Hello, Pt. 2'];
    const titles = [...same, ...other];
    const rows = titles.map(
      (title, i) =>
        `${i}b,Hello,Artist ${i},200000,\n${i}a,"${title}",artist ${i},202000,\n${i}c,"${title}",artist ${i},205000,\n`,
    );
    const found = await groups(rows.join(''));
    const joined = titles.filter((_, i) => found[`${i}b`] === `${i}a`);
    expect(joined).toEqual(same);
    expect(titles.filter((_, i) => found[`${i}c`] !== `${i}c`)).toEqual([]);
  });

  it('join through a chain of ISRC and title, and never for want of a title', async () => {
    expect(
      await groups(
        'c,Hello,X,1000,ISRC0001\nb,Hello (Live),X,1500,\na,Other,Y,7000,ISRC0001\nd,,X,1000,\ne,,X,1000,\n',
      ),
    ).toEqual({ a: 'a', b: 'a', c: 'a', d: 'd', e: 'e' });
  });
});
