import { describe, expect, it } from 'vitest';
import {
  bootstrapMean,
  calibrationKl,
  cappedRecall,
  catalogueCoverage,
  genreShares,
  gini,
  gradedNdcg,
  hitRate,
  intraListDiversity,
  intraListVectorDistance,
  ndcg,
  newArtistNdcg,
  newArtistShare,
  novelty,
  popularityPercentiles,
  precision,
  recall,
  reciprocalRank,
  savedShareOfHits,
} from './index.ts';

const judged = (list: number[], truth: number[]) => ({
  list,
  truth: new Set(truth),
  truthSize: truth.length,
});

describe('metrics on planted cases', () => {
  it('a perfect list scores 1 and a list without hits 0', () => {
    expect(ndcg(judged([1, 2, 3], [1, 2, 3]), 3)).toBeCloseTo(1);
    expect(ndcg(judged([4, 5], [1]), 30)).toBe(0);
    expect(hitRate(judged([4, 1], [1]), 2)).toBe(1);
    expect(hitRate(judged([4, 1], [1]), 1)).toBe(0);
  });

  it('a hit is discounted by its place', () => {
    expect(ndcg(judged([9, 1], [1, 2]), 30)).toBeCloseTo(
      1 / Math.log2(3) / (1 + 1 / Math.log2(3)),
      12,
    );
    expect(reciprocalRank(judged([9, 8, 1], [1]), 30)).toBeCloseTo(1 / 3);
  });

  it('short lists count as misses and duplicates count once', () => {
    expect(precision(judged([1], [1, 2]), 30)).toBeCloseTo(1 / 30);
    expect(precision(judged([1, 1, 1], [1]), 3)).toBeCloseTo(1 / 3);
    expect(recall(judged([1, 1], [1, 2, 3, 4]), 30)).toBe(0.25);
    expect(cappedRecall(judged([1], [1, 2, 3, 4]), 2)).toBe(0.5);
  });

  it('truth that no list can name still counts in the ideal', () => {
    const unknown = { list: [1], truth: new Set([1]), truthSize: 2 };
    expect(ndcg(unknown, 30)).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
  });

  it('nothing true gives 0, never NaN', () => {
    for (const metric of [ndcg, recall, cappedRecall, reciprocalRank, hitRate])
      expect(metric(judged([1], []), 30)).toBe(0);
  });

  it('graded gains are measured against the ideal order', () => {
    expect(gradedNdcg([3, 2, 1], [3, 2, 1], 3)).toBe(1);
    expect(gradedNdcg([1, 2], [2, 1], 2)).toBeCloseTo(
      (1 + 2 / Math.log2(3)) / (2 + 1 / Math.log2(3)),
      12,
    );
    expect(gradedNdcg([], [], 5)).toBe(0);
  });

  it('novelty is the mean information of a list', () => {
    expect(novelty([0, 1], [8, 2], 16)).toBe((1 + 3) / 2);
    expect(novelty([0], [0], 4)).toBe(2);
  });

  it('percentiles share ties and leave unplayed tracks at 0', () => {
    expect([...popularityPercentiles([5, 1, 5, 9, 0])]).toEqual([0.625, 0.25, 0.625, 1, 0]);
  });

  it('diversity is 0 within one genre and 1 across disjoint ones', () => {
    const genres = [[1], [1], [2, 3], []];
    const of = (t: number) => genres[t] as number[];
    expect(intraListDiversity([0, 1], of)).toBe(0);
    expect(intraListDiversity([0, 2], of)).toBe(1);
    expect(intraListDiversity([0, 1, 2], of)).toBeCloseTo(2 / 3);
    expect(intraListDiversity([0], of)).toBeNaN();
  });

  it('calibration is 0 where shares agree and grows where a genre is missing', () => {
    expect(calibrationKl([0.8, 0.2], [0.8, 0.2])).toBeCloseTo(0, 12);
    expect(calibrationKl([0.8, 0.2], [1, 0])).toBeCloseTo(
      0.8 * Math.log(0.8 / (0.99 + 0.008)) + 0.2 * Math.log(100),
      12,
    );
    expect(calibrationKl([0, 0], [1, 0])).toBeNaN();
    expect([...genreShares([0, 1], (t) => [[0], [0, 1]][t] as number[], 2)]).toEqual([0.75, 0.25]);
  });

  it('Gini is 0 for even exposure and towards 1 for one winner', () => {
    expect(gini([3, 3, 3])).toBeCloseTo(0, 12);
    expect(gini([0, 0, 0, 1])).toBeCloseTo(0.75, 12);
  });
});

describe('metrics of discovery on planted cases', () => {
  it('vectors are 0 apart where they point the same way and 2 where they oppose', () => {
    const vectors = [1, 0, 2, 0, -1, 0, 0, 0];
    expect(intraListVectorDistance([0, 1], vectors, 2)).toBeCloseTo(0, 12);
    expect(intraListVectorDistance([0, 2], vectors, 2)).toBeCloseTo(2, 12);
    expect(intraListVectorDistance([0, 1, 3], vectors, 2)).toBeCloseTo(0, 12);
    expect(intraListVectorDistance([0, 3], vectors, 2)).toBeNaN();
  });

  it('new artists are counted against all places of the list', () => {
    expect(newArtistShare([0, 1], [7, 8], new Set([7]), 2)).toBe(0.5);
    expect(newArtistShare([1], [7, 8], new Set([7]), 4)).toBe(0.25);
    expect(newArtistNdcg(judged([1], []), 30)).toBeNaN();
    expect(newArtistNdcg(judged([1], [1]), 30)).toBe(1);
  });

  it('the saved share is taken over hits alone', () => {
    expect(savedShareOfHits(judged([1, 2, 9], [1, 2]), new Set([2, 9]), 30)).toBe(0.5);
    expect(savedShareOfHits(judged([9], [1]), new Set([9]), 30)).toBeNaN();
  });

  it('coverage is the share of the catalogue shown', () => {
    expect(catalogueCoverage(new Set([1, 3]), 8)).toBe(0.25);
    expect(catalogueCoverage(new Set(), 0)).toBe(0);
  });
});

describe('bootstrap intervals', () => {
  it('cover a known mean and repeat for the same seed', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    const cluster = values.map((_, i) => `u${i}`);
    const interval = bootstrapMean(values, cluster);
    expect(interval.mean).toBe(0.5);
    expect(interval.low).toBeGreaterThan(0.44);
    expect(interval.high).toBeLessThan(0.56);
    expect(bootstrapMean(values, cluster)).toEqual(interval);
  });

  it('are wider when values come in clusters', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i % 20 < 10 ? 1 : 0));
    const single = bootstrapMean(
      values,
      values.map((_, i) => `u${i}`),
    );
    const clustered = bootstrapMean(
      values,
      values.map((_, i) => `u${Math.floor(i / 10)}`),
    );
    expect(clustered.high - clustered.low).toBeGreaterThan(2 * (single.high - single.low));
  });

  it('leave NaN out', () => {
    expect(bootstrapMean([1, Number.NaN, 3], ['a', 'b', 'c']).mean).toBe(2);
    expect(bootstrapMean([], []).mean).toBeNaN();
  });
});
