import { type Interval } from '../domain/index.ts';
import {
  type Evaluation,
  type FoldInEvaluation,
  type RecipeComparison,
  type Row,
} from '../evaluation/index.ts';
import { type ImportanceShare } from '../ranking/index.ts';

const number = (value: number, digits: number): string =>
  Number.isNaN(value) ? '–' : value.toFixed(digits).replace(/^(-?)0\./, '$1.');

/** `.0291 [.0219, .0366]` */
export function intervalText({ mean, low, high }: Interval, digits = 4): string {
  return `${number(mean, digits)} [${number(low, digits)}, ${number(high, digits)}]`;
}

const columns: readonly (readonly [string, (row: Row) => string])[] = [
  ['method', (row) => row.name],
  ['NDCG@30', (row) => intervalText(row.metrics.ndcg)],
  ['HR@30', (row) => number(row.metrics.hr.mean, 3)],
  ['percentile', (row) => number(row.metrics.percentile.mean, 3)],
  ['new artists', (row) => number(row.metrics.newArtistShare.mean, 2)],
  ['new-artist NDCG', (row) => number(row.metrics.newArtistNdcg.mean, 4)],
  ['artists', (row) => number(row.metrics.artists.mean, 1)],
  ['novelty', (row) => number(row.metrics.novelty.mean, 2)],
  ['diversity', (row) => number(row.metrics.diversity.mean, 2)],
  ['KL', (row) => number(row.metrics.kl.mean, 3)],
  ['coverage', (row) => number(row.coverage, 3)],
  ['Gini', (row) => number(row.artistGini, 3)],
  ['saved share', (row) => number(row.metrics.savedShare.mean, 3)],
];

/** The table of an evaluation as Markdown, with the paired differences below it. */
export function evaluationText(evaluation: Evaluation): string {
  const { rows, differences } = evaluation;
  const habit = rows[0]?.metrics.habit.mean ?? Number.NaN;
  const balanced = rows.find((row) => row.name === 'balanced');
  return [
    `Protocol ${evaluation.protocol}, ${evaluation.test ? 'test' : 'tuning'}: ${evaluation.points.map((p) => p.name).join(', ')}; ${evaluation.judged} listener-points, ${evaluation.listeners} listeners; recipe ${evaluation.recipe}.`,
    `The habit of these listeners stands at percentile ${number(habit, 3)}. Saved share is biased towards what was exposed before.`,
    ...(evaluation.labelsShrunk
      ? [
          `The history is short: label periods shrank to ${evaluation.labelDays.toFixed(1)} days, from several cut points.`,
        ]
      : []),
    '',
    ...markdownTable([
      columns.map(([title]) => title),
      ...rows.map((row) => columns.map(([, cell]) => cell(row))),
    ]),
    '',
    'Paired differences, 95 % bootstrap intervals:',
    ...differences.map(
      (d) => `  ${d.metric}: ${d.name} - ${d.against} = ${intervalText(d.difference)}`,
    ),
    ...(balanced === undefined
      ? []
      : [
          `  percentile: balanced - habit = ${intervalText(balanced.metrics.percentileMinusHabit)}`,
        ]),
    ...importanceText(evaluation.importance),
  ].join('\n');
}

const featuresShown = 10;

/** The features that a ranker gains most by; no lines without a ranker. */
function importanceText(importance: readonly ImportanceShare[]): string[] {
  if (importance.length === 0) return [];
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    '',
    `What the ranker looks at (${Math.min(featuresShown, importance.length)} of ${importance.length} features used):`,
    '',
    ...markdownTable([
      ['feature', 'gain', 'splits'],
      ...importance
        .slice(0, featuresShown)
        .map((row) => [row.feature, percent(row.gainShare), percent(row.splitShare)]),
    ]),
  ];
}

/** What each recipe adds, as Markdown: value, and the paired difference from the first recipe. */
export function recipesText({ test, judged, recipes, figures }: RecipeComparison): string {
  const cell = (interval: Interval | undefined): string =>
    interval === undefined ? '' : intervalText(interval);
  return [
    `Recipes on the ${test ? 'test' : 'tuning'} weeks, ${judged} listener-points; differences from "${recipes[0] ?? ''}" are paired.`,
    '',
    ...markdownTable([
      ['figure', ...recipes, ...recipes.slice(1).map((name) => `${name} - ${recipes[0] ?? ''}`)],
      ...figures.map(({ name, values, differences }) => [
        name,
        ...recipes.map((recipe) => cell(values[recipe])),
        ...recipes.slice(1).map((recipe) => cell(differences[recipe])),
      ]),
    ]),
  ].join('\n');
}

/** The table of a fold-in evaluation as Markdown. */
export function foldInText(evaluation: FoldInEvaluation): string {
  return [
    `Protocol fold-in, ${evaluation.test ? 'test' : 'validation'}, seed ${evaluation.seed}: ${evaluation.judged} listeners; recipe ${evaluation.recipe}.`,
    '',
    ...markdownTable([
      ['method', 'NDCG@10', 'Recall@10', 'Recall@50'],
      ...evaluation.rows.map((row) => [
        row.name,
        intervalText(row.ndcg10),
        intervalText(row.recall10),
        intervalText(row.recall50),
      ]),
    ]),
  ].join('\n');
}

function markdownTable(cells: readonly (readonly string[])[]): string[] {
  const [head = [], ...body] = cells;
  const widths = head.map((_, i) => Math.max(...cells.map((line) => (line[i] ?? '').length)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, i) => text.padEnd(widths[i] as number)).join(' | ')} |`;
  return [
    line(head),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...body.map(line),
  ];
}
