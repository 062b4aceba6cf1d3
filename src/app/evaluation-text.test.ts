import { expect, it } from 'vitest';
import { type Evaluation, type MetricName, metricNames } from '../evaluation/index.ts';
import { evaluationText } from './evaluation-text.ts';
import { weeklyLedger } from './ledger.ts';

const interval = { mean: 0.25, low: 0.125, high: 0.5, n: 4 };
const metrics = Object.fromEntries(metricNames.map((name) => [name, interval])) as Readonly<
  Record<MetricName, typeof interval>
>;
const evaluation: Evaluation = {
  protocol: 'weekly',
  test: true,
  points: [{ name: 'last week', at: 0, until: 1 }],
  judged: 4,
  listeners: 4,
  rows: [
    {
      name: 'accurate',
      isSetting: true,
      metrics,
      coverage: 0.5,
      artistGini: 0.5,
      coreMicroseconds: 1234.4,
      ndcgPerMillisecond: 0.2,
    },
  ],
  differences: [],
  importance: [],
  saves: true,
  labelDays: 7,
  labelsShrunk: false,
  recipe: 'cafe',
};

const head = (text: string): string | undefined =>
  text.split('\n').find((line) => line.startsWith('| method'));

it('the saved share of hits stands first wherever anybody saves anything', () => {
  expect(head(evaluationText(evaluation))).toMatch(
    /^\| method +\| saved share of hits \(biased\) +\| NDCG@30/,
  );
  const without = evaluationText({ ...evaluation, saves: false });
  expect(head(without)).toMatch(/^\| method +\| NDCG@30/);
  expect(without).toContain('Nobody saves anything');
});

it('the ledger keeps figures and no times', () => {
  const text = JSON.stringify(weeklyLedger(evaluation));
  expect(text).toContain('"recipe":"cafe","judged":4,"method":"accurate"');
  expect(text).not.toContain('1234');
});
