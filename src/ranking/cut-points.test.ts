import { expect, it } from 'vitest';
import { cutPoints } from './index.ts';

const day = 86_400_000;

it('a long history gives one cut, a label period before the as-of time', () => {
  const plan = cutPoints([{ start: 0, end: 56 * day }], 50 * day, 7);
  expect(plan).toEqual({ cuts: [{ cut: 43 * day, until: 50 * day }], labelDays: 7, shrunk: false });
});

it('a short history shrinks the period and cuts earlier stretches too, never past the as-of time', () => {
  const spans = [
    { start: 0, end: 5 * day },
    { start: 60 * day, end: 65 * day },
    { start: 120 * day, end: 125 * day },
  ];
  const plan = cutPoints(spans, 122 * day, 7);
  expect(plan.shrunk).toBe(true);
  expect(plan.labelDays).toBeCloseTo(3);
  expect(plan.cuts).toHaveLength(2 * 2 + 3);
  for (const { cut, until } of plan.cuts) {
    expect(cut).toBeLessThan(until);
    expect(until).toBeLessThanOrEqual(122 * day);
  }
});

it('no events before the as-of time give no cuts', () => {
  expect(cutPoints([{ start: 10, end: 20 }], 5, 7).cuts).toEqual([]);
});
