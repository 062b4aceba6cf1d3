import { Rng } from '../domain/index.ts';
import type { Recordings } from './recordings.ts';
import { dayMs, type FullConfig } from './config.ts';

/** Kinds of a release; the first one of a recording is always `original`. */
export const releaseKinds = ['original', 'single', 'remaster', 'live', 'compilation'] as const;

/** Releases (the rows of `tracks`) as columns: a recording's are neighbours, the original first. */
export interface Releases {
  readonly count: number;
  readonly recording: Uint32Array;
  /** Index into `releaseKinds`. */
  readonly kind: Uint8Array;
  /** Day since epoch, never before the original. */
  readonly released: Int32Array;
  readonly durationMs: Uint32Array;
  /** 1 where the release carries the original's ISRC. */
  readonly sameIsrc: Uint8Array;
  /** First release of each recording; the total as last entry. */
  readonly from: Uint32Array;
}

const live = 3;

/** One recording in six has a second release, one in forty a third or fourth. */
export function drawReleases(config: FullConfig, recordings: Recordings): Releases {
  const { count } = recordings;
  const from = new Uint32Array(count + 1);
  const copies = new Uint8Array(count);
  for (let r = 0; r < count; r++) {
    const draw = new Rng(config.seed, 0x2e1ea5e, r).uniform();
    copies[r] = draw < 0.005 ? 4 : draw < 0.025 ? 3 : draw < 0.17 ? 2 : 1;
    from[r + 1] = (from[r] ?? 0) + (copies[r] ?? 1);
  }
  const total = from[count] ?? 0;
  const releases = {
    count: total,
    recording: new Uint32Array(total),
    kind: new Uint8Array(total),
    released: new Int32Array(total),
    durationMs: new Uint32Array(total),
    sameIsrc: new Uint8Array(total).fill(1),
    from,
  };
  const lastDay = Math.floor(config.endsAt / dayMs) + 7 * config.ahead - 1;
  for (let r = 0; r < count; r++) {
    const rng = new Rng(config.seed, 0x2e1ea5f, r);
    for (let i = from[r] ?? 0; i < (from[r + 1] ?? 0); i++) {
      const day = recordings.released[r] ?? 0;
      const duration = recordings.durationMs[r] ?? 0;
      releases.recording[i] = r;
      if (i === from[r]) {
        releases.released[i] = day;
        releases.durationMs[i] = duration;
        continue;
      }
      const kind = 1 + rng.below(4);
      const later = kind === 1 ? 7 + rng.below(60) : 200 + rng.below(365 * 15);
      const stretch = kind === live ? 0.9 + 0.3 * rng.uniform() : 1 + 0.008 * (rng.uniform() - 0.5);
      releases.kind[i] = kind;
      releases.released[i] =
        day + (day + later <= lastDay ? later : rng.below(Math.max(1, lastDay - day)));
      releases.durationMs[i] = Math.round(duration * stretch);
      releases.sameIsrc[i] = kind !== live && rng.uniform() < 0.7 ? 1 : 0;
    }
  }
  return releases;
}

/**
 * The release that a listener plays of a recording: mostly the original, else one that the
 * listener (`taste`, any hash) keeps to; never one that is not out yet on `day`.
 */
export function releasePlayed(
  releases: Releases,
  recording: number,
  taste: number,
  day: number,
): number {
  const first = releases.from[recording] ?? 0;
  const copies = (releases.from[recording + 1] ?? 0) - first;
  if (copies === 1 || taste % 10 < 6) return first;
  const other = first + 1 + (taste % (copies - 1));
  return (releases.released[other] ?? 0) <= day ? other : first;
}
