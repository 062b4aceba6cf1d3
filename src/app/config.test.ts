import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { expect, it } from 'vitest';
import { checkConfig, configTemplate, readConfig } from './config.ts';

it('an empty folder needs no configuration', async () => {
  const config = await readConfig(mkdtempSync(join(tmpdir(), 'deepcuts-config-')));
  expect(config.lake.buckets).toBe(16);
  expect(config.playlist.setting).toBe('balanced');
});

it('an unknown key names the nearest known one', () => {
  expect(() => checkConfig({ lake: { bukets: 4 } }, 'deepcuts.toml')).toThrow(
    'unknown key "lake.bukets"',
  );
  expect(() => checkConfig({ lake: { bukets: 4 } }, 'deepcuts.toml')).toThrow(
    expect.objectContaining({ remedy: 'Did you mean "lake.buckets"?' }),
  );
});

it('a value out of range is refused with its key', () => {
  expect(() => checkConfig({ ranking: { label_days: -1 } }, 'x.toml')).toThrow(
    '"ranking.label_days"',
  );
});

it('broken TOML is refused with its line', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'deepcuts-config-'));
  writeFileSync(join(dir, 'deepcuts.toml'), '[lake\nbuckets = 4');
  await expect(readConfig(dir)).rejects.toThrow('deepcuts.toml, line 1:');
});

it('the template holds every setting and is valid once uncommented', () => {
  const text = configTemplate();
  const uncommented = text.replaceAll(/^# (\w+ = )/gm, '$1');
  expect(checkConfig(parse(uncommented), 'template')).toEqual(checkConfig({}, 'nothing'));
  expect(checkConfig(parse(text), 'template')).toEqual(checkConfig({}, 'nothing'));
});
