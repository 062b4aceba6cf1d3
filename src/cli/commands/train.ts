import { type Command } from '../command.ts';

export const command: Command = {
  name: 'train',
  summary:
    'Builds snapshot, candidate sources and ranker as of a time; what exists already is kept.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: {
    'as-of': {
      type: 'string',
      value: 'TIME',
      help: 'read nothing at or after it (default: just after the newest event)',
    },
  },
  async run({ values, report }) {
    const { chainOptions, openWorkspace, parseTime } = await import('../../app/index.ts');
    const { newestEvent, refine } = await import('../../lake/index.ts');
    const { retrievalParts } = await import('../../retrieval/index.ts');
    const { chainAt } = await import('../../scoring/index.ts');
    const wanted = parseTime(values['as-of'] as string | undefined);
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const { dataDir } = workspace;
    report.stage('refine');
    const silver = await refine({ dataDir });
    const asOf = wanted ?? newestEvent(silver) + 1;
    const chain = await chainAt(dataDir, silver, asOf, {
      ...chainOptions(workspace),
      onStage: report.stage,
    });
    const artifacts = [
      chain.snapshot,
      ...retrievalParts(chain.retrieval).values(),
      ...(chain.ranker === null ? [] : [chain.ranker]),
    ];
    const rows = artifacts.map(({ path, manifest }) => ({
      kind: manifest.kind,
      version: manifest.version,
      contentDigest: manifest.contentDigest,
      path,
    }));
    report.result({ asOf: new Date(asOf).toISOString(), artifacts: rows, cuts: chain.cuts }, () =>
      rows
        .map((row) => `${row.kind.padEnd(10)} ${row.version}  ${row.contentDigest.slice(0, 16)}`)
        .join('\n'),
    );
    return 0;
  },
};
