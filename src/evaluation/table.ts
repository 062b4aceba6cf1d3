import { type Interval, bootstrapMean, gini } from '../domain/index.ts';
import { type Judgement, type MetricName, metricNames } from './judge.ts';

/** One method's judgements over all listeners of all points, in one common order. */
export interface MethodResult {
  readonly name: string;
  readonly judgements: readonly Judgement[];
  /** Times each artist stood in a list. */
  readonly exposures: ReadonlyMap<number, number>;
  /** Share of the catalogue that stood in any list, and Gini over the artists of the catalogue. */
  readonly coverage: number;
  readonly artistGini: number;
  /** Core time per listener, native calls only. */
  readonly coreMicroseconds: number;
}

export interface Row {
  readonly name: string;
  /** One of the product's settings, not a baseline. */
  readonly isSetting: boolean;
  readonly metrics: Readonly<Record<MetricName, Interval>>;
  readonly coverage: number;
  readonly artistGini: number;
  /** Processor time per listener of the native calls, all threads; differs from run to run. */
  readonly coreMicroseconds: number;
  /** Mean NDCG@30 over core milliseconds per listener. */
  readonly ndcgPerMillisecond: number;
}

export interface Difference {
  readonly name: string;
  readonly against: string;
  readonly metric: MetricName;
  readonly difference: Interval;
}

function column(result: MethodResult, metric: MetricName): number[] {
  return result.judgements.map((judgement) => judgement[metric]);
}

/** Means with 95 % intervals, clustered by listener. */
export function toRow(result: MethodResult, listeners: readonly string[], isSetting: boolean): Row {
  const metrics = Object.fromEntries(
    metricNames.map((metric) => [metric, bootstrapMean(column(result, metric), listeners)]),
  ) as Record<MetricName, Interval>;
  return {
    name: result.name,
    isSetting,
    metrics,
    coverage: result.coverage,
    artistGini: result.artistGini,
    coreMicroseconds: result.coreMicroseconds,
    ndcgPerMillisecond: (1000 * metrics.ndcg.mean) / result.coreMicroseconds,
  };
}

/** Paired difference of two methods on the same listeners. */
export function compare(
  a: MethodResult,
  b: MethodResult,
  metric: MetricName,
  listeners: readonly string[],
): Difference {
  const right = column(b, metric);
  const values = column(a, metric).map((value, i) => value - (right[i] as number));
  return { name: a.name, against: b.name, metric, difference: bootstrapMean(values, listeners) };
}

/** Gini over all artists, those that never stood in a list included. */
export function exposureGini(exposures: ReadonlyMap<number, number>, artists: number): number {
  const all = new Float64Array(Math.max(artists, exposures.size));
  let i = 0;
  for (const count of exposures.values()) all[i++] = count;
  return gini(all);
}
