import { expect, it } from 'vitest';
import { fuzzKind } from './fuzz/fuzz-kind.ts';
import { kinds } from './fuzz/kinds.ts';

it.each(kinds)('$name: every input is accepted or refused by name', async (kind) => {
  const { tried, failures } = await fuzzKind(kind, {
    seed: 1,
    ms: Number.POSITIVE_INFINITY,
    inputs: 20,
    now: Date.now,
  });
  expect(failures.map(({ input, why }) => `${input.name}: ${why}`)).toEqual([]);
  expect(tried).toBeGreaterThan(20);
});
