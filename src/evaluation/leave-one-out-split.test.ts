import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ingest, refine } from '../lake/index.ts';
import { readPairs } from './fold-in-split.ts';
import { splitLeaveOneOut } from './leave-one-out-split.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 5);

it('what was taken up last is out of everything that is read, in any release and playlist', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'deepcuts-split-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const input = join(dir, 'input');
  mkdirSync(input);
  const play = (user: string, track: string, at: number, kind = 'play') =>
    `${user},${track},${start + at * day},${kind}`;
  const rows = [
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((track, i) => play('u', track, i)),
    play('u', 'f2', 6),
    play('u', 'f', 7, 'save'),
    play('u', 'a', 8),
    ...['e', 'f', 'f2'].map((track, i) => play('v', track, i)),
  ];
  writeFileSync(join(input, 'events.csv'), `user_id,track_id,ts,kind\n${rows.join('\n')}\n`);
  const tracks = ['a', 'b', 'c', 'd', 'e', 'f', 'f2'].map(
    (id) => `${id},A,${id === 'f2' ? 'f' : id},${id.startsWith('f') ? 'ISRC-F' : ''}`,
  );
  writeFileSync(join(input, 'tracks.csv'), `track_id,artist_id,title,isrc\n${tracks.join('\n')}\n`);
  const playlists = ['p,f,1,user,u', 'q,f,1,user,v'];
  writeFileSync(
    join(input, 'playlists.csv'),
    `playlist_id,track_id,position,kind,owner_id\n${playlists.join('\n')}\n`,
  );
  await ingest({
    dataDir: dir,
    paths: [input],
    format: 'generic',
    now: start + 20 * day,
    buckets: 1,
  });
  const silver = await refine({ dataDir: dir });
  const split = async (places: 1 | 2, to: number) => {
    const lake = join(dir, `split-${places}-${to}`);
    const found = await splitLeaveOneOut({ silver, lake, to: start + to * day, places });
    const read = await readPairs(found.silver);
    const of = (user: string) => read.filter((p) => p.user === user).map((p) => p.track);
    return { held: [...found.held], u: of('u'), v: of('v'), asOf: found.asOf };
  };
  expect(await split(1, 20)).toEqual({
    held: [['u', 'f']],
    u: ['a', 'b', 'c', 'd', 'e'],
    v: ['e', 'f', 'f2'],
    asOf: start + 8 * day + 1,
  });
  expect(await split(2, 8)).toMatchObject({ held: [['u', 'e']], u: ['a', 'b', 'c', 'd'] });
  await expect(split(1, 4)).rejects.toMatchObject({ code: 'evaluation.few_listeners' });
});
