import { type Command } from '../command.ts';

export const command: Command = {
  name: 'daily',
  summary:
    "The day's plays in: statistics of the day, item vectors moved by it; costs what the day is, not the history.",
  usage: '[PATH…]',
  positionals: { min: 0, max: 10_000 },
  options: {
    format: {
      type: 'string',
      value: 'F',
      help: 'of the files: generic, session-rec or interactions (default: generic)',
    },
    'as-of': {
      type: 'string',
      value: 'TIME',
      help: 'leave ingests with an event at or after it to a later run (default: take all)',
    },
  },
  details: [
    'PATHs are ingested first; without one, what was ingested since the last training is taken.',
    'Late events are counted and left to the next refine. Repeating a run changes nothing.',
    "Exit code 4: the day's vectors were refused, for they strayed too far from the base.",
  ],
  async run({ positionals, values, report }) {
    const { ConfigError } = await import('../../domain/index.ts');
    const { dailyText, nearest, openWorkspace, parseTime, runDaily } =
      await import('../../app/index.ts');
    const { ingestFormats } = await import('../../lake/index.ts');
    const asOf = parseTime(values['as-of'] as string | undefined);
    const wanted = (values['format'] as string | undefined) ?? 'generic';
    const format = ingestFormats.find((name) => name === wanted);
    if (format === undefined)
      throw new ConfigError(`There is no format "${wanted}".`, {
        code: 'ingest.format',
        remedy: `Did you mean "${nearest(wanted, ingestFormats)}"?`,
      });
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const result = await runDaily(workspace, {
      paths: positionals,
      format,
      asOf,
      now: Date.now(),
      onStage: report.stage,
    });
    report.result(result, () => dailyText(result));
    const { vectors } = result;
    return vectors !== null && vectors.learned > 0 && vectors.refused ? 4 : 0;
  },
};
