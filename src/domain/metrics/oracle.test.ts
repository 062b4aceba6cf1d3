import { expect, it } from 'vitest';
import beyond from './beyond-accuracy.json' with { type: 'json' };
import {
  calibrationKl,
  cappedRecall,
  catalogueCoverage,
  genreShares,
  gini,
  hitRate,
  intraListDiversity,
  intraListVectorDistance,
  meanOf,
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
import oracle from './ir-measures.json' with { type: 'json' };

it('metrics equal those of ir-measures on random lists, to 1e-6', () => {
  const metrics = { ndcg, precision, recall, reciprocalRank, hitRate };
  for (const values of oracle.cases) {
    const { list, truth } = values;
    const judged = { list, truth: new Set(truth), truthSize: truth.length };
    for (const [name, metric] of Object.entries(metrics))
      expect(Math.abs(metric(judged, 30) - values[name as keyof typeof metrics])).toBeLessThan(
        1e-6,
      );
    const capped = (values.precision * 30) / Math.min(30, truth.length);
    expect(Math.abs(cappedRecall(judged, 30) - capped)).toBeLessThan(1e-6);
  }
  expect(oracle.cases.length).toBeGreaterThan(50);
});

it('metrics beyond accuracy equal values by scipy and numpy, to 1e-6', () => {
  const { k, listeners, dimensions, genres } = beyond;
  for (const values of beyond.cases) {
    const { list, artist } = values;
    const known = new Set(values.known);
    const truth = new Set(values.truth);
    const fresh = new Set(values.truth.filter((track) => !known.has(artist[track] as number)));
    const of = (track: number): number[] => values.genres[track] as number[];
    const found = {
      novelty: novelty(list, values.listeners, listeners),
      percentile: meanOf(list, popularityPercentiles(values.listeners)),
      genreDistance: intraListDiversity(list, of),
      vectorDistance: intraListVectorDistance(list, values.vectors, dimensions),
      kl: calibrationKl(genreShares(values.history, of, genres), genreShares(list, of, genres)),
      coverage: catalogueCoverage(new Set(list), artist.length),
      gini: gini(values.exposures),
      newArtistShare: newArtistShare(list, artist, known, k),
      newArtistNdcg: newArtistNdcg({ list, truth: fresh, truthSize: fresh.size }, k),
      savedShare: savedShareOfHits(
        { list, truth, truthSize: truth.size },
        new Set(values.saved),
        k,
      ),
    };
    const apart = Object.entries(found).filter(([name, value]) => {
      const expected = values[name as keyof typeof found];
      return expected === null ? !Number.isNaN(value) : Math.abs(value - expected) >= 1e-6;
    });
    expect(apart).toEqual([]);
  }
  expect(beyond.cases.length).toBe(12);
});
