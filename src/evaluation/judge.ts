import {
  calibrationKl,
  genreShares,
  hitPlaces,
  hitRate,
  intraListDiversity,
  meanOf,
  ndcg,
  novelty,
  popularityPercentiles,
  precision,
  recall,
  reciprocalRank,
} from '../domain/index.ts';
import { type JudgedCatalogue, type JudgedListener, genresOf } from './judged-listeners.ts';

export const listLength = 30;

/** Every metric of one listener's list; NaN where it does not apply. */
export const metricNames = [
  'ndcg',
  'hr',
  'p',
  'r',
  'mrr',
  'percentile',
  'habit',
  'percentileMinusHabit',
  'novelty',
  'newArtistShare',
  'newArtistNdcg',
  'artists',
  'diversity',
  'kl',
  'savedShare',
  'failures',
] as const;

export type MetricName = (typeof metricNames)[number];
export type Judgement = Readonly<Record<MetricName, number>>;

/** Judges lists of one point; percentiles are computed once. */
export class Judge {
  private readonly percentiles: Float64Array;
  private readonly catalogue: JudgedCatalogue;
  private readonly listenerCount: number;

  constructor(catalogue: JudgedCatalogue, listenerCount: number) {
    this.catalogue = catalogue;
    this.listenerCount = listenerCount;
    this.percentiles = popularityPercentiles(catalogue.listeners);
  }

  /**
   * `list` holds track indexes, best first. Short lists, repeats and heard tracks stay in and count as
   * misses; `failures` counts them.
   */
  judge(listener: JudgedListener, list: readonly number[]): Judgement {
    const { recording, artist, genres, listeners } = this.catalogue;
    const top = list.slice(0, listLength);
    const recordings = top.map((t) => {
      const r = recording[t] as number;
      return listener.heard.has(r) ? -1 - t : r;
    });
    const judged = { list: recordings, truth: listener.truth, truthSize: listener.truthSize };
    const isNew = (t: number): boolean => !listener.artists.has(artist[t] as number);
    const { newTruth, newTruthSize } = listener;
    const of = (t: number): ArrayLike<number> => genresOf(this.catalogue, t);
    const taste = new Float64Array(genres);
    for (const [i, t] of listener.history.entries()) {
      const own = genresOf(this.catalogue, t);
      for (const g of own)
        taste[g] = (taste[g] as number) + (listener.positives[i] as number) / own.length;
    }
    const total = taste.reduce((a, b) => a + b, 0);
    const shares = total > 0 ? taste.map((x) => x / total) : taste;
    const percentile = meanOf(top, this.percentiles);
    const habit = meanOf(listener.history, this.percentiles);
    const hits = hitPlaces(judged, listLength).map((place) => recordings[place] as number);
    const distinct = new Set(recordings.filter((r) => r >= 0)).size;
    return {
      ndcg: ndcg(judged, listLength),
      hr: hitRate(judged, listLength),
      p: precision(judged, listLength),
      r: recall(judged, listLength),
      mrr: reciprocalRank(judged, listLength),
      percentile,
      habit,
      percentileMinusHabit: percentile - habit,
      novelty: novelty(top, listeners, this.listenerCount),
      newArtistShare: top.filter(isNew).length / listLength,
      newArtistNdcg:
        newTruthSize === 0
          ? Number.NaN
          : ndcg({ list: recordings, truth: newTruth, truthSize: newTruthSize }, listLength),
      artists: new Set(top.map((t) => artist[t])).size,
      diversity: intraListDiversity(top, of),
      kl: calibrationKl(shares, genreShares(top, of, genres)),
      savedShare:
        hits.length === 0
          ? Number.NaN
          : hits.filter((r) => listener.saved.has(r)).length / hits.length,
      failures: listLength - distinct,
    };
  }

  /** A method's ranking cut to 30 unheard recordings and filled with the most heard unheard ones. */
  complete(listener: JudgedListener, ranked: readonly number[]): number[] {
    const list: number[] = [];
    const taken = new Set<number>();
    const take = (t: number): void => {
      const r = this.catalogue.recording[t] as number;
      if (list.length === listLength || taken.has(r) || listener.heard.has(r)) return;
      taken.add(r);
      list.push(t);
    };
    for (const t of ranked) take(t);
    for (const t of this.catalogue.popular) {
      if (list.length === listLength) break;
      take(t);
    }
    return list;
  }
}
