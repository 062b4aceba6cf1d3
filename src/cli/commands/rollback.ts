import { type Command } from '../command.ts';

export const command: Command = {
  name: 'rollback',
  summary:
    'Goes back to the generation before the live one. Takes no time; a second rollback undoes it.',
  usage: '[WEEK]',
  positionals: { min: 0, max: 1 },
  options: {},
  details: ['With WEEK it goes back to that week alone, and may be repeated.'],
  async run({ positionals, values, report }) {
    const { parseWeek } = await import('../../domain/index.ts');
    const { openWorkspace, withPublished } = await import('../../app/index.ts');
    const { rollback } = await import('../../weekly/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const [week] = positionals.map(parseWeek);
    const pointer = await withPublished(workspace, (store) => rollback(store, week));
    report.result(
      pointer,
      () => `Live: ${pointer.current}; before it: ${pointer.previous ?? 'none'}.`,
    );
    return 0;
  },
};
