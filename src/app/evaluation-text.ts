import { type Interval } from '../domain/index.ts';
import {
  type Evaluation,
  type FoldInEvaluation,
  type RankingEvaluation,
  type RankingTable,
  type RecipeComparison,
  type Row,
  intervalText,
  numberText,
} from '../evaluation/index.ts';
import { type ImportanceShare } from '../ranking/index.ts';

type Column = readonly [string, (row: Row) => string];

/** First wherever anybody saves anything: what stands in for the discovery save rate. */
const savedColumn: Column = [
  'saved share of hits (biased)',
  (row) => intervalText(row.metrics.savedShare, 3),
];

const columns: readonly Column[] = [
  ['NDCG@30', (row) => intervalText(row.metrics.ndcg)],
  ['HR@30', (row) => numberText(row.metrics.hr.mean, 3)],
  ['percentile', (row) => numberText(row.metrics.percentile.mean, 3)],
  ['new artists', (row) => numberText(row.metrics.newArtistShare.mean, 2)],
  ['new-artist NDCG', (row) => numberText(row.metrics.newArtistNdcg.mean, 4)],
  ['artists', (row) => numberText(row.metrics.artists.mean, 1)],
  ['novelty', (row) => numberText(row.metrics.novelty.mean, 2)],
  ['diversity', (row) => numberText(row.metrics.diversity.mean, 2)],
  ['vector distance', (row) => numberText(row.metrics.vectorDiversity.mean, 2)],
  ['KL', (row) => numberText(row.metrics.kl.mean, 3)],
  ['coverage', (row) => numberText(row.coverage, 3)],
  ['Gini', (row) => numberText(row.artistGini, 3)],
  ['core us', (row) => numberText(row.coreMicroseconds, 0)],
];

/** The table of an evaluation as Markdown, with the paired differences below it. */
export function evaluationText(evaluation: Evaluation): string {
  const { rows, differences, saves } = evaluation;
  const shown: readonly Column[] = [
    ['method', (row) => row.name],
    ...(saves ? [savedColumn] : []),
    ...columns,
  ];
  const habit = rows[0]?.metrics.habit.mean ?? Number.NaN;
  const balanced = rows.find((row) => row.name === 'balanced');
  return [
    `Protocol ${evaluation.protocol}, ${evaluation.test ? 'test' : 'tuning'}: ${evaluation.points.map((p) => p.name).join(', ')}; ${evaluation.judged} listener-points, ${evaluation.listeners} listeners; recipe ${evaluation.recipe}.`,
    `The habit of these listeners stands at percentile ${numberText(habit, 3)}.`,
    saves
      ? 'The saved share of hits stands in for the discovery save rate; it is biased towards what the champion exposed.'
      : 'Nobody saves anything in these weeks: there is no saved share of hits.',
    ...(evaluation.labelsShrunk
      ? [
          `The history is short: label periods shrank to ${evaluation.labelDays.toFixed(1)} days, from several cut points.`,
        ]
      : []),
    '',
    ...markdownTable([
      shown.map(([title]) => title),
      ...rows.map((row) => shown.map(([, cell]) => cell(row))),
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
export function recipesText({ judged, recipes, figures }: RecipeComparison): string {
  const cell = (interval: Interval | undefined): string =>
    interval === undefined ? '' : intervalText(interval);
  return [
    `Recipes on the tuning weeks, ${judged} listener-points; differences from "${recipes[0] ?? ''}" are paired.`,
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
    '',
    'Paired differences of the chain, 95 % bootstrap intervals:',
    ...evaluation.differences.map(
      (d) =>
        `  - ${d.against}: NDCG@10 ${intervalText(d.ndcg10)}, Recall@10 ${intervalText(d.recall10)}, Recall@50 ${intervalText(d.recall50)}`,
    ),
  ].join('\n');
}

/** The tables of a protocol that ranks tracks for queries, as Markdown. */
export function rankingText(evaluation: RankingEvaluation): string {
  const { protocol, test, about, recipe, variants } = evaluation;
  return [
    `Protocol ${protocol}, ${test ? 'test' : 'tuning'}: ${about}; recipe ${recipe}.`,
    ...variants.flatMap((table) => ['', ...rankingTableText(table)]),
  ].join('\n');
}

function rankingTableText({ variant, judged, metrics, rows, differences }: RankingTable): string[] {
  return [
    `${variant === '' ? '' : `${variant}: `}${judged} queries.`,
    '',
    ...markdownTable([
      ['method', ...metrics, 'core us'],
      ...rows.map(({ name, figures, coreMicroseconds }) => [
        name,
        ...figures.map((figure) => intervalText(figure)),
        numberText(coreMicroseconds, 0),
      ]),
    ]),
    '',
    'Paired differences, 95 % bootstrap intervals:',
    ...differences.map(
      (d) => `  ${d.metric}: ${d.name} - ${d.against} = ${intervalText(d.difference)}`,
    ),
  ];
}

export function markdownTable(cells: readonly (readonly string[])[]): string[] {
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
