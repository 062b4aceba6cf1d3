import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command } from '../command.ts';

export const command: Command = {
  name: 'ingest',
  summary:
    'Reads files of plays (and catalogue, listeners, playlists) into the lake. Repeating it is harmless.',
  usage: 'PATH…',
  positionals: { min: 1, max: 10_000 },
  options: {
    format: {
      type: 'string',
      value: 'F',
      help: 'generic, session-rec or interactions (default: generic)',
    },
  },
  details: [
    'generic       a folder of events, tracks, listeners, playlists as Parquet, CSV or JSONL (.gz, .zst);',
    '              only user_id, track_id and ts of events are required',
    'session-rec   TSV with UserId SessionId ItemId Time [ArtistId]',
    'interactions  CSV with user_id, track_id[, count], and a track_ids.csv beside it; no clock',
    'Rows that cannot be used go to quarantine with file, row and reason; they are counted.',
  ],
  async run({ positionals, values, report }) {
    const { ConfigError } = await import('../../domain/index.ts');
    const { ingestText, lakeLimits, nearest, openWorkspace } = await import('../../app/index.ts');
    const { ingest, ingestFormats } = await import('../../lake/index.ts');
    const { dataDir, config } = await openWorkspace(
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
    report.stage('ingest');
    const result = await ingest({
      dataDir,
      paths: positionals,
      format: known,
      now: Date.now(),
      limits: lakeLimits({ config }),
      // the number counts for a new lake only
      ...(existsSync(join(dataDir, 'lake', 'lake.json')) ? {} : { buckets: config.lake.buckets }),
    });
    report.result(result, () => ingestText(result));
    return 0;
  },
};
