import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command } from '../command.ts';

export const command: Command = {
  name: 'init',
  summary: 'Writes a deepcuts.toml in which every setting stands with its default.',
  usage: 'DIR',
  positionals: { min: 1, max: 1 },
  options: { schema: { type: 'boolean', help: 'also write deepcuts.schema.json for editors' } },
  async run({ positionals, values, report }) {
    const { ConfigError } = await import('../../domain/index.ts');
    const { configJsonSchema, configTemplate } = await import('../../app/index.ts');
    const dir = positionals[0] as string;
    const path = join(dir, 'deepcuts.toml');
    if (existsSync(path))
      throw new ConfigError(`${path} exists already.`, {
        code: 'init.exists',
        remedy: 'Edit it, or remove it first.',
      });
    mkdirSync(dir, { recursive: true });
    writeFileSync(path, configTemplate());
    if (values['schema'] === true)
      writeFileSync(
        join(dir, 'deepcuts.schema.json'),
        `${JSON.stringify(configJsonSchema(), null, 1)}\n`,
      );
    report.result({ written: path }, () => `Wrote ${path}.`);
    return 0;
  },
};
