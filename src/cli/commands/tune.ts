import { type Command } from '../command.ts';
import { wholeNumber } from '../whole-number.ts';

export const command: Command = {
  name: 'tune',
  summary: 'Searches the parameters of item2vec or of the two towers on the tuning weeks.',
  usage: 'item2vec | two-tower',
  positionals: { min: 1, max: 1 },
  details: [
    'Each trial trains the source as of every tuning point and judges it by its recall@500 of what was',
    'played first afterwards. The first trial is the default; another one is chosen only where its paired',
    'gain has an interval above 0. Written to DIR/tuning after every trial: a search that was stopped goes',
    'on. "[retrieval] tuned = true" in deepcuts.toml makes every command use what was chosen.',
  ],
  options: {
    trials: { type: 'string', value: 'N', help: 'trials in all (default: 30)' },
    budget: { type: 'string', value: 'MIN', help: 'no trial begins after so many minutes (60)' },
    seed: { type: 'string', value: 'N', help: 'seed of the search (default: 1)' },
  },
  async run({ positionals, values, report }) {
    const trials = wholeNumber(values, 'trials', { min: 1, max: 10_000 }) ?? 30;
    const minutes = wholeNumber(values, 'budget', { min: 1, max: 100_000 }) ?? 60;
    const seed = wholeNumber(values, 'seed', { min: 0, max: 0xffff_ffff }) ?? 1;
    const { ConfigError } = await import('../../domain/index.ts');
    const { chainOptions, openWorkspace, tunedText } = await import('../../app/index.ts');
    const { tune, tuneTargets } = await import('../../evaluation/index.ts');
    const { refine } = await import('../../lake/index.ts');
    const name = positionals[0] as string;
    const target = tuneTargets.find((known) => known.name === name);
    if (target === undefined)
      throw new ConfigError(`There is nothing to tune by the name "${name}".`, {
        code: 'tune.target',
        remedy: `Use ${tuneTargets.map((known) => known.name).join(' or ')}.`,
      });
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const { dataDir } = workspace;
    report.stage('refine');
    const silver = await refine({ dataDir });
    report.stage(`trials of ${name}`);
    const tuned = await tune({
      dataDir,
      silver,
      chain: chainOptions(workspace),
      target,
      trials,
      budgetSeconds: 60 * minutes,
      seed,
      onTrial: report.progress,
      clock: () => performance.now() / 1000,
    });
    report.result(tuned, () => tunedText(dataDir, tuned));
    return 0;
  },
};
