import { DataError } from '../domain/index.ts';
import { type Span } from '../ranking/index.ts';
import { type Split, type TestLook } from './test-look.ts';

/** History before `at`, truth in (at, until]; epoch ms. */
export interface EvaluationPoint {
  readonly name: string;
  readonly at: number;
  readonly until: number;
}

const day = 86_400_000;

/** A point that methods may be chosen on. */
export interface TuningPoint extends EvaluationPoint {
  readonly split: 'tuning';
}

/** A point that is only looked at. */
export interface TestPoint extends EvaluationPoint {
  readonly split: 'test';
}

/** The points for tuning (see `pointsOf`). */
export function tuningPoints(spans: readonly Span[], labelDays: number): TuningPoint[] {
  return points(spans, false, labelDays).map((point) => ({ ...point, split: 'tuning' }));
}

/** The test points (see `pointsOf`), to one who records the look. */
export function testPoints(spans: readonly Span[], labelDays: number, look: TestLook): TestPoint[] {
  const found = points(spans, true, labelDays);
  look.use();
  return found.map((point) => ({ ...point, split: 'test' }));
}

/**
 * Where lists are judged. Where events come in three or more stretches (protocol A): each stretch
 * split 3 days before its last event; the first two are for tuning, the others the test. Else the
 * last label period is the test and the one before it is for tuning.
 */
export function pointsOf(
  split: Split,
  spans: readonly Span[],
  labelDays: number,
): (TuningPoint | TestPoint)[] {
  return split === 'tuning' ? tuningPoints(spans, labelDays) : testPoints(spans, labelDays, split);
}

/**
 * Where sessions are held out: those that begin within a day. Where events come in three or more
 * stretches, the last day of each of the first two is for tuning and that of the last one the test; else
 * the last day is the test, and the day before the last label period is for tuning.
 */
export function sessionPoints(
  split: Split,
  spans: readonly Span[],
  labelDays: number,
): (TuningPoint | TestPoint)[] {
  const last = newestOf(spans);
  const lastDay = (name: string, end: number): EvaluationPoint => ({
    name,
    at: end + 1 - day,
    until: end + 1,
  });
  const windows = spans.map((span, i) => lastDay(`last day of window ${i}`, span.end));
  const stretches = spans.length >= 3;
  const test = stretches ? windows.slice(-1) : [lastDay('last day', last.end)];
  const tuning = stretches
    ? windows.slice(0, 2)
    : [lastDay('day before the test week', last.end - labelDays * day)];
  const begin = (spans[0] as Span).start;
  if (split !== 'tuning') {
    const found = held(test, begin);
    split.use();
    return found.map((point) => ({ ...point, split: 'test' }));
  }
  return held(tuning, begin).map((point) => ({ ...point, split: 'tuning' }));
}

function held(points: readonly EvaluationPoint[], begin: number): readonly EvaluationPoint[] {
  const found = points.filter((point) => point.at > begin);
  if (found.length > 0) return found;
  throw new DataError('The plays cover too few days to hold out a day of sessions.', {
    code: 'evaluation.too_short',
    remedy: 'Ingest a longer history, or lower ranking.label_days.',
  });
}

/** The end (epoch ms, exclusive) of what may be read for tuning: all before the test points. */
export function tuningEnd(spans: readonly Span[], labelDays: number): number {
  return Math.max(...tuningPoints(spans, labelDays).map((point) => point.until));
}

/** The newest stretch of events; an error where there is no clock. */
export function newestOf(spans: readonly Span[]): Span {
  const last = spans.at(-1);
  if (last === undefined || last.end <= 0)
    throw new DataError('The plays have no clock: there is no week to hold out.', {
      code: 'evaluation.no_clock',
      remedy: 'Use --protocol fold-in.',
    });
  return last;
}

function points(spans: readonly Span[], test: boolean, labelDays: number): EvaluationPoint[] {
  const last = newestOf(spans);
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
