// What each candidate source finds alone, what it adds to the others, and what it costs.
//   npm run study:sources -- DATA [--fold-in] [--only NAME,NAME] [--alone]
// DATA is a data folder: its tuning weeks, or with --fold-in the validation split of its pairs. Times are
// those of one core, the listener's record read and its profile made included.
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { chainOptions, openWorkspace } from '../src/app/index.ts';
import { bootstrapMean } from '../src/domain/index.ts';
import { intervalText } from '../src/evaluation/index.ts';
import { refine } from '../src/lake/index.ts';
import { setThreads } from '../src/native/index.ts';
import { type Case, foldInCases, weeklyCases } from './sources/cases.ts';
import { type Figures, measure } from './sources/measure.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'fold-in': { type: 'boolean' },
    only: { type: 'string' },
    alone: { type: 'boolean' },
    overrides: { type: 'string' },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write('study:sources: name a data folder\n');
  process.exit(2);
}
setThreads(1);
const workspace = await openWorkspace(folder);
const silver = await refine({ dataDir: workspace.dataDir });
const onStage = (stage: string): void => void process.stderr.write(`  ${stage}\n`);
const request = { dataDir: workspace.dataDir, silver, chain: chainOptions(workspace), onStage };
const overrides = JSON.parse(values.overrides ?? '{}') as Readonly<Record<string, object>>;
const cases: readonly Case[] =
  values['fold-in'] === true
    ? await foldInCases({ ...request, overrides })
    : await weeklyCases({ ...request, overrides });
const only = values.only?.split(',');
const figures: Figures = await measure(cases, { only, alone: values.alone === true, onStage });
for (const { scratch } of cases)
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });

const { users, sources, union, counts } = figures;
const mean = (column: readonly number[]): string => intervalText(bootstrapMean(column, users));
const difference = (a: readonly number[], b: readonly number[]): string =>
  mean(a.map((value, i) => value - (b[i] as number)));
const per = (total: readonly number[], base: readonly number[] | null, micros: number): string => {
  const values = base === null ? total : total.map((x, i) => x - (base[i] as number));
  return ((1e6 * bootstrapMean(values, users).mean) / micros).toFixed(1);
};
process.stdout.write(
  [
    `${users.length} listener-points of ${folder}; one core of ${cpus()[0]?.model ?? 'unknown'}.`,
    ...(union === null
      ? []
      : [
          `Recall@500 of all sources: ${mean(union)}; of the counts recipe: ${mean(counts ?? [])}.`,
        ]),
    '',
    '| source | NDCG@30 alone | recall@500 alone | added to the others | added to counts | us a listener | NDCG, recall added per us (x 1e-6) |',
    '|---|---|---|---|---|---|---|',
    ...sources.map(({ name, ndcg, recall, without, withCounts, micros }) =>
      [
        '',
        name,
        mean(ndcg),
        mean(recall),
        without === null || union === null ? '' : difference(union, without),
        withCounts === null || counts === null ? '' : difference(withCounts, counts),
        micros.toFixed(0),
        `${per(ndcg, null, micros)}, ${without === null || union === null ? '' : per(union, without, micros)}`,
        '',
      ]
        .join(' | ')
        .trim(),
    ),
    '',
  ].join('\n'),
);
