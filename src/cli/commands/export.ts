import { resolve } from 'node:path';
import { type Command } from '../command.ts';

export const command: Command = {
  name: 'export',
  summary:
    'Writes the live lists as a table: user_id, week, rank, track_id, score, source, propensity.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: {
    format: { type: 'string', value: 'F', help: 'parquet (default), csv or jsonl' },
    out: { type: 'string', value: 'FILE', help: 'where to (default: lists.FORMAT)' },
  },
  async run({ values, report }) {
    const { ConfigError } = await import('../../domain/index.ts');
    const { exportFormats, exportLists, liveGeneration, openWorkspace, withPublished } =
      await import('../../app/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const name = (values['format'] as string | undefined) ?? 'parquet';
    const format = exportFormats.find((known) => known === name);
    if (format === undefined)
      throw new ConfigError(`There is no export format "${name}".`, {
        code: 'export.format',
        remedy: `Use ${exportFormats.join(', ')}.`,
      });
    const out = resolve((values['out'] as string | undefined) ?? `lists.${format}`);
    const live = await withPublished(workspace, liveGeneration);
    report.stage('export');
    const counts = await exportLists(workspace.dataDir, live.info, format, out, report.progress);
    report.result(
      { generation: live.name, out, ...counts },
      () =>
        `Wrote ${counts.rows.toLocaleString('en')} rows of ${counts.listeners.toLocaleString('en')} listeners to ${out}.`,
    );
    return 0;
  },
};
