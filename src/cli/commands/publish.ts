import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Command } from '../command.ts';

export const command: Command = {
  name: 'publish',
  summary:
    'Publishes a finished run of a week: loads it beside the live generation and flips the pointer.',
  usage: 'WEEK',
  positionals: { min: 1, max: 1 },
  options: {
    run: {
      type: 'string',
      value: 'DIGEST',
      help: 'which run of the week (default: the latest as-of time)',
    },
  },
  async run({ positionals, values, report }) {
    const { NotFoundError, parseWeek } = await import('../../domain/index.ts');
    const { openWorkspace, withStore } = await import('../../app/index.ts');
    const { RunFolder, publishRun } = await import('../../weekly/index.ts');
    const workspace = await openWorkspace(
      values['data'] as string | undefined,
      values['config'] as string | undefined,
    );
    const week = parseWeek(positionals[0] as string);
    const folder = join(workspace.dataDir, 'runs', week);
    const wanted = values['run'] as string | undefined;
    const asOf = (name: string): number =>
      RunFolder.reopen(workspace.dataDir, join('runs', week, name)).plan.asOf;
    const madeAt = (name: string): number => statSync(join(folder, name)).mtimeMs;
    const runs = existsSync(folder)
      ? readdirSync(folder)
          .filter(
            (name) =>
              /^[0-9a-f]{16}$/.test(name) &&
              existsSync(join(folder, name, 'plan.json')) &&
              (wanted === undefined || name.startsWith(wanted)),
          )
          .toSorted((a, b) => asOf(b) - asOf(a) || madeAt(b) - madeAt(a))
      : [];
    if (runs[0] === undefined)
      throw new NotFoundError(`There is no run of week ${week}.`, {
        code: 'publish.no_run',
        remedy: 'Make one with "deepcuts sunday".',
      });
    report.stage('publish');
    const pointer = await withStore(workspace, (store) =>
      publishRun(workspace.dataDir, store, join('runs', week, runs[0] as string), Date.now()),
    );
    report.result(
      pointer,
      () => `Live: ${pointer.current}; before it: ${pointer.previous ?? 'none'}.`,
    );
    return 0;
  },
};
