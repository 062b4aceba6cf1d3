import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { missed, published } from '../bench/world/published.ts';
import { type Statistics, statisticsOf } from '../bench/world/statistics.ts';
import { orderAgreement } from '../bench/world/order.ts';
import { generateWorld, presets } from '../src/simulation/index.ts';
import { removeFolder, temporaryFolder } from './support/workspaces.ts';

describe('the lifelike world', () => {
  const folder = temporaryFolder('lifelike');
  let statistics: Statistics;

  beforeAll(async () => {
    const world = join(folder, 'world');
    await generateWorld(presets.lifelike, world, {});
    statistics = await statisticsOf(world, presets.lifelike);
  });
  afterAll(() => removeFolder(folder));

  it('has every published statistic of listening within a fifth', () => {
    expect(missed(statistics).map(({ title }) => title)).toEqual([]);
  });

  it('is found out where a statistic is off', () => {
    const off = { ...statistics, topShare: 0.3, skippedBy5: 0.3 };
    expect(missed(off).map(({ statistic }) => statistic)).toEqual(['topShare', 'skippedBy5']);
    expect(published).toHaveLength(7);
  });
});

describe('the order of methods', () => {
  const users = Array.from({ length: 40 }, (_, i) => `u${i}`);
  const constant = (value: number): number[] => users.map((_, i) => value + (i % 2) * 0.01);
  const noisy = (value: number): number[] => users.map((_, i) => value + (i % 2) - 0.5);

  it('counts pairs that are clear on real data and their order on the world', () => {
    const real = { users, ndcg: { a: constant(0.3), b: constant(0.2), c: constant(0.1) } };
    const world = { users, ndcg: { a: constant(0.5), b: constant(0.1), c: constant(0.4) } };
    const found = orderAgreement(real, world);
    expect(found).toMatchObject({ pairs: 3, same: 2, sure: 2, opposite: 1 });
    expect(found.clear.map(({ first, second }) => first + second)).toEqual(['ab', 'ac', 'bc']);
  });

  it('leaves out what real data cannot tell, and methods that one side lacks', () => {
    const real = { users, ndcg: { a: noisy(0.3), b: constant(0.3), d: constant(0.1) } };
    const world = { users, ndcg: { a: constant(0.5), b: constant(0.1) } };
    expect(orderAgreement(real, world)).toMatchObject({ methods: ['a', 'b'], pairs: 1, clear: [] });
  });
});
