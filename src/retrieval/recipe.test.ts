import { describe, expect, it } from 'vitest';
import { recipeFor, recipes } from './recipe.ts';

const namesOf = ({ sources, vectorSources }: ReturnType<typeof recipeFor>): string[] =>
  [...sources, ...vectorSources].map(({ name }) => name);

describe('a recipe with sources left out', () => {
  it('keeps every other source in order, and what describes candidates', () => {
    const whole = recipes.towers;
    const found = recipeFor('towers', { without: ['rp3beta', 'two_tower'] });
    const all = namesOf(whole);
    expect(namesOf(found)).toEqual(all.filter((n) => n !== 'rp3beta' && n !== 'two_tower'));
    expect(namesOf(found)).toHaveLength(all.length - 2);
    expect([found.item2vec, found.towers]).toEqual([whole.item2vec, whole.towers]);
  });

  it('is the recipe itself when nothing is left out', () => {
    for (const name of ['counts', 'item2vec', 'towers'] as const)
      expect(recipeFor(name, { without: [] })).toEqual(recipes[name]);
  });

  it('refuses a source that the recipe has not, and names those it has', () => {
    expect(() => recipeFor('counts', { without: ['two_tower'] })).toThrow(
      expect.objectContaining({
        code: 'retrieval.unknown_source',
        remedy: expect.stringContaining('own_artists'),
      }),
    );
  });
});
