import { type Command } from '../command.ts';

export const command: Command = {
  name: 'rollback',
  summary:
    'Goes back to the generation before the live one. Takes no time; a second rollback undoes it.',
  usage: '',
  positionals: { min: 0, max: 0 },
  options: {},
  async run({ values, report }) {
    const { openWorkspace, withPublished } = await import('../../app/index.ts');
    const { rollback } = await import('../../weekly/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const pointer = await withPublished(workspace, rollback);
    report.result(
      pointer,
      () => `Live: ${pointer.current}; before it: ${pointer.previous ?? 'none'}.`,
    );
    return 0;
  },
};
