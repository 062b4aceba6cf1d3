import { type Interval, bootstrapMean } from '../domain/index.ts';
import { type CoreTime } from './core-time.ts';

/** What one method scored: per metric a value for each query, all methods over the same queries. */
export interface Scored {
  readonly name: string;
  /** A method of the product, not a baseline. */
  readonly isOurs: boolean;
  /** metrics x queries. */
  readonly values: readonly (readonly number[])[];
}

export interface RankingRow {
  readonly name: string;
  readonly isOurs: boolean;
  /** In the order of the table's metrics, with 95 % intervals clustered by listener. */
  readonly figures: readonly Interval[];
  /** Core time per query, native calls only; NaN for a method that has none. */
  readonly coreMicroseconds: number;
}

export interface RankingDifference {
  readonly name: string;
  readonly against: string;
  readonly metric: string;
  readonly difference: Interval;
}

/** Methods on the same queries, with paired differences of ours from each baseline by the second metric. */
export interface RankingTable {
  /** Which lists and targets count; empty where a protocol has one way only. */
  readonly variant: string;
  readonly judged: number;
  readonly metrics: readonly string[];
  readonly rows: readonly RankingRow[];
  readonly differences: readonly RankingDifference[];
}

/** Protocols whose result is one table or a few. */
export interface RankingEvaluation {
  readonly protocol: 'leave-one-out' | 'next-track';
  readonly test: boolean;
  /** What was held out, in words. */
  readonly about: string;
  readonly recipe: string;
  readonly variants: readonly RankingTable[];
}

/**
 * The table of methods over queries; `listeners[i]` is whose query i is. Differences: the first of our
 * methods minus every other method, by `deciding`.
 */
export function rankingTable(
  variant: string,
  metrics: readonly string[],
  deciding: string,
  methods: readonly Scored[],
  listeners: readonly string[],
  coreTime: CoreTime,
): RankingTable {
  const column = metrics.indexOf(deciding);
  const ours = methods.find((method) => method.isOurs);
  const paired = (method: Scored): Interval =>
    bootstrapMean(
      (ours?.values[column] ?? []).map(
        (value, i) => value - (method.values[column]?.[i] as number),
      ),
      listeners,
    );
  return {
    variant,
    judged: listeners.length,
    metrics,
    rows: methods.map(({ name, isOurs, values }) => ({
      name,
      isOurs,
      figures: values.map((each) => bootstrapMean(each, listeners)),
      coreMicroseconds: coreTime.perListener(name, listeners.length),
    })),
    differences:
      ours === undefined
        ? []
        : methods
            .filter((method) => method !== ours)
            .map((method) => ({
              name: ours.name,
              against: method.name,
              metric: deciding,
              difference: paired(method),
            })),
  };
}
