import { type Command } from '../command.ts';
import type { WorldConfig } from '../../simulation/index.ts';
import { wholeNumber } from '../whole-number.ts';

export const command: Command = {
  name: 'world',
  summary:
    'Makes a seeded synthetic world as a folder in the generic input format, with its truth; its next week; or attacks on it.',
  usage: 'new DIR | live WORLD --lists FILE | attack WORLD --out DIR',
  positionals: { min: 2, max: 2 },
  details: [
    'live: the next week of a world made with --ahead, written to WORLD/live/WEEK to be ingested: people',
    'open the lists of FILE (written by "deepcuts export --format parquet") as they would any; delivered/',
    'there keeps what came of every track. Without --lists nobody gets a list. All are held in memory.',
    'attack: farms, 31-second plays, hijacked accounts and heavy people who look like them, as a',
    'folder to be ingested beside the world; its truth/ names accounts and sessions.',
  ],
  options: {
    preset: { type: 'string', value: 'P', help: 'demo (default), lifelike, test or tiny' },
    seed: { type: 'string', value: 'N', help: 'seed of everything in it' },
    listeners: { type: 'string', value: 'N', help: 'listeners' },
    tracks: { type: 'string', value: 'N', help: 'recordings' },
    weeks: { type: 'string', value: 'N', help: 'weeks of listening' },
    ahead: {
      type: 'string',
      value: 'N',
      help: 'weeks to come, for "live"; the world ends so much earlier',
    },
    lists: { type: 'string', value: 'FILE', help: 'live: Parquet file of the lists delivered' },
    out: { type: 'string', value: 'DIR', help: 'attack: the new folder' },
    families: { type: 'string', value: 'A,B', help: 'attack: which (default: all)' },
    accounts: { type: 'string', value: 'N', help: 'attack: accounts of each family' },
  },
  async run({ positionals, values, report }) {
    const { ConfigError } = await import('../../domain/index.ts');
    const { newWorld, worldText } = await import('../../app/index.ts');
    const { presets, writeAttack } = await import('../../simulation/index.ts');
    if (positionals[0] === 'attack') {
      const [seed, accounts] = [
        wholeNumber(values, 'seed', { min: 0 }),
        wholeNumber(values, 'accounts', { min: 1 }),
      ];
      const named = values['families'] as string | undefined;
      if (values['out'] === undefined)
        throw new ConfigError('An attack needs a folder to be written to.', {
          code: 'cli.arguments',
          remedy: 'Use "deepcuts world attack WORLD --out DIR".',
        });
      report.stage('attack');
      const written = await writeAttack({
        world: positionals[1] as string,
        out: values['out'] as string,
        ...(named === undefined ? {} : { families: named.split(',') }),
        ...(seed === undefined ? {} : { seed }),
        ...(accounts === undefined ? {} : { accounts }),
      });
      report.result(written, () => JSON.stringify(written, null, 1));
      return 0;
    }
    if (positionals[0] === 'live') {
      const { liveWeek, liveWeekText } = await import('../../app/index.ts');
      const lists = (values['lists'] as string | undefined) ?? null;
      const on = { week: report.progress, stage: report.stage };
      const week = await liveWeek(positionals[1] as string, lists, on);
      report.result(week, () => liveWeekText(week));
      return 0;
    }
    if (positionals[0] !== 'new')
      throw new ConfigError(`There is no "world ${positionals[0]}".`, {
        code: 'cli.arguments',
        remedy:
          'Use "deepcuts world new DIR", "deepcuts world live WORLD" or "deepcuts world attack WORLD --out DIR".',
      });
    const name = (values['preset'] as string | undefined) ?? 'demo';
    const preset = Object.entries(presets).find(([known]) => known === name)?.[1];
    if (preset === undefined)
      throw new ConfigError(`There is no preset "${name}".`, {
        code: 'cli.preset',
        remedy: `Use ${Object.keys(presets).join(', ')}.`,
      });
    const number = (
      option: 'seed' | 'listeners' | 'tracks' | 'weeks' | 'ahead',
    ): Record<string, number> => {
      const value = wholeNumber(values, option, {
        min: option === 'seed' || option === 'ahead' ? 0 : 1,
      });
      return value === undefined ? {} : { [option]: value };
    };
    report.stage('world');
    const config: { endsAt: number; ahead?: number } & WorldConfig = {
      ...preset,
      ...number('seed'),
      ...number('listeners'),
      ...number('tracks'),
      ...number('weeks'),
      ...number('ahead'),
    };
    // the weeks to come end when the preset does: a lake takes nothing that is later than the clock
    config.endsAt -= (config.ahead ?? 0) * 7 * 86_400_000;
    const folder = positionals[1] as string;
    const summary = await newWorld(config, folder);
    report.result(summary, () => worldText(folder, summary));
    return 0;
  },
};
