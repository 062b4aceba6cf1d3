import {
  calibrationKl,
  genreShares,
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
} from '../domain/index.ts';
import { type JudgedCatalogue, type JudgedListener, genresOf } from './judged-listeners.ts';

export const listLength = 30;

/** Every metric of one listener's list; NaN where it does not apply. */
export const metricNames = [
  'savedShare',
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
  'vectorDiversity',
  'kl',
  'failures',
] as const;

export type MetricName = (typeof metricNames)[number];

/** Rows of tracks, row-major; zeros where a track has no vector, in the catalogue's order. */
export interface TrackVectors {
  readonly rows: ArrayLike<number>;
  readonly dimensions: number;
}

export type Judgement = Readonly<Record<MetricName, number>>;

/** Judges lists of one point; percentiles are computed once. */
export class Judge {
  private readonly percentiles: Float64Array;
  private readonly catalogue: JudgedCatalogue;
  private readonly listenerCount: number;
  private readonly vectors: TrackVectors | null;

  constructor(
    catalogue: JudgedCatalogue,
    listenerCount: number,
    vectors: TrackVectors | null = null,
  ) {
    this.catalogue = catalogue;
    this.listenerCount = listenerCount;
    this.vectors = vectors;
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
    const fresh = { list: recordings, truth: newTruth, truthSize: newTruthSize };
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
      newArtistShare: newArtistShare(top, artist, listener.artists, listLength),
      newArtistNdcg: newArtistNdcg(fresh, listLength),
      artists: new Set(top.map((t) => artist[t])).size,
      diversity: intraListDiversity(top, of),
      vectorDiversity:
        this.vectors === null
          ? Number.NaN
          : intraListVectorDistance(top, this.vectors.rows, this.vectors.dimensions),
      kl: calibrationKl(shares, genreShares(top, of, genres)),
      savedShare: savedShareOfHits(judged, listener.saved, listLength),
      failures: listLength - distinct,
    };
  }

  /** A method's ranking cut to 30 unheard recordings and filled with the most heard unheard ones. */
  complete(listener: Pick<JudgedListener, 'heard'>, ranked: readonly number[]): number[] {
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
