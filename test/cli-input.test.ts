import { cpSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets } from '../src/simulation/index.ts';
import { deepcuts } from './support/command-line.ts';
import { removeFolder, temporaryFolder, worldLake } from './support/workspaces.ts';

const folder = temporaryFolder('cli-input');
const lake = join(folder, 'lake-with-world');
afterAll(() => removeFolder(folder));

/** Writes `events.csv` into a folder of its own; returns the path. */
function events(name: string, text: string | Uint8Array): string {
  const dir = join(folder, `input-${name}`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'events.csv'), text);
  return join(dir, 'events.csv');
}

/** A lake of its own that holds these events. */
async function lakeOf(name: string, text: string): Promise<string> {
  const dir = join(folder, name);
  const { code } = await deepcuts('ingest', events(name, text), '--data', dir, '--quiet');
  expect(code).toBe(0);
  return dir;
}

/** Plays of `users` listeners on days 1 to `days` of October 2026. */
function plays(users: number, days: number, track: (user: number, day: number) => number): string {
  const rows = ['user_id,track_id,ts,ms_played'];
  for (let u = 0; u < users; u++)
    for (let d = 1; d <= days; d++)
      rows.push(
        `u${u},t${track(u, d)},2026-10-${String(d).padStart(2, '0')}T${String(u % 24).padStart(2, '0')}:00:00Z,200000`,
      );
  return `${rows.join('\n')}\n`;
}

const tree = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted();

describe('a file that breaks the format', () => {
  beforeAll(() => worldLake(lake, presets.tiny));

  it.each([
    ['without a column', 'user_id,ts\nu1,2026-01-01\n', 'has no column track_id', 'rename or add'],
    ['without a byte', '', 'has no column', 'user_id, track_id, ts'],
  ])('%s is named, and the lake stays as it was', async (name, text, problem, remedy) => {
    const before = tree(lake);
    const path = events(name.replaceAll(' ', '-'), text);
    const { code, stdout, stderr } = await deepcuts('ingest', path, '--data', lake);
    expect([code, stdout]).toEqual([1, '']);
    for (const part of [path, problem, remedy]) expect(stderr).toContain(part);
    expect(tree(lake)).toEqual(before);
  });

  it('a Parquet file that is cut off is named, and the lake stays as it was', async () => {
    const before = tree(lake);
    const copy = join(folder, 'cut-off');
    cpSync(join(lake, 'world', 'events'), join(copy, 'events'), { recursive: true });
    const path = join(copy, 'events', readdirSync(join(copy, 'events'))[0] as string);
    truncateSync(path, 5000);
    const { code, stderr } = await deepcuts('ingest', copy, '--data', lake);
    expect(code).toBe(1);
    for (const part of [path, 'cannot be read as parquet', 'Check that the file is whole'])
      expect(stderr).toContain(part);
    expect(stderr).not.toContain('    at ');
    expect(tree(lake)).toEqual(before);
  });

  it('a path that is not there is named', async () => {
    const { code, stderr } = await deepcuts('ingest', join(folder, 'no-such'), '--data', lake);
    expect([code, stderr]).toEqual([1, expect.stringContaining('no-such does not exist')]);
  });
});

describe('rows that cannot be read', () => {
  it('as broken UTF-8 go to quarantine, counted, and the others stay', async () => {
    const head = Buffer.from('user_id,track_id,ts\nu1,t1,2026-01-05T10:00:00Z\nu');
    const path = events(
      'utf8',
      Buffer.concat([head, Buffer.from([0xff, 0xfe]), Buffer.from(',t1,2026-01-05T10:00:00Z\n')]),
    );
    const { code, stdout } = await deepcuts(
      'ingest',
      path,
      '--data',
      join(folder, 'utf8'),
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: { events: 1 },
      quarantined: [{ table: 'events', rows: 1 }],
    });
  });
});

describe('a lake with too little in it', () => {
  it('of no plays makes no Sunday and says why', async () => {
    const dir = await lakeOf('headers', 'user_id,track_id,ts\n');
    const { code, stderr } = await deepcuts('sunday', '--data', dir);
    expect([code, stderr]).toEqual([1, expect.stringContaining('holds no play')]);
    expect(stderr).toContain('Ingest plays');
  });

  it('of one listener with one play gives one fallback list, which the gate holds as short', async () => {
    const dir = await lakeOf('one-play', 'user_id,track_id,ts\nu1,t1,2026-01-05T10:00:00Z\n');
    const { code, stdout } = await deepcuts('sunday', '--data', dir, '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      listeners: 1,
      ready: 0,
      fallback: 1,
      pointer: null,
    });
    const judged = await deepcuts('evaluate', '--test', '--data', dir);
    expect([judged.code, judged.stderr]).toEqual([
      1,
      expect.stringContaining('too few to hold out'),
    ]);
  });

  it('of ten tracks gives short lists: held, until the setting that the gate names allows them', async () => {
    const dir = await lakeOf(
      'ten-tracks',
      plays(30, 28, (u, d) => (u * 3 + d * (u % 3)) % (u % 2 ? 5 : 10)),
    );
    const held = await deepcuts('sunday', '--data', dir, '--listeners', 'all');
    expect(held.code).toBe(3);
    expect(held.stdout).toContain('allowed 0 to 0.01 (gate.max_short_share)');
    writeFileSync(join(dir, 'deepcuts.toml'), '[gate]\nmax_short_share = 1.0\n');
    const published = await deepcuts('sunday', '--data', dir, '--listeners', 'all');
    expect([published.code, published.stderr.includes('publish')]).toEqual([0, true]);
    const shown = JSON.parse((await deepcuts('show', 'u1', '--data', dir, '--json')).stdout) as {
      tracks: { trackId: string }[];
    };
    const names = shown.tracks.map((track) => track.trackId);
    expect(names.length).toBeGreaterThan(0);
    expect(names.length).toBeLessThan(10);
    expect(new Set(names).size).toBe(names.length);
  });

  it('in whose test week nobody plays anything new is not judged, and the ledger says only that it was looked at', async () => {
    const dir = await lakeOf(
      'no-news',
      plays(12, 28, (u, d) => (u + d) % 7),
    );
    const { code, stdout, stderr } = await deepcuts('evaluate', '--test', '--data', dir);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('nothing can be judged');
    expect(stderr).toContain('longer history');
    expect(readFileSync(join(dir, 'ledger.md'), 'utf8')).toMatch(
      /\| weekly \| [0-9a-f]{16} \| 0 \| stopped before a result \|  \|\n$/,
    );
  });
});
