import { type Command } from '../command.ts';
import { wholeNumber } from '../whole-number.ts';

export const command: Command = {
  name: 'evaluate',
  summary: 'Judges the three settings and the baselines on weeks that no model has read.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: {
    protocol: { type: 'string', value: 'P', help: 'weekly (default) or fold-in' },
    test: {
      type: 'boolean',
      help: 'the test weeks instead of the tuning weeks; the result is written to the ledger',
    },
    ledger: {
      type: 'string',
      value: 'FILE',
      help: 'where --test appends (default: DIR/ledger.md)',
    },
    recipes: {
      type: 'boolean',
      help: 'what each retrieval recipe adds (counts, item2vec, towers), on the same weeks',
    },
    seed: { type: 'string', value: 'N', help: 'fold-in: seed of the split (default: 6547893)' },
  },
  async run({ values, report }) {
    const seed = wholeNumber(values, 'seed', { min: 0, max: 0xffff_ffff }) ?? 6_547_893;
    const { ConfigError, DataError } = await import('../../domain/index.ts');
    const { appendLedger, chainOptions, evaluationText, foldInText, openWorkspace, recipesText } =
      await import('../../app/index.ts');
    const { compareRecipes, evaluateFoldIn, evaluateWeekly } =
      await import('../../evaluation/index.ts');
    const { refine } = await import('../../lake/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const { dataDir } = workspace;
    const protocol = (values['protocol'] as string | undefined) ?? 'weekly';
    if (protocol !== 'weekly' && protocol !== 'fold-in')
      throw new ConfigError(`There is no protocol "${protocol}".`, {
        code: 'evaluation.protocol',
        remedy: 'Use weekly or fold-in.',
      });
    report.stage('refine');
    const silver = await refine({ dataDir });
    const chain = { ...chainOptions(workspace), onProgress: report.progress };
    const test = values['test'] === true;
    if (protocol === 'fold-in') {
      const folded = await evaluateFoldIn({
        dataDir,
        silver,
        test,
        chain,
        seed,
        onStage: report.stage,
      });
      report.result(folded, () => foldInText(folded));
      return 0;
    }
    if (values['recipes'] === true) {
      const compared = await compareRecipes({
        dataDir,
        silver,
        test,
        chain,
        recipes: ['counts', 'item2vec', 'towers'],
        onStage: report.stage,
      });
      report.result(compared, () => recipesText(compared));
      return 0;
    }
    const evaluation = await evaluateWeekly({
      dataDir,
      silver,
      test,
      chain,
      onStage: report.stage,
    });
    if (evaluation.judged === 0)
      throw new DataError(
        'Nobody plays anything new in the held-out weeks: nothing can be judged.',
        {
          code: 'evaluation.nobody',
          remedy: 'Ingest a longer history, or lower ranking.label_days.',
        },
      );
    if (test)
      appendLedger(
        (values['ledger'] as string | undefined) ?? `${dataDir}/ledger.md`,
        evaluation,
        new Date(),
      );
    report.result(evaluation, () => evaluationText(evaluation));
    return 0;
  },
};
