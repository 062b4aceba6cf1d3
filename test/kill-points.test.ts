import { expect, it } from 'vitest';
import { Rng } from '../src/domain/index.ts';
import { chooseDeaths } from './suites/kill/points.ts';

const calm = {
  steps: {
    main: ['mkdirSync a', 'renameSync a b', 'writeFileSync c', 'store putSync pointer'],
    worker: ['ok line'],
  },
  changes: 5,
  ms: 100,
};

it('kills come on both sides of each telling step, then elsewhere, then at progress', () => {
  const points = chooseDeaths(calm, 12, new Rng(1));
  const at = points.flatMap((point) => (point.kind === 'step' ? [point] : []));
  expect(points).toHaveLength(12);
  expect(at.slice(0, 6).map(({ role, step, side }) => `${role} ${step} ${side}`)).toEqual([
    'main 2 before',
    'main 2 after',
    'main 4 before',
    'main 4 after',
    'worker 1 before',
    'worker 1 after',
  ]);
  expect(at).toHaveLength(8);
  const late = points.filter((point) => point.kind === 'progress' && point.changes > 5);
  expect(late).toEqual([]);
});

it('few kills are spread over all steps, the same for the same seed', () => {
  const few = chooseDeaths(calm, 3, new Rng(7));
  expect(few.map(({ kind }) => kind)).toEqual(['step', 'step', 'progress']);
  expect(chooseDeaths(calm, 3, new Rng(7))).toEqual(few);
});
