import { expect, it } from 'vitest';
import { hitRate, ndcg, precision, recall, reciprocalRank } from './index.ts';
import oracle from './ir-measures.json' with { type: 'json' };

it('metrics equal those of ir-measures on random lists, to 1e-6', () => {
  const metrics = { ndcg, precision, recall, reciprocalRank, hitRate };
  for (const values of oracle.cases) {
    const judged = {
      list: values.list,
      truth: new Set(values.truth),
      truthSize: values.truth.length,
    };
    for (const [name, metric] of Object.entries(metrics))
      expect(Math.abs(metric(judged, 30) - values[name as keyof typeof metrics])).toBeLessThan(
        1e-6,
      );
  }
  expect(oracle.cases.length).toBeGreaterThan(50);
});
