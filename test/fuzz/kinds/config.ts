import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configTemplate, readConfig } from '../../../src/app/index.ts';
import { type Input, type Kind } from '../kind.ts';
import { pick } from '../mutate.ts';

const input = (text: string): Input => ({ name: 'deepcuts.toml', bytes: Buffer.from(text) });
const values = ['1', '-1', '1e400', 'nan', 'inf', '""', '"x"', 'true', '[]', '{}', '2026-01-01'];
/** The template with its settings in force. */
const settings = configTemplate()
  .split('\n')
  .map((line) => line.replace(/^# (\w+ = )/, '$1'));

export const config: Kind = {
  name: 'toml',
  special: [
    () => input(''),
    () => input(settings.join('\n')),
    () => input('[__proto__]\nx = 1\n[constructor]\nprototype = 1\n'),
    () => input('"__proto__" = { seed = 7 }\nlake.__proto__.buckets = 3\n'),
    () => input(`a = ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`),
    () => input(`a = ${'{a='.repeat(100_000)}1${'}'.repeat(100_000)}\n`),
    () => input(`${'a.'.repeat(100_000)}a = 1\n`),
    () => input(`[${'a.'.repeat(100_000)}a]\n`),
    () => input('seed = 99999999999999999999999\n'),
    () => input(`seed = "${'x'.repeat(10_000_000)}"\n`),
    () => input('seed = 1\nseed = 2\n'),
    () => input('\uFEFFseed = 1\r\n'),
    () => input('seed = 1\0'),
  ],
  invented: (rng) => {
    const lines = settings.filter(() => rng.uniform() < 0.6);
    const at = Math.floor(rng.uniform() * lines.length);
    const line = (lines[at] ?? 'seed = 1').replace(/=.*/, `= ${pick(rng, values)}`);
    return input(lines.with(at, line).join('\n'));
  },
  open: (folder) =>
    Promise.resolve({
      take: async ({ bytes }) => {
        writeFileSync(join(folder, 'deepcuts.toml'), bytes);
        await readConfig(folder);
        if (Object.hasOwn(Object.prototype, 'seed') || Object.hasOwn(Object.prototype, 'x'))
          throw new Error('the prototype of objects was written to');
      },
    }),
};
