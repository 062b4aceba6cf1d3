import { type AcceptedBucket } from './run-folder.ts';

/** One thing the gate looked at. */
export interface Check {
  readonly name: string;
  readonly value: number;
  /** Inclusive bounds within which the check passes. */
  readonly min: number;
  readonly max: number;
  readonly ok: boolean;
  /** The setting of `deepcuts.toml` that bounds it; none where the bound is fixed. */
  readonly setting?: string;
}

export interface Verdict {
  readonly verdict: 'publish' | 'hold';
  readonly checks: readonly Check[];
}

/** Bounds of the gate; a ratio is this week's value over the live generation's. */
export interface GateLimits {
  /** Least share of lists that are personal, among listeners with enough plays. */
  readonly minListsShare: number;
  readonly maxShortShare: number;
  readonly minScoreRatio: number;
  readonly maxScoreRatio: number;
  readonly maxOverlap: number;
  readonly minCountRatio: number;
}

export const defaultGateLimits: GateLimits = {
  minListsShare: 0.99,
  maxShortShare: 0.01,
  minScoreRatio: 0.4,
  maxScoreRatio: 2.5,
  maxOverlap: 0.9,
  minCountRatio: 0.5,
};

/** What the gate knows of the live generation; null where there is none. */
export interface Live {
  readonly listeners: number;
  readonly meanScore: number;
  /** Mean share of a listener's new tracks that stood in the live list, over a sample. */
  readonly overlap: number;
}

/** This week in numbers. */
export interface ThisWeek {
  readonly buckets: readonly AcceptedBucket[];
  /** Listeners that the plan selected. */
  readonly planned: number;
  /** Lists of a sample that hold a track twice or a heard recording. */
  readonly brokenInSample: number;
}

/** Structural checks before anything is published; any failed check holds the week. */
export function gate(
  week: ThisWeek,
  live: Live | null,
  limits: GateLimits = defaultGateLimits,
): Verdict {
  const sum = (key: 'listeners' | 'ready' | 'short' | 'scoreSum'): number =>
    week.buckets.reduce((total, bucket) => total + bucket[key], 0);
  const checks: Check[] = [];
  const check = (name: string, value: number, min: number, max: number, setting?: string): void => {
    const ok = value >= min && value <= max;
    checks.push({ name, value, min, max, ok, ...(setting === undefined ? {} : { setting }) });
  };
  const listeners = sum('listeners');
  const meanScore = sum('scoreSum') / Math.max(1, sum('ready') * 30);
  check(
    'lists made / listeners planned',
    listeners / Math.max(1, week.planned),
    limits.minListsShare,
    1,
    'gate.min_lists_share',
  );
  check(
    'short lists',
    sum('short') / Math.max(1, listeners),
    0,
    limits.maxShortShare,
    'gate.max_short_share',
  );
  check('broken lists in the sample', week.brokenInSample, 0, 0);
  if (sum('ready') > 0) check('mean score', meanScore, Number.MIN_VALUE, 1);
  if (live !== null) {
    check(
      'listeners / live listeners',
      listeners / Math.max(1, live.listeners),
      limits.minCountRatio,
      Number.POSITIVE_INFINITY,
      'gate.min_count_ratio',
    );
    if (live.meanScore > 0 && sum('ready') > 0)
      check(
        'mean score / live mean score',
        meanScore / live.meanScore,
        limits.minScoreRatio,
        limits.maxScoreRatio,
        meanScore < live.meanScore ? 'gate.min_score_ratio' : 'gate.max_score_ratio',
      );
    check('overlap with the live lists', live.overlap, 0, limits.maxOverlap, 'gate.max_overlap');
  }
  return { verdict: checks.every((c) => c.ok) ? 'publish' : 'hold', checks };
}
