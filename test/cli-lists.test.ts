import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SundayReport } from '../src/weekly/index.ts';
import { presets } from '../src/simulation/index.ts';
import { type Ended, deepcuts, launcher, main, start, until } from './support/command-line.ts';
import { removeFolder, temporaryFolder, worldLake } from './support/workspaces.ts';

const folder = temporaryFolder('cli-lists');
const dataDir = join(folder, 'data');
const out = join(folder, 'out');
const data = ['--data', dataDir] as const;
const everyone = ['sunday', ...data, '--listeners', 'all'] as const;
const columns = ['user_id', 'week', 'rank', 'track_id', 'score', 'source', 'propensity'];
let first: Ended;
let report: SundayReport;

beforeAll(async () => {
  await worldLake(dataDir, presets.tiny);
  first = await deepcuts(...everyone, '--json');
  report = JSON.parse(first.stdout) as SundayReport;
});
afterAll(() => removeFolder(folder));

describe('--json', () => {
  it('holds also while LightGBM trains, which prints nothing', () => {
    expect([first.code, report.ranked]).toEqual([0, true]);
    expect(first.stderr).toContain('ranker');
    expect(first.stderr).not.toMatch(/lightgbm|warning/i);
  });

  it('prints one document and nothing else on stdout, progress on stderr', async () => {
    for (const [args, progress] of [
      [['refine'], true],
      [['train'], true],
      [['evaluate'], true],
      [['sunday', '--listeners', 'all', '--dry-run'], true],
      [['show', 'u0000001'], false],
      [['doctor'], false],
    ] as const) {
      const { code, stdout, stderr } = await deepcuts(...args, ...data, '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toBeTypeOf('object');
      expect(stderr.includes('refine')).toBe(progress);
    }
  });

  it('with --quiet prints nothing on stderr', async () => {
    const { code, stderr } = await deepcuts('refine', ...data, '--json', '--quiet');
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('export', () => {
  it('has the same rows under exactly the seven columns in every format', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const contents: unknown[] = [];
    for (const format of ['parquet', 'csv', 'jsonl']) {
      const path = join(out, `lists.${format}`);
      const { code, stdout } = await deepcuts(
        'export',
        ...data,
        '--format',
        format,
        '--out',
        path,
        '--json',
      );
      expect(code).toBe(0);
      const reader = { parquet: 'read_parquet', csv: 'read_csv', jsonl: 'read_json' }[format];
      const rows = await connection.runAndReadAll(`FROM ${reader}('${path}')`);
      expect(rows.columnNames()).toEqual(columns);
      const summary = await connection.runAndReadAll(
        `SELECT count(*)::INT AS rows, count(DISTINCT user_id)::INT AS listeners, min(rank)::INT, max(rank)::INT,
           min(week), max(week), bool_and(propensity > 0 AND propensity <= 1),
           md5(string_agg(concat_ws('|', user_id, rank, track_id, score, source, propensity), ';' ORDER BY user_id, rank))
         FROM ${reader}('${path}')`,
      );
      const { rows: told, listeners } = JSON.parse(stdout) as { rows: number; listeners: number };
      expect(summary.getRows()[0]?.slice(0, 7)).toEqual([
        told,
        listeners,
        1,
        30,
        report.week,
        report.week,
        true,
      ]);
      expect(listeners).toBe(report.listeners);
      contents.push(summary.getRows()[0]);
    }
    expect(contents[1]).toEqual(contents[0]);
    expect(contents[2]).toEqual(contents[0]);
    connection.closeSync();
    expect(readdirSync(out).toSorted()).toEqual(['lists.csv', 'lists.jsonl', 'lists.parquet']);
    expect(readFileSync(join(out, 'lists.csv'), 'utf8').split('\n')[0]).toBe(columns.join(','));
  });

  it('to a place that cannot be written leaves nothing behind', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, 'mine');
    const before = readdirSync(folder).toSorted();
    for (const path of [join(file, 'lists.csv'), dataDir]) {
      const { code, stdout, stderr } = await deepcuts(
        'export',
        ...data,
        '--format',
        'csv',
        '--out',
        path,
      );
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/\[system\.e\w+\]/);
    }
    expect(readdirSync(folder).toSorted()).toEqual(before);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('show', () => {
  it('prints thirty lines with reasons, and marks a stranger’s list as the fallback', async () => {
    const known = await deepcuts('show', 'u0000001', ...data);
    const stranger = await deepcuts('show', 'no body/../', ...data, '--country', 'de');
    for (const { code, stdout } of [known, stranger]) {
      expect(code).toBe(0);
      expect(stdout.match(/^ {1,2}\d+\. .+ – .+ {2}\w/gm)).toHaveLength(30);
    }
    expect(stranger.stdout).toContain('(fallback');
  });
});

describe('the pointer', () => {
  it('does not move for a week without a run, nor back where nothing was before', async () => {
    const unknown = await deepcuts('publish', '2020-W10', ...data);
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('[publish.no_run]'),
    ]);
    const back = await deepcuts('rollback', ...data);
    expect([back.code, back.stderr]).toEqual([1, expect.stringContaining('[publish.no_previous]')]);
    const again = await deepcuts('publish', report.week, ...data, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ current: report.generation, epoch: 1 });
  });

  it('stays when the gate holds the week, which is exit code 3 and names the setting', async () => {
    const config = join(folder, 'strict.toml');
    writeFileSync(
      config,
      '[gate]\nmax_short_share = 0.0\nmin_lists_share = 1.0\nmax_overlap = 0.0\n',
    );
    const held = await deepcuts(
      ...everyone,
      '--config',
      config,
      '--as-of',
      '2026-11-15',
      '--setting',
      'adventurous',
    );
    expect(held.code).toBe(3);
    expect(held.stdout).toContain('The gate held the week');
    expect(held.stdout).toContain('(gate.max_overlap)');
    const refused = await deepcuts('publish', '2026-W47', ...data);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[publish.held]')]);
    const shown = JSON.parse(
      (await deepcuts('show', 'u0000001', ...data, '--json')).stdout,
    ) as object;
    expect(shown).toMatchObject({ generation: report.generation });
  });
});

/** Forgets runs and store, keeps lake and artifacts: the next Sunday makes all lists again. */
function forgetLists(): void {
  rmSync(join(dataDir, 'runs'), { recursive: true, force: true });
  rmSync(join(dataDir, 'store'), { recursive: true, force: true });
}
const runStarted = (): boolean => existsSync(join(dataDir, 'runs', report.week));

describe('a Sunday', () => {
  it('refuses to start while another one runs in the folder', async () => {
    forgetLists();
    const running = start([main, ...everyone]);
    await until(() => existsSync(join(dataDir, 'runs', '.lock')));
    running.child.kill('SIGSTOP');
    const second = await deepcuts(...everyone);
    running.child.kill('SIGCONT');
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining('[weekly.locked]')]);
    expect((await running.ended).code).toBe(0);
  });

  it.each([
    ['the program', [main]],
    ['the launcher', [launcher]],
  ])('stopped by Ctrl-C at %s leaves a run that --resume ends the same', async (_, program) => {
    forgetLists();
    const running = start([...program, ...everyone, '--shards', '8']);
    await until(runStarted);
    process.kill(-(running.child.pid as number), 'SIGINT');
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('The run was stopped.')]);
    expect(stderr).toContain('Continue it with --resume.');
    expect(existsSync(join(dataDir, 'runs', '.lock'))).toBe(false);
    const resumed = await deepcuts(...everyone, '--shards', '8', '--resume', '--json');
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      listsDigest: report.listsDigest,
      generation: report.generation,
    });
  });
});

describe('serve through the launcher', () => {
  it('answers until a signal, then ends with 0', async () => {
    for (const stop of [
      (pid: number) => process.kill(pid, 'SIGTERM'),
      (pid: number) => process.kill(-pid, 'SIGINT'),
    ]) {
      const running = start([launcher, 'serve', ...data, '--port', '0', '--json']);
      let printed = '';
      running.child.stdout?.on('data', (part: Buffer) => (printed += part.toString('utf8')));
      await until(() => printed.endsWith('}\n'));
      const { url } = JSON.parse(printed) as { url: string };
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      stop(running.child.pid as number);
      expect(await running.ended).toMatchObject({ code: 0, signal: null });
      await expect(fetch(`${url}/readyz`)).rejects.toThrow('fetch failed');
    }
  });

  it('ends by the signal that ended the program', async () => {
    const running = start([launcher, 'serve', ...data, '--port', '0']);
    const pid = running.child.pid as number;
    const children = `/proc/${pid}/task/${pid}/children`;
    await until(() => readFileSync(children, 'utf8') !== '');
    process.kill(Number(readFileSync(children, 'utf8')), 'SIGTERM');
    expect((await running.ended).signal).toBe('SIGTERM');
  });
});
