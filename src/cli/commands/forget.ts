import { type Command } from '../command.ts';

export const command: Command = {
  name: 'forget',
  summary: 'Removes listeners from lake, features, runs and store, and prints a receipt.',
  usage: '[USER…]',
  positionals: { min: 0, max: 10_000 },
  options: {
    file: { type: 'string', value: 'FILE', help: 'more listeners to forget, one id a line' },
    resume: { type: 'boolean', help: 'finish an erasure that was stopped' },
    lift: {
      type: 'boolean',
      help: 'take the tombstones of these listeners away: files that name them count again',
    },
  },
  details: [
    'Their rows leave bronze; everything made from these rows is removed, so that the next run makes it',
    'anew, as if they had never been there. Their lists leave the runs and the store at once, the',
    'lists of others stay. A tombstone (an HMAC, no id) keeps files that still name them from bringing',
    'them back. Since the next run starts from bronze, forget many at a time, before the Sunday.',
  ],
  async run({ positionals, values, report }) {
    const { ConfigError } = await import('../../domain/index.ts');
    const { forget, forgetList, liftTombstones, openWorkspace, receiptText } =
      await import('../../app/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const file = values['file'] as string | undefined;
    const users = [...positionals, ...(file === undefined ? [] : forgetList(file))];
    const resume = values['resume'] === true;
    if (users.length === 0 && !resume)
      throw new ConfigError('No listener is named.', {
        code: 'cli.arguments',
        remedy: 'Use "deepcuts forget USER", --file FILE or --resume.',
      });
    if (values['lift'] === true) {
      const lifted = liftTombstones(workspace, users);
      report.result({ lifted }, () => `Tombstones taken away: ${lifted}.`);
      return 0;
    }
    const receipt = await forget(workspace, { users, now: Date.now(), onStage: report.stage });
    report.result(receipt, () => receiptText(receipt));
    return 0;
  },
};
