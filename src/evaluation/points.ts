import { DataError } from '../domain/index.ts';
import { type Span } from '../ranking/index.ts';

/** History before `at`, truth in (at, until]; epoch ms. */
export interface EvaluationPoint {
  readonly name: string;
  readonly at: number;
  readonly until: number;
}

const day = 86_400_000;

/**
 * Where lists are judged. Where events come in three or more stretches (protocol A): each stretch
 * split 3 days before its last event; the first two are for tuning, the others the test. Else the
 * last label period is the test and the one before it is for tuning.
 */
export function evaluationPoints(
  spans: readonly Span[],
  test: boolean,
  labelDays: number,
): EvaluationPoint[] {
  const last = spans.at(-1);
  if (last === undefined || last.end <= 0)
    throw new DataError('The plays have no clock: there is no week to hold out.', {
      code: 'evaluation.no_clock',
      remedy: 'Use --protocol fold-in.',
    });
  if (spans.length >= 3) {
    const all = spans.map((span, i) => ({
      name: `window ${i}`,
      at: span.end - 3 * day,
      until: span.end + 1,
    }));
    return (test ? all.slice(2) : all.slice(0, 2)).filter(
      (point, i) => point.at > (spans[test ? i + 2 : i] as Span).start,
    );
  }
  const until = test ? last.end + 1 : last.end + 1 - labelDays * day;
  const at = until - labelDays * day;
  if (at <= (spans[0] as Span).start)
    throw new DataError(
      `The plays cover ${((last.end - (spans[0] as Span).start) / day).toFixed(1)} days: too few to hold out a week.`,
      {
        code: 'evaluation.too_short',
        remedy: 'Ingest a longer history, or lower ranking.label_days.',
      },
    );
  return [{ name: test ? 'last week' : 'week before the last', at, until }];
}
