import { type Command } from '../command.ts';

export const command: Command = {
  name: 'backfill',
  summary:
    'Repairs days: the events of these files take the place of those of the days, with all made from them.',
  usage: 'PATH…',
  positionals: { min: 1, max: 10_000 },
  options: {
    from: { type: 'string', value: 'DAY', help: 'first day to repair, UTC (or a time)' },
    to: { type: 'string', value: 'DAY', help: 'last day to repair (or a time, exclusive)' },
    format: { type: 'string', value: 'F', help: 'as of ingest (default: generic)' },
  },
  details: [
    'The files hold every event of the days as they should have been; events outside the days go to',
    'quarantine. What came before of these days counts no more, and models in use are made anew, as if',
    'the days had never been broken. A day that comes late is repaired in the same way.',
  ],
  async run({ positionals, values, report }) {
    const { ConfigError } = await import('../../domain/index.ts');
    const { backfill, backfillText, daysBetween, nearest, openWorkspace } =
      await import('../../app/index.ts');
    const { ingestFormats } = await import('../../lake/index.ts');
    const range = daysBetween(
      values['from'] as string | undefined,
      values['to'] as string | undefined,
    );
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const format = (values['format'] as string | undefined) ?? 'generic';
    const known = ingestFormats.find((name) => name === format);
    if (known === undefined)
      throw new ConfigError(`There is no format "${format}".`, {
        code: 'ingest.format',
        remedy: `Did you mean "${nearest(format, ingestFormats)}"?`,
      });
    const result = await backfill(workspace, {
      paths: positionals,
      format: known,
      range,
      now: Date.now(),
      onStage: report.stage,
    });
    report.result(result, () => backfillText(result));
    return 0;
  },
};
