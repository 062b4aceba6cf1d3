import { describe, expect, it } from 'vitest';
import { filterList } from './filters.ts';
import { type DecodedList } from './list-value.ts';

const list: DecodedList = {
  version: 1,
  fallback: false,
  carriedOver: false,
  week: '2026-W47',
  tracks: [1, 2, 3, 4].map((track) => ({
    track,
    score: 0.5,
    source: 'rp3beta',
    propensity: 0.5,
    because: [0],
  })),
  reserve: [5, 2, 6, 7, 8].map((track) => ({ track, score: 0.1 })),
};
const none = (): boolean => false;
const open = { length: 4, explicit: none, blocked: none, market: none };

describe('read-time filters', () => {
  it('leave a list alone that nothing forbids', () => {
    expect(filterList(list, open)).toEqual({
      kept: list.tracks,
      removed: { explicit: [], blocked: [], market: [] },
    });
  });

  it('name what they take out and fill up from the reserve in its order', () => {
    const { kept, removed } = filterList(list, {
      ...open,
      explicit: (t) => t === 2 || t === 6,
      blocked: (t) => t === 3,
      market: (t) => t === 2 || t === 5,
    });
    expect(kept.map(({ track }) => track)).toEqual([1, 4, 7, 8]);
    expect(removed).toEqual({ explicit: [2, 6], blocked: [3], market: [5] });
    expect(kept[2]).toEqual({
      track: 7,
      score: 0.1,
      source: 'reserve',
      propensity: 1,
      because: [],
    });
  });

  it('give a short list when the reserve runs out, and none of everything', () => {
    expect(filterList(list, { ...open, length: 30 }).kept).toHaveLength(8);
    expect(filterList(list, { ...open, market: () => true }).kept).toEqual([]);
    expect(filterList(list, { ...open, length: 0 }).kept).toEqual([]);
  });
});
