import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Ended, deepcuts, launcher, main, start } from './support/command-line.ts';
import { removeFolder, temporaryFolder } from './support/workspaces.ts';

const folder = temporaryFolder('cli');
const empty = join(folder, 'empty');
const commands = [
  'demo',
  'init',
  'doctor',
  'ingest',
  'refine',
  'daily',
  'train',
  'evaluate',
  'sunday',
  'publish',
  'rollback',
  'serve',
  'show',
  'export',
  'world',
];
afterAll(() => removeFolder(folder));

/** Tells on the last line of stderr what modules and native libraries a process loaded. */
const watch = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
  const { dlopen } = process;
  process.dlopen = (module, path, ...rest) => { loaded.push(path); return dlopen(module, path, ...rest); };
  process.on('exit', () => process.stderr.write(JSON.stringify(loaded)));
`)}`;

describe('--help', () => {
  it('of the program names every command and the exit codes', async () => {
    for (const how of ['--help', '-h', 'help']) {
      const { code, stdout, stderr } = await deepcuts(how);
      expect([code, stderr]).toEqual([0, '']);
      for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
      expect(stdout).toContain('3 the gate said no');
    }
  });

  it.each(commands)('of %s names its options and loads no package', async (name) => {
    const { code, stdout, stderr } = await start(['--import', watch, main, name, '--help']).ended;
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: deepcuts ${name}`);
    for (const option of ['--data DIR', '--config FILE', '--json', '--quiet', '-h, --help'])
      expect(stdout).toContain(option);
    const loaded = JSON.parse(stderr) as string[];
    expect(loaded.some((url) => url.endsWith(`/commands/${name}.ts`))).toBe(true);
    expect(loaded.filter((url) => /node_modules|\.node$|\.so$/.test(url))).toEqual([]);
  });

  it('is what a bare call prints, as bad usage', async () => {
    const { code, stdout } = await deepcuts();
    expect(code).toBe(2);
    expect(stdout).toContain('Usage: deepcuts COMMAND');
  });
});

describe('bad usage exits with 2, says what to do, and touches nothing', () => {
  const outcome = ({ code, stdout }: Ended) => [code, stdout, existsSync(empty)];
  const refused = [2, '', false];

  it.each([
    ['an unknown command', ['sundya'], 'Did you mean "sunday"?'],
    ['an unknown option', ['sunday', '--shard', '3'], 'Did you mean "--shards"?'],
    ['an option without its value', ['sunday', '--as-of'], '[cli.option]'],
    ['a missing argument', ['ingest'], 'takes "PATH…", not nothing'],
    ['an argument too many', ['refine', 'now'], 'takes no arguments, not "now"'],
    [
      'a number in words',
      ['sunday', '--shards', 'four'],
      'takes a whole number from 1, not "four"',
    ],
    ['a number out of range', ['serve', '--port', '99999'], 'from 0 to 65,535'],
    ['an empty number', ['evaluate', '--seed', ''], 'not ""'],
    [
      'a day that no calendar has',
      ['sunday', '--as-of', '2026-02-30'],
      '"2026-02-30" is not a time',
    ],
    ['a time in words', ['train', '--as-of', 'yesterday'], 'Write it as 2026-11-22'],
    ['a lone number as time', ['sunday', '--as-of', '5'], '[cli.time]'],
    ['a week that is none', ['publish', '2026-W54'], 'Write it as 2026-W47'],
    ['an unknown setting', ['sunday', '--setting', 'wild'], 'accurate, balanced, adventurous'],
    ['listeners from nowhere', ['sunday', '--listeners', '/no/such/file'], '[cli.listeners]'],
    ['an unknown input format', ['ingest', '.', '--format', 'generc'], 'Did you mean "generic"?'],
    ['an unknown output format', ['export', '--format', 'xml'], 'parquet, csv, jsonl'],
    [
      'a configuration that is not there',
      ['refine', '--config', '/no/such.toml'],
      '[config.missing]',
    ],
  ])('%s', async (_, args, text) => {
    const ended = await deepcuts(...args, '--data', empty);
    expect(outcome(ended)).toEqual(refused);
    expect(ended.stderr).toContain(text);
  });

  it('broken TOML, with its line', async () => {
    const path = join(folder, 'broken.toml');
    writeFileSync(path, 'seed = 1\n[lake\n');
    const ended = await deepcuts('refine', '--data', empty, '--config', path);
    expect(outcome(ended)).toEqual(refused);
    expect(ended.stderr).toContain('broken.toml, line 2');
  });

  it('an unknown key, with the nearest one', async () => {
    const path = join(folder, 'unknown.toml');
    writeFileSync(path, '[gate]\nmax_short_shar = 0.5\n');
    const ended = await deepcuts('refine', '--data', empty, '--config', path);
    expect(outcome(ended)).toEqual(refused);
    expect(ended.stderr).toContain('unknown key "gate.max_short_shar"');
    expect(ended.stderr).toContain('Did you mean "gate.max_short_share"?');
  });
});

describe('init', () => {
  it('writes a file that other commands accept, and refuses to write it twice', async () => {
    const dir = join(folder, 'initialised');
    expect((await deepcuts('init', dir, '--schema')).code).toBe(0);
    const text = readFileSync(join(dir, 'deepcuts.toml'), 'utf8');
    const uncommented = text.replaceAll(/^# (\w+ = )/gm, '$1');
    for (const content of [text, uncommented]) {
      writeFileSync(join(dir, 'deepcuts.toml'), content);
      const doctor = await deepcuts('doctor', '--data', dir, '--json');
      const findings = JSON.parse(doctor.stdout) as { what: string; ok: boolean }[];
      expect(findings.find(({ what }) => what === 'LightGBM')).toMatchObject({ ok: true });
      expect((await deepcuts('refine', '--data', dir)).stderr).toContain('[lake.empty]');
    }
    const again = await deepcuts('init', dir);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(readFileSync(join(dir, 'deepcuts.toml'), 'utf8')).toBe(uncommented);
    expect(JSON.parse(readFileSync(join(dir, 'deepcuts.schema.json'), 'utf8'))).toHaveProperty(
      'properties.gate',
    );
  });
});

describe('a folder without data', () => {
  it.each([
    ['refine'],
    ['train'],
    ['evaluate'],
    ['sunday'],
    ['show', 'u1'],
    ['export', '--out', join(folder, 'nothing.parquet')],
    ['rollback'],
    ['publish', '2026-W47'],
  ])('fails %s with 1 and says what to run first', async (...args) => {
    const dir = join(folder, `nothing-for-${args[0]}`);
    const { code, stdout, stderr } = await deepcuts(...args, '--data', dir);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/[Rr]un "?deepcuts|with "deepcuts sunday"/);
    expect(existsSync(join(dir, 'lake'))).toBe(false);
    expect(existsSync(join(folder, 'nothing.parquet'))).toBe(false);
  });

  it('that cannot be made is an error in one line, without a stack', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { code, stderr } = await deepcuts('sunday', '--data', join(file, 'data'));
    expect(code).toBe(1);
    expect(stderr).toContain('[system.enotdir]');
    expect(stderr).not.toContain('    at ');
  });
});

describe('bin/deepcuts.mjs', () => {
  it('gives the exit codes and output of the program', async () => {
    const version = await start([launcher, '--version']).ended;
    expect([version.code, version.stdout]).toEqual([0, '0.1.0\n']);
    expect((await start([launcher, 'nonsense']).ended).code).toBe(2);
    mkdirSync(join(folder, 'cwd'), { recursive: true });
    const failed = await start([launcher, 'show', 'u1', '--data', join(folder, 'cwd')]).ended;
    expect([failed.code, failed.stdout]).toEqual([1, '']);
    expect(readdirSync(join(folder, 'cwd'))).toEqual([]);
  });
});
