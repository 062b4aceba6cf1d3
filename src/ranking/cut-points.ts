/** A maximal stretch of time with events, epoch ms. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Features as of `cut`, labels from (cut, until]; epoch ms. */
export interface CutPoint {
  readonly cut: number;
  readonly until: number;
}

export interface CutPlan {
  readonly cuts: readonly CutPoint[];
  /** Days that labels reach at most. */
  readonly labelDays: number;
  /** Whether the history was too short for full label periods. */
  readonly shrunk: boolean;
}

const day = 86_400_000;
const hour = 3_600_000;

/**
 * Where a ranker used at `asOf` gets its labels. With at least two label periods of unbroken history:
 * one cut, a label period before `asOf`. Else the period shrinks to 3/5 of a usual stretch of events
 * (at most 3 days) and several cuts are used: within the running stretch at 1/6, 1/3 and 1/2 of the
 * period before `asOf`, and in every earlier stretch a whole and half a period before its end.
 * Nothing at or after `asOf` is ever a label.
 */
export function cutPoints(spans: readonly Span[], asOf: number, labelDays: number): CutPlan {
  const known = spans
    .filter((span) => span.start < asOf)
    .map(({ start, end }) => ({ start, end: Math.min(end, asOf) }));
  const last = known.at(-1);
  if (last === undefined) return { cuts: [], labelDays, shrunk: false };
  if (asOf - last.start >= 2 * labelDays * day)
    return { cuts: [{ cut: asOf - labelDays * day, until: asOf }], labelDays, shrunk: false };
  const lengths = known.map((span) => span.end - span.start).toSorted((a, b) => a - b);
  const usual = lengths[Math.floor(lengths.length / 2)] as number;
  const period = Math.min(labelDays, 3, (usual * 0.6) / day) * day;
  const now = [1 / 6, 1 / 3, 1 / 2]
    .map((part) => ({ cut: asOf - part * period, until: asOf }))
    .filter(({ cut }) => cut >= last.start + 6 * hour);
  const before = known
    .slice(0, -1)
    .flatMap((span) =>
      [1, 1 / 2]
        .map((part) => ({ cut: span.end - part * period, until: span.end + 1 }))
        .filter(({ cut }) => cut >= span.start + 6 * hour),
    );
  const cuts = [...before, ...now].map(({ cut, until }) => ({
    cut: Math.round(cut),
    until: Math.min(until, asOf),
  }));
  return { cuts, labelDays: period / day, shrunk: true };
}
