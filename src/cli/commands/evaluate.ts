import { type Command } from '../command.ts';
import { wholeNumber } from '../whole-number.ts';

export const command: Command = {
  name: 'evaluate',
  summary: 'Judges what the product makes, and baselines, on plays that no model has read.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: {
    protocol: {
      type: 'string',
      value: 'P',
      help: 'weekly (default), fold-in, leave-one-out or next-track',
    },
    test: {
      type: 'boolean',
      help: 'the test points instead of the tuning points; always written to the ledger',
    },
    ledger: {
      type: 'string',
      value: 'FILE',
      help: 'where --test appends (default: DIR/ledger.md)',
    },
    recipes: {
      type: 'boolean',
      help: 'what each retrieval recipe adds (counts, item2vec, towers), on the tuning weeks',
    },
    seed: { type: 'string', value: 'N', help: 'fold-in: seed of the split (default: 6547893)' },
  },
  details: [
    'weekly         first plays of held-out weeks, by lists made as on a Sunday',
    'fold-in        held-out tracks of listeners that no model was trained on; needs no clock',
    'leave-one-out  the track each listener took up last; trained on all else, as published tables are',
    'next-track     the next play of a session, from the plays before it',
    '',
    'Settings are chosen on the tuning points. See docs/quality.md.',
  ],
  async run({ values, report }) {
    const seed = wholeNumber(values, 'seed', { min: 0, max: 0xffff_ffff }) ?? 6_547_893;
    const { ConfigError } = await import('../../domain/index.ts');
    const { chainOptions, openWorkspace, protocolNamed, recipesText, runProtocol } =
      await import('../../app/index.ts');
    const { compareRecipes, lookAtTest, recipeDigest } = await import('../../evaluation/index.ts');
    const { refine } = await import('../../lake/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const { dataDir } = workspace;
    const protocol = protocolNamed((values['protocol'] as string | undefined) ?? 'weekly');
    const test = values['test'] === true;
    const recipes = values['recipes'] === true;
    if (recipes && (test || protocol !== 'weekly'))
      throw new ConfigError('Recipes are compared on the tuning weeks alone.', {
        code: 'evaluation.tuning_only',
        remedy: 'Leave --test and --protocol out.',
      });
    report.stage('refine');
    const silver = await refine({ dataDir });
    const chain = { ...chainOptions(workspace), onProgress: report.progress };
    const request = { dataDir, silver, chain, seed, onStage: report.stage };
    if (recipes) {
      const compared = await compareRecipes({
        ...request,
        recipes: ['counts', 'item2vec', 'towers'],
      });
      report.result(compared, () => recipesText(compared));
      return 0;
    }
    const ledger = (values['ledger'] as string | undefined) ?? `${dataDir}/ledger.md`;
    const about = { ledger, protocol, recipe: recipeDigest(chain), now: new Date() };
    const { result, text } = test
      ? await lookAtTest(
          about,
          (split) => runProtocol(protocol, { ...request, split }),
          (outcome) => outcome.ledger,
        )
      : await runProtocol(protocol, { ...request, split: 'tuning' });
    report.result(result, text);
    return 0;
  },
};
