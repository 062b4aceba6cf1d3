import type { Artifact } from '../../platform/index.ts';
import type { CutPlan } from '../../ranking/index.ts';
import { type Command } from '../command.ts';

const kinds: readonly string[] = ['item2vec', 'two-tower', 'index', 'ranker', 'all'];

export const command: Command = {
  name: 'train',
  summary:
    'Trains item2vec, two-tower, index, ranker, or all (default), as of a time; what exists is kept.',
  usage: '[item2vec|two-tower|index|ranker|all]',
  positionals: { min: 0, max: 1 },
  options: {
    'as-of': {
      type: 'string',
      value: 'TIME',
      help: 'read nothing at or after it (default: just after the newest event)',
    },
  },
  async run({ values, positionals, report }) {
    const kind = positionals[0] ?? 'all';
    const { ConfigError } = await import('../../domain/index.ts');
    if (!kinds.includes(kind))
      throw new ConfigError(`There is no model "${kind}".`, {
        code: 'train.kind',
        remedy: `Use one of ${kinds.join(', ')}.`,
      });
    const { chainOptions, lakeLimits, openWorkspace, parseTime } =
      await import('../../app/index.ts');
    const { newestEvent, refine } = await import('../../lake/index.ts');
    const { retrievalParts } = await import('../../retrieval/index.ts');
    const { chainAt, retrievalAt } = await import('../../scoring/index.ts');
    const wanted = parseTime(values['as-of'] as string | undefined);
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const { dataDir } = workspace;
    report.stage('refine');
    const silver = await refine({ dataDir, limits: lakeLimits(workspace) });
    const asOf = wanted ?? newestEvent(silver) + 1;
    const options = {
      ...chainOptions(workspace),
      onStage: report.stage,
      onProgress: report.progress,
    };
    const artifacts: Artifact[] = [];
    let cuts: CutPlan | null = null;
    if (kind === 'all' || kind === 'ranker') {
      const chain = await chainAt(dataDir, silver, asOf, options);
      artifacts.push(chain.snapshot, ...retrievalParts(chain.retrieval).values());
      if (chain.ranker !== null) artifacts.push(chain.ranker);
      ({ cuts } = chain);
    } else {
      const recipe = kind === 'item2vec' ? 'item2vec' : 'towers';
      const { retrieval } = await retrievalAt(dataDir, silver, asOf, { ...options, recipe });
      artifacts.push(...retrievalParts(retrieval).values());
    }
    const chosen = artifacts.filter(({ manifest }) => kind === 'all' || manifest.kind === kind);
    const rows = chosen.map(({ path, manifest }) => ({
      kind: manifest.kind,
      version: manifest.version,
      contentDigest: manifest.contentDigest,
      path,
    }));
    report.result({ asOf: new Date(asOf).toISOString(), artifacts: rows, cuts }, () =>
      rows
        .map((row) => `${row.kind.padEnd(10)} ${row.version}  ${row.contentDigest.slice(0, 16)}`)
        .join('\n'),
    );
    return 0;
  },
};
