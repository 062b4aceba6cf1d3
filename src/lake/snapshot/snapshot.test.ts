import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashString } from '../../domain/index.ts';
import { type Artifact, ColFile, openArtifact } from '../../platform/index.ts';
import { firstPlays } from '../index.ts';
import { TestLake } from '../test-lake.ts';
import { bucketFile } from './snapshot.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

const T = Date.UTC(2025, 1, 20);
const ago = (days: number, seconds = 0) => Math.floor(T / 1000) - days * 86_400 + seconds;
const unknown = 4_294_967_295;

const catalogue = (snapshot: Artifact) => ColFile.open(join(snapshot.path, 'catalogue.col'));

/** The listener's file and place in it. */
function find(snapshot: Artifact, user: string) {
  for (let bucket = 0; bucket < 4; bucket++) {
    const file = ColFile.open(join(snapshot.path, bucketFile('listeners', bucket)));
    const index = file.strings('user_id').indexOf(user);
    if (index < 0) continue;
    const list = (name: string, off: string) =>
      Array.from(
        file
          .read(name, name.endsWith('positives') ? 'u16' : 'u32')
          .slice(file.u32(off)[index], file.u32(off)[index + 1]),
      );
    return { file, index, list, bucket };
  }
  throw new Error(`${user} is in no bucket`);
}

async function world() {
  const silver = await lake.silverOf({
    events: `user_id,track_id,ts,kind,ms_played
a,t1,${ago(9)},play,60000
a,t2,${ago(8)},play,60000
a,t1,${ago(7)},play,60000
a,t2live,${ago(7, 60)},skip,100
a,t3,${ago(3)},dislike,
b,t3,${ago(2)},play,60000
b,t1,${ago(-1)},play,60000
b,t2,${ago(-1, 60)},play,60000
b,t2live,${ago(-1, 120)},play,100
b,t2live,${ago(-2)},save,
b,new,${ago(-1, 180)},play,60000
b,t3,${ago(-1, 240)},play,60000
a,t2live,${ago(-1)},play,60000
b,t1,${ago(-2)},impression,
`,
    tracks: `track_id,title,artist_id,artist,duration_ms,genres,markets,released_on,explicit,tempo,key,energy,language,available_from
t1,One,x,X,200000,rock;pop,SE;DE,1970-01-03,true,120.5,3,0.5,EN,2020-01-01
t2,Two,x,X,200000,,,,,,,,,
t2live,Two (Live),x,X,201000,,,,,,,,,
t3,Three,y,Y,,pop,,,,,,,,
new,New,y,Y,,,,2025-02-21,,,,,,
`,
    listeners:
      'user_id,country,language,age_band,gender,explicit_ok\na,SE,en,25-34,Female,true\nb,,,,,\n',
    blocks: 'user_id,track_id,artist_id\na,,y\na,t1,\n',
  });
  const tables = await lake.gold(silver, T);
  return { silver, tables, snapshot: await lake.snapshot(tables) };
}

describe('the catalogue of a snapshot', () => {
  it('numbers tracks, artists, genres, countries and languages in byte order', async () => {
    const { snapshot } = await world();
    const file = catalogue(snapshot);
    expect(file.meta).toEqual({ asOf: T / 1000, listeners: 2, buckets: 4 });
    expect(file.strings('track_id')).toEqual(['t1', 't2', 't2live', 't3']);
    expect(file.strings('artist.id')).toEqual(['x', 'y']);
    expect(file.strings('genre.name')).toEqual(['pop', 'rock']);
    expect(file.strings('country.name')).toEqual(['', 'DE', 'SE']);
    expect(file.strings('language.name')).toEqual(['', 'en']);
    const arrays = {
      recording: [...file.u32('recording')],
      artist: [...file.u32('artist')],
      'genre.off': [...file.u32('genre.off')],
      'genre.id': [...file.u16('genre.id')],
      'market.off': [...file.u32('market.off')],
      'market.country': [...file.u16('market.country')],
      released: [...file.i32('released')],
      duration: [...file.u32('duration')],
      explicit: [...file.u8('explicit')],
      tempo: [...file.f32('tempo')],
      key: [...file.read('key', 'i8')],
      from: [...file.u32('from')],
      until: [...file.u32('until')],
      plays_all: [...file.u32('plays_all')],
      first_event: [...file.u32('first_event')],
    };
    expect(arrays).toEqual({
      recording: [0, 1, 1, 3],
      artist: [0, 0, 0, 1],
      'genre.off': [0, 2, 2, 2, 3],
      'genre.id': [0, 1, 0],
      'market.off': [0, 2, 2, 2, 2],
      'market.country': [1, 2],
      released: [2, -2147483648, -2147483648, -2147483648],
      duration: [200000, 200000, 201000, 0],
      explicit: [1, 0, 0, 0],
      tempo: [120.5, Number.NaN, Number.NaN, Number.NaN],
      key: [3, -1, -1, -1],
      from: [Date.UTC(2020, 0, 1) / 1000, 0, 0, 0],
      until: [unknown, unknown, unknown, unknown],
      plays_all: [2, 1, 0, 1],
      first_event: [ago(9), ago(8), ago(7, 60), ago(3)],
    });
    const weeks = file.u32('genre_week.plays');
    expect(weeks).toHaveLength(2 * 53);
    expect([...weeks.slice(51, 53), ...weeks.slice(104, 106)]).toEqual([1, 2, 1, 1]);
    expect([...file.u32('country_track.off')]).toEqual([0, 0, 0, 2]);
    expect([...file.u32('country_track.track')]).toEqual([0, 1]);
  });

  it('serves a listener with one play and a catalogue of ten tracks', async () => {
    const tracks = Array.from({ length: 10 }, (_, i) => `t${i}\n`).join('');
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts\na,t5,${ago(1)}\n`,
      tracks: `track_id\n${tracks}`,
    });
    const snapshot = await lake.snapshot(await lake.gold(silver, T));
    expect(catalogue(snapshot).strings('track_id')).toHaveLength(10);
    const { file, index, list } = find(snapshot, 'a');
    expect(list('hist.track', 'hist.off')).toEqual([5]);
    expect(file.u8('flags')[index]).toBe(1 + 2 + 4);
  });
});

describe('the listeners of a snapshot', () => {
  it('have their history newest first, what they heard by recording, and what they blocked', async () => {
    const { snapshot } = await world();
    const { file, index, list } = find(snapshot, 'a');
    expect(list('hist.track', 'hist.off')).toEqual([3, 2, 0, 1]);
    expect(list('hist.last', 'hist.off')).toEqual([ago(3), ago(7, 60), ago(7), ago(8)]);
    expect(list('hist.positives', 'hist.off')).toEqual([0, 0, 2, 1]);
    expect(list('heard.recording', 'heard.off')).toEqual([0, 1, 3]);
    expect(list('block.artist', 'block.off')).toEqual([1]);
    expect(list('blocked.track', 'blocked.off')).toEqual([0, 3]);
    expect(file.u32('seed')[index]).toBe(hashString('a'));
    expect(file.u16('country')[index]).toBe(2);
    expect(file.u8('age')[index]).toBe(3);
    expect(file.u8('gender')[index]).toBe(1);
    expect(file.u8('flags')[index]).toBe(1 + 2 + 4);
    expect(file.u32('events')[index]).toBe(4);
  });

  it('keep only the newest tracks of a long history', async () => {
    const { tables } = await world();
    const { list } = find(await lake.snapshot(tables, 2), 'a');
    expect(list('hist.track', 'hist.off')).toEqual([3, 2]);
    expect(list('heard.recording', 'heard.off')).toEqual([0, 1, 3]);
  });

  it('have the sessions of their positive plays', async () => {
    const { snapshot } = await world();
    const { bucket, index } = find(snapshot, 'a');
    const file = ColFile.open(join(snapshot.path, bucketFile('sessions', bucket)));
    const mine = [...file.u32('session.listener').entries()].filter(([, owner]) => owner === index);
    const tracks = mine.map(([i]) =>
      Array.from(
        file.u32('session.track').slice(file.u32('session.off')[i], file.u32('session.off')[i + 1]),
      ),
    );
    expect(tracks).toEqual([[0], [1], [0]]);
  });

  it('have their responses before T, skips among them, in order of time', async () => {
    const { snapshot } = await world();
    const responses = (user: string) => {
      const { bucket, index } = find(snapshot, user);
      const file = ColFile.open(join(snapshot.path, bucketFile('responses', bucket)));
      const [from, to] = [file.u32('response.off')[index], file.u32('response.off')[index + 1]];
      return [
        Array.from(file.u32('response.track').slice(from, to)),
        Array.from(file.read('response.weight', 'i16').slice(from, to)),
      ];
    };
    expect(responses('a')).toEqual([
      [0, 1, 0, 2],
      [1000, 1000, 1000, -1000],
    ]);
    expect(responses('b')).toEqual([[3], [1000]]);
  });

  it('come whole: every file is as its manifest says', async () => {
    const { snapshot } = await world();
    expect((await openArtifact(snapshot.path)).manifest.counts).toEqual({
      listeners: 2,
      buckets: 4,
    });
    expect(snapshot.manifest.maxEventTime).toBe(ago(2) * 1000);
  });
});

describe('first plays of a window', () => {
  const truthOf = async (from: number, to: number) => {
    const { silver, tables, snapshot } = await world();
    const out = join(lake.dir, 'truth.col');
    const result = await firstPlays({ silver, gold: tables, snapshot, from, to, out });
    return { result, file: ColFile.open(out) };
  };

  it('are by recording, with what became of them', async () => {
    const { result, file } = await truthOf(T, T + 3 * 86_400_000);
    expect(result).toMatchObject({ listeners: 1, tracks: 3, maxEventTime: ago(-2) * 1000 });
    expect(file.strings('user_id')).toEqual(['b']);
    expect([...file.u32('truth.off')]).toEqual([0, 3]);
    expect([...file.u32('truth.track')]).toEqual([0, 1, unknown]);
    expect([...file.u8('truth.positive')]).toEqual([1, 1, 1]);
    expect([...file.u8('truth.saved')]).toEqual([0, 1, 0]);
    expect([...file.u32('truth.ts')]).toEqual([ago(-1), ago(-1, 60), ago(-1, 180)]);
  });

  it('begin with the window and end before its end', async () => {
    const second = 1000;
    const start = ago(-1) * 1000;
    expect((await truthOf(start, start + second)).result).toMatchObject({ tracks: 1 });
    expect((await truthOf(start + second, start + 60 * second)).result).toMatchObject({
      tracks: 0,
    });
  });

  it('refuse a history that knows more', async () => {
    await expect(truthOf(T - 1, T)).rejects.toMatchObject({ code: 'labels.from_the_future' });
  });
});
